import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renewed } from '../renewal';
import { line, model } from './toys';

test('other numbers of the same curves are taken into the very lines that stand', () => {
  const shown = model();
  const [kept] = shown.curves;
  const next = model({ curves: [line({ y: [3e-44, 3e-45], text: {}, assumptions: { v0_km_s: '200' } })] });
  assert.equal(renewed(shown, next), true);
  assert.equal(shown.curves[0], kept);
  assert.deepEqual(kept.y, [3e-44, 3e-45]);
  assert.equal(kept.assumptions.v0_km_s, '200');
});

test('a curve may get more points', () => {
  const shown = model();
  assert.equal(renewed(shown, model({ curves: [line({ x: [1, 3, 10], y: [1e-44, 5e-45, 1e-45] })] })), true);
  assert.equal(shown.curves[0].x.length, 3);
});

test('another plot is not taken, and the one that stands keeps its numbers', () => {
  const others = [
    model({ title: 'Other' }),
    model({ x: { ...model().x, range: [1, 1000] } }),
    model({ notes: ['Confidence levels differ.'] }),
    model({ curves: [line({ id: 'other', y: [1, 1] })] }),
    model({ curves: [line({ label: 'TOY 2021', y: [1, 1] })] }),
    model({ curves: [line({ y: [1, 1] }), line({ id: 'second' })] })
  ];
  for (const other of others) {
    const shown = model();
    assert.equal(renewed(shown, other), false);
    assert.deepEqual(shown, model());
  }
});
