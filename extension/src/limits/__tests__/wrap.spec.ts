import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wrapped } from '../wrap';

test('a note that does not fit goes on in the next line and loses no word', () => {
  assert.deepEqual(wrapped('one two three', 7), ['one two', 'three']);
  assert.deepEqual(wrapped('one two three', 13), ['one two three']);
  assert.deepEqual(wrapped('incomprehensible', 4), ['incomprehensible']);
});
