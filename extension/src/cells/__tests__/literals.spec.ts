import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { literal, plainLanguage } from '../literals';
import { HOSTILE, characters } from './corpus';

const TEXTS = [...HOSTILE, ...characters()];

test('a literal is one line of visible characters', () => {
  for (const language of ['python', 'c++', 'julia']) {
    for (const text of TEXTS) {
      assert.ok(!/[\p{C}\p{Zl}\p{Zp}]/u.test(literal(text, language)), JSON.stringify([language, text]));
    }
  }
});

test('Python reads each literal as the text it was', () => {
  const program = `[\n${TEXTS.map(text => literal(text, 'python')).join(',\n')}\n]`;
  const check = 'import ast, json, sys; print(json.dumps(ast.literal_eval(sys.stdin.read())))';
  const { stdout, stderr } = spawnSync('python3', ['-c', check], { input: program, encoding: 'utf-8' });
  assert.equal(stderr, '');
  // Python counts characters, JSON its halves: both sides are compared as JSON reads them.
  assert.deepEqual(JSON.parse(stdout), JSON.parse(JSON.stringify(TEXTS)));
});

test('C++ sees the bytes of the text as octal, so that no digit behind it belongs to them', () => {
  assert.equal(literal('ü1', 'c++'), '"\\303\\2741"');
  assert.equal(literal('a"b\\c?', 'c++'), '"a\\042b\\134c\\077"');
});

test('a language that nobody wrote escapes for puts in no values of variables', () => {
  assert.equal(literal('$HOME "x"', 'julia'), '"\\x24HOME \\"x\\""');
});

test('the standard in the name of a C++ kernel does not matter', () => {
  assert.deepEqual(['C++17', 'c++', 'C++', 'Python'].map(plainLanguage), ['c++', 'c++', 'c++', 'python']);
});
