import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isVariable, namesIn, variableFor } from '../variable';
import { HOSTILE, characters } from './corpus';

test('a variable reads like the name of the DID', () => {
  assert.equal(variableFor('xenon:s2only.events', new Set()), 's2only_events');
  assert.equal(variableFor('dm:LZ/limits-2025.csv', new Set()), 'lz_limits_2025_csv');
});

test('a name that starts with a digit or belongs to a language gets a word before it', () => {
  assert.equal(variableFor('a:2025.csv', new Set()), 'data_2025_csv');
  for (const word of ['class', 'print', 'for', 'namespace', 'std', 'yield']) {
    assert.equal(variableFor(`a:${word}`, new Set()), `data_${word}`);
  }
});

test('whatever a DID holds, its variable is valid and not reserved', () => {
  for (const text of [...HOSTILE, ...HOSTILE.map(text => `scope:${text}`), ...characters()]) {
    const variable = variableFor(text, new Set());
    assert.match(variable, /^[a-z][a-z0-9_]*$/, JSON.stringify(text));
    assert.ok(!variable.includes('__') && variable.length <= 45 && isVariable(variable), variable);
  }
});

test('a name is never one that the notebook uses, in code, in a comment or in another script', () => {
  const taken = namesIn(['events = 1', '# events_2 was here', 'def f(events_3): pass', 'größe = 1']);
  assert.equal(variableFor('a:events', taken), 'events_4');
  assert.ok(taken.has('größe'));
});

test('a name that Python takes for the same is taken', () => {
  assert.equal(variableFor('a:file_s', namesIn(['ﬁle_s = 1'])), 'file_s_2');
});
