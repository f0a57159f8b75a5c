import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remembered } from '../recent';

test('the newest search stands first, and each stands once', () => {
  assert.deepEqual(remembered(['a', 'b'], 'b'), ['b', 'a']);
  assert.deepEqual(remembered(['a'], ' '), ['a']);
});

test('twenty searches are kept', () => {
  const many = Array.from({ length: 30 }, (_, index) => `search ${index}`);
  assert.deepEqual(many.reduce<string[]>(remembered, []), many.slice(-20).reverse());
});
