import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxOf, kept, overlap, place } from '../place';

const FRAME = { left: 0, top: 0, right: 300, bottom: 300 };
const SPOT = { x: 100, y: 100 };
const wish = (at: { x: number; y: number }[], fixed = false): { at: typeof at; width: number; fixed: boolean } => ({
  at,
  width: 50,
  fixed
});

test('labels never lie on each other, and the first ones choose first', () => {
  const wishes = [[SPOT], [SPOT, { x: 100, y: 200 }], [SPOT], [{ x: 290, y: 50 }]].map(at => wish(at));
  assert.deepEqual(place(wishes, FRAME), [0, 1, null, null]);
  assert.ok(!overlap(boxOf(SPOT, 50), boxOf({ x: 100, y: 200 }, 50)));
});

test('a label that was put somewhere by hand stays there, and others avoid it', () => {
  assert.deepEqual(place([wish([SPOT], true), wish([SPOT], true), wish([SPOT])], FRAME), [0, 0, null]);
});

test('a label that is pushed out of the frame stops at its edge', () => {
  const corners = [-999, 999].flatMap(x => [-999, 999].map(y => kept({ x, y }, 50, FRAME)));
  assert.deepEqual(
    place(
      corners.map(at => wish([at])),
      FRAME
    ),
    [0, 0, 0, 0]
  );
  assert.deepEqual(kept(SPOT, 50, FRAME), SPOT);
});
