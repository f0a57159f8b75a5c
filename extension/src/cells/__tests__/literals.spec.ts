import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { NoLiteral, literal, plainLanguage } from '../literals';
import { HOSTILE, characters } from './corpus';

const TEXTS = [...HOSTILE, ...characters()];

test('a literal is one line of visible characters', () => {
  for (const language of ['python', 'c++']) {
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

test('in a language that nobody wrote escapes for a text means itself or is refused', () => {
  const languages = ['julia', 'bash', 'constructor', 'toString', '__proto__'];
  for (const language of languages) {
    assert.equal(literal("/data/größe (1)/it's.root", language), '"/data/größe (1)/it\'s.root"');
    for (const text of TEXTS) {
      const means = /^[\p{L}0-9 _.,:;/+=~()'-]*$/u.test(text) && !/\p{Default_Ignorable_Code_Point}/u.test(text);
      if (means) {
        assert.equal(literal(text, language), `"${text}"`);
      } else {
        assert.throws(() => literal(text, language), NoLiteral, JSON.stringify([language, text]));
      }
    }
  }
});

test('whatever bash is given it prints as it is', () => {
  const safe = TEXTS.filter(text => {
    try {
      return literal(text, 'bash') !== '""';
    } catch {
      return false;
    }
  });
  const program = safe.map(text => `printf '%s\\0' ${literal(text, 'bash')}`).join('\n');
  const { stdout } = spawnSync('bash', ['-u'], { input: program, encoding: 'utf-8' });
  assert.deepEqual(stdout.split('\0').slice(0, -1), safe);
});

test('the standard in the name of a C++ kernel does not matter', () => {
  assert.deepEqual(['C++17', 'c++', 'C++', 'Python'].map(plainLanguage), ['c++', 'c++', 'c++', 'python']);
});
