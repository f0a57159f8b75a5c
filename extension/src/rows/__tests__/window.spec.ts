import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSeen, kept, pageOf, scrolled } from '../window';

const port = (top: number, height = 600, row = 24) => ({ top, height, row });

test('all that is seen is in the page, and never more than 200 rows', () => {
  for (const row of [9, 18, 24, 24.5, 60]) {
    for (const height of [0, 40, 600, 1200]) {
      for (let top = 0; top <= 100_000 * row - height; top += 313_131) {
        const { first, end } = kept({ top, height, row }, 100_000);
        assert.ok(first * row <= top && end * row >= top + height, `${row} ${height} ${top}`);
        assert.ok(end - first <= 200);
      }
    }
  }
});

test('a screen of very small rows is cut rather than slow', () => {
  const { first, end } = kept(port(0, 4000, 2), 100_000);
  assert.ok(first === 0 && end <= 200);
});

test('a list that shrank under the user shows its end', () => {
  assert.equal(kept(port(90_000), 10).first, 0);
  assert.equal(kept(port(90_000), 10).end, 10);
  assert.equal(kept(port(1e9), 1000).end, 1000);
});

test('before anything was measured a few rows are enough to measure', () => {
  assert.deepEqual(kept({ top: 0, height: 0, row: 0 }, 100_000), { first: 0, end: 12 });
  assert.deepEqual(kept({ top: 0, height: 0, row: 0 }, 0), { first: 0, end: 0 });
});

test('going to a row scrolls no further than needed', () => {
  assert.equal(scrolled(port(240), 12), 240);
  assert.equal(scrolled(port(240), 5), 120);
  assert.equal(scrolled(port(240), 40), 41 * 24 - 600);
  assert.equal(scrolled(port(0, 10), 3), 72);
});

test('a page leaves one row in common', () => {
  assert.equal(pageOf(port(0)), 24);
  assert.equal(pageOf(port(0, 20)), 1);
  assert.equal(pageOf(port(0, 600, 0)), 1);
});

test('children are scrolled into sight as far as they fit, and their parent stays', () => {
  const port = { top: 0, height: 100, row: 20 };
  assert.equal(scrolled(port, 4, 6), 40);
  assert.equal(scrolled(port, 4, 400), 80);
  assert.equal(scrolled(port, 0, 3), 0);
});

test('a row is seen while some of it is in sight', () => {
  const port = { top: 30, height: 100, row: 20 };
  assert.deepEqual(
    [0, 1, 6, 7].map(index => isSeen(port, index)),
    [false, true, true, false]
  );
});
