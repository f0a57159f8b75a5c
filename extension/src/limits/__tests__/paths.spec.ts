import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest, path, pieces, valueAt } from '../paths';
import { line } from './toys';

const near = (a: number, b: number): void => assert.ok(Math.abs(a / b - 1) < 1e-9, `${a} is not ${b}`);
/** A hundred pixels a decade, x to the right and y upwards from (0, 0). */
const SCALE = { x: { origin: 0, slope: 100 }, y: { origin: 0, slope: -100 } };

test('between two points a limit is a power law', () => {
  const curve = line({ x: [1, 100], y: [1e-40, 1e-44] });
  near(valueAt(curve, 10)!, 1e-42);
  near(valueAt(curve, 1)!, 1e-40);
  near(valueAt(curve, 100)!, 1e-44);
});

test('outside its points a curve has no value', () => {
  const curve = line({ x: [1, 100], y: [1e-40, 1e-44] });
  assert.equal(valueAt(curve, 0.999), null);
  assert.equal(valueAt(curve, 101), null);
});

test('a step in a curve reads as one of its ends', () => {
  const value = valueAt(line({ x: [1, 10, 10, 100], y: [1, 1, 2, 2] }), 10);
  assert.ok(value === 1 || value === 2);
});

test('the pointer finds the nearest visible curve and where it meets it', () => {
  const curves = [line({ x: [1, 100], y: [10, 10] }), line({ x: [1, 100], y: [20, 20] })].map(path);
  const at = { x: 100, y: -SCALE.y.slope * -1.05 };
  const hit = nearest(curves, [1, 1], [true, true], at, SCALE, 10)!;
  assert.equal(hit.curve, 0);
  near(hit.x, 10);
  near(hit.y, 10);
  assert.equal(nearest(curves, [1, 1], [false, true], at, SCALE, 10), null);
});

test('a curve that was moved is found where it now is', () => {
  const curves = [path(line({ x: [1, 100], y: [10, 10] }))];
  const hit = nearest(curves, [10], [true], { x: 50, y: -200 }, SCALE, 5)!;
  near(hit.y, 100);
  assert.equal(nearest(curves, [10], [true], { x: 50, y: -100 }, SCALE, 5), null);
});

test('a curve of one point can be found', () => {
  assert.equal(nearest([path(line({ x: [10], y: [1] }))], [1], [true], { x: 101, y: 1 }, SCALE, 5)?.curve, 0);
});

test('a curve is cut where its validity ends, and no piece is lost', () => {
  const cut = pieces([1, 10, 100], [1, 10, 100], { low: 3, high: 30, reason: '' });
  assert.deepEqual(
    cut.map(piece => piece.valid),
    [false, true, false]
  );
  assert.deepEqual(
    cut.map(piece => piece.x),
    [
      [1, 3],
      [3, 10, 30],
      [30, 100]
    ]
  );
  cut.forEach(piece => piece.x.forEach((x, i) => near(piece.y[i], x)));
});

test('both borders inside one segment are kept in order, also on a curve that runs down', () => {
  const cut = pieces([100, 1], [1, 1], { low: 3, high: 30, reason: '' });
  assert.deepEqual(
    cut.map(piece => piece.x),
    [
      [100, 30],
      [30, 3],
      [3, 1]
    ]
  );
});

test('without a validity a curve stays whole', () => {
  assert.deepEqual(pieces([1, 2], [3, 4], null), [{ x: [1, 2], y: [3, 4], valid: true }]);
});
