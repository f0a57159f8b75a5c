// Runs the unit tests: bundled by esbuild, run by Node's own test runner.
import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { build } from 'esbuild';

const folder = new URL('.', import.meta.url).pathname;
const specs = (await readdir(`${folder}src`, { recursive: true })).filter(name => /\.spec\.tsx?$/.test(name));
await build({
  absWorkingDir: folder,
  // JupyterLab's packages for Node ask for its modules in the old way.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  entryPoints: specs.map(name => `src/${name}`),
  bundle: true,
  format: 'esm',
  outbase: 'src',
  outdir: 'build/tests',
  outExtension: { '.js': '.mjs' },
  platform: 'node'
});
const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=dot', ...specs.map(compiled)], {
  cwd: folder,
  stdio: 'inherit'
});
process.exit(status ?? 1);

function compiled(name) {
  return `build/tests/${name.replace(/\.tsx?$/, '.mjs')}`;
}
