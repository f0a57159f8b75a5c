import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceOf, templateFor, withPart } from '../templates';
import type { Filling } from '../templates';

const FILLING: Filling = { name: 'events', did: 'xenon:events', single: false, lake: null, folder: null, paths: [] };
const source = (language: string, filling: Partial<Filling>, settings = {}): string =>
  sourceOf(templateFor(language, settings)!, language, { ...FILLING, ...filling });

test('Python fetches what is not here yet, without a magic', () => {
  assert.equal(source('python', {}), 'import vre_dm as dm\n\nevents = dm.fetch("xenon:events")');
});

test('where there are several lakes the cell says which one', () => {
  assert.match(source('python', { lake: 'escape' }), /\ndm\.connect\("escape"\)\nevents = dm\.fetch/);
});

test('files that are here are bound by their paths', () => {
  const text = source('python', { paths: ['/data/a.csv', '/data/b"c.csv'] });
  assert.match(text, /events = \[Path\(path\) for path in \[\n {4}"\/data\/a\.csv",\n {4}"\/data\/b\\"c\.csv",\n\]\]$/);
});

test('one file is one path', () => {
  assert.match(source('python', { single: true }), /\nevents = dm\.fetch\("xenon:events"\)\[0\]$/);
  assert.match(source('python', { single: true, paths: ['/a'] }), /\nevents = Path\("\/a"\)$/);
  assert.match(source('c++', { single: true }), /\nstd::string events = \[\] \{[^]* return paths\.at\(0\);\n/);
});

test('a name that looks like a placeholder is not filled in', () => {
  assert.match(source('python', { did: 'a:{{name}}' }), /dm\.fetch\("a:\{\{name\}\}"\)/);
});

test('C++ asks the command, with the DID quoted for the shell and for C++', () => {
  assert.ok(source('C++17', { did: "a:it's" }).includes(`popen("vre-dm fetch -- 'a:it'\\134''s'", "r")`));
});

test('C++ tells the command which lake and which folder, whatever they are called', () => {
  const text = source('c++', { lake: "it's", folder: '/data/mine' });
  assert.ok(text.includes(`popen("vre-dm fetch --lake='it'\\134''s' --to='/data/mine' -- 'xenon:events'", "r")`), text);
});

test('more files than a cell can show are fetched where they are', () => {
  assert.match(source('python', { folder: '/data/mine' }), /\nevents = dm\.fetch\("xenon:events", "\/data\/mine"\)$/);
});

test('a template asks for no text that its language could not write', () => {
  const settings = { R: { fetch: '{{name}} <- get({{did}})' } };
  assert.equal(source('R', { folder: '/data/$HOME' }, settings), 'events <- get("xenon:events")');
});

test('the settings change a template, add a language, and leave the rest as it is', () => {
  const settings = { python: { fetch: '{{name}} = mine({{did}})' }, Julia: { fetch: '{{name}} = get({{did}})' } };
  assert.equal(source('python', {}, settings), 'events = mine("xenon:events")');
  assert.match(source('python', { paths: ['/a'] }, settings), /^from pathlib/);
  assert.equal(source('julia', { paths: ['/a'], lake: 'escape' }, settings), 'events = get("xenon:events")');
});

test('a language without a template has none', () => {
  assert.equal(templateFor('R', {}), null);
});

test('of a template only what differs from the built-in one is kept', () => {
  const mine = withPart({}, 'python', 'fetch', 'mine');
  assert.deepEqual(mine, { python: { fetch: 'mine' } });
  assert.deepEqual(withPart(mine, 'r', 'path', 'p'), { python: { fetch: 'mine' }, r: { path: 'p' } });
  assert.deepEqual(withPart(mine, 'python', 'fetch', null), {});
});
