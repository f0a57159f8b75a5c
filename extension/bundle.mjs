// Builds vre_dm/limits/plot/static/overlay.js, which a clone without Node draws with; --check says whether it is stale.
import { readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const target = new URL('../vre_dm/limits/plot/static/overlay.js', import.meta.url);
const result = await build({
  entryPoints: ['src/limits/page.ts'],
  absWorkingDir: new URL('.', import.meta.url).pathname,
  bundle: true,
  charset: 'utf8',
  format: 'iife',
  legalComments: 'none',
  target: 'es2022',
  write: false,
  banner: { js: '// Generated from extension/src/limits by `make extension`; change it there.' }
});
const built = result.outputFiles[0].text;
if (!process.argv.includes('--check')) {
  await writeFile(target, built);
} else if ((await readFile(target, 'utf8')) !== built) {
  console.error('vre_dm/limits/plot/static/overlay.js is not what extension/src gives: run `make extension`');
  process.exit(1);
}
