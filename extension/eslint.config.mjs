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
      // A text that users read goes through the translator.
      'no-restricted-syntax': [
        'error',
        { selector: 'JSXText[value=/[A-Za-z]{2}/]', message: 'trans.__(): users read it' },
        {
          selector:
            'JSXAttribute[name.name=/^(title|aria-label|placeholder|label|hint|alt)$/] > Literal[value=/[A-Za-z]{2}/]',
          message: 'trans.__(): users read it'
        }
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
