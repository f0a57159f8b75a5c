import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexOf, parentOf } from '../list';
import { NOTHING, all, only, span, toggled } from '../selection';
import { TypeAhead } from '../typing';

const NAMES = ['alpha', 'beta', 'Gamma', 'gamma 2', 'delta'];
const keyAt = (index: number) => NAMES[index];

test('a span reaches from where it began to the row, in both directions', () => {
  const begun = only('Gamma');
  assert.deepEqual([...span(begun, 4, keyAt, 2).keys], ['Gamma', 'gamma 2', 'delta']);
  assert.deepEqual([...span(begun, 0, keyAt, 2).keys], ['alpha', 'beta', 'Gamma']);
  assert.equal(span(begun, 0, keyAt, 2).anchor, 'Gamma');
});

test('a span whose beginning has gone begins at the row', () => {
  assert.deepEqual(span(only('lost'), 3, keyAt, -1), only('gamma 2'));
});

test('a row is added, and taken away again', () => {
  const two = toggled(only('alpha'), 'delta');
  assert.deepEqual([...two.keys], ['alpha', 'delta']);
  assert.deepEqual([...toggled(two, 'alpha').keys], ['delta']);
});

test('all of nothing is nothing', () => {
  assert.deepEqual(all(0, keyAt), NOTHING);
  assert.equal(all(5, keyAt).keys.size, 5);
});

test('typing goes to the row that begins with it, whatever its case', () => {
  const typing = new TypeAhead();
  const find = (letter: string, now: number, from: number) => typing.find(letter, now, from, NAMES.length, keyAt);
  assert.equal(find('g', 0, 0), 2);
  assert.equal(find('a', 100, 2), 2);
  for (const [step, letter] of [...'mma '].entries()) {
    assert.equal(find(letter, 200 + step, 2), letter === ' ' ? 3 : 2);
  }
});

test('the same letter again goes on to the next row, and after a pause a new word begins', () => {
  const typing = new TypeAhead();
  assert.equal(typing.find('g', 0, 2, 5, keyAt), 3);
  assert.equal(typing.find('g', 100, 3, 5, keyAt), 2);
  assert.equal(typing.find('d', 5000, 2, 5, keyAt), 4);
  assert.equal(typing.find('z', 9999, 4, 5, keyAt), 4);
});

test('the parent of a row in a tree is the last one before it that stands less deep', () => {
  const levels = [1, 2, 3, 3, 2, 1];
  const list = { at: (index: number) => levels[index], facts: (level: number) => ({ text: '', level }) };
  assert.deepEqual(
    levels.map((_, index) => parentOf(list, index)),
    [-1, 0, 1, 1, 0, -1]
  );
});

test('a row is found by its key, a row that is still being asked for by its place', () => {
  const list = {
    count: 3,
    at: (index: number) => (index === 1 ? undefined : NAMES[index]),
    keyOf: (name: string) => name
  };
  assert.equal(indexOf(list, 'Gamma'), 2);
  assert.equal(indexOf(list, '#1'), 1);
  assert.equal(indexOf(list, 'beta'), -1);
  assert.equal(indexOf(list, null), -1);
});
