import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashed } from '../palette';

test('a sample of a line has the dashes of the line', () => {
  assert.equal(dashed('#123456', 'solid'), '#123456');
  assert.equal(
    dashed('red', '6 3 1 3'),
    'repeating-linear-gradient(90deg, red 0px 6px, transparent 6px 9px, red 9px 10px, transparent 10px 13px)'
  );
});
