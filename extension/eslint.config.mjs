import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['lib', 'node_modules', 'build', '**/*.mjs'] },
  js.configs.recommended,
  tseslint.configs.recommended,
  {
    rules: {
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'prefer-arrow-callback': 'error',
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', { max: 45, skipComments: true }],
      // Hostile text reaches the page as text only.
      'no-restricted-properties': [
        'error',
        { property: 'innerHTML', message: 'textContent: metadata is never HTML' },
        { property: 'outerHTML', message: 'textContent: metadata is never HTML' },
        { property: 'insertAdjacentHTML', message: 'textContent: metadata is never HTML' }
      ],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error'
    }
  },
  {
    // BokehJS gives no types that its classes could be extended with.
    files: ['src/limits/bokeh.ts'],
    rules: { '@typescript-eslint/no-explicit-any': 'off' }
  },
  { files: ['src/limits/page.ts'], rules: { 'no-var': 'off' } }
);
