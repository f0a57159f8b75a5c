import assert from 'node:assert/strict';
import { test } from 'node:test';
import { powerOfTen, tickLabel, tickLabels, ticks, written } from '../numbers';

test('exponents are real superscripts', () => {
  assert.equal(powerOfTen(-47), '10⁻⁴⁷');
  assert.equal(powerOfTen(1234567890), '10¹²³⁴⁵⁶⁷⁸⁹⁰');
});

test('values are plain where that is short, else with a power of ten', () => {
  assert.equal(written(2.1816834e-48), '2.18 × 10⁻⁴⁸');
  assert.equal(written(40, 4), '40');
  assert.equal(written(0.3), '0.3');
  assert.equal(written(12345.6, 3), '12346');
  assert.equal(written(123456), '1.23 × 10⁵');
  assert.equal(written(9.99e-4), '9.99 × 10⁻⁴');
});

test('a tick at a decade is a bare power of ten, in between it says how many', () => {
  assert.deepEqual(
    [1e-47, 2e-46, 0.01, 1, 1000, 1e4].map(value => tickLabel(value)),
    ['10⁻⁴⁷', '2 × 10⁻⁴⁶', '0.01', '1', '1000', '10⁴']
  );
  // 1e-47 * 1e45 is not exactly 0.01
  assert.equal(tickLabel(1e-47 * 1e45), '0.01');
});

for (const [low, high] of [
  [1e-50, 1e-37],
  [1e-6, 1e4],
  [0.5, 1e4],
  [3e-48, 4e-46],
  [30, 70],
  [1.0001, 1.0004]
]) {
  test(`between ${low} and ${high} there are some ticks, all inside, and not too many`, () => {
    const { major, minor } = ticks(low, high);
    assert.ok(major.length >= 2 && major.length <= 12, String(major));
    [...major, ...minor].forEach(tick =>
      assert.ok(tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9), String(tick))
    );
    assert.equal(new Set(tickLabels(major)).size, major.length, tickLabels(major).join());
  });
}

test('over three decades or more only powers of ten carry a label', () => {
  assert.deepEqual(
    ticks(0.5, 2e4).major.map(value => tickLabel(value)),
    ['1', '10', '100', '1000', '10⁴']
  );
});

test('where numbers end there is nothing to label', () => {
  for (const [low, high] of [
    [1e-308 / 1e308, 1],
    [1, 1e308 * 10],
    [10, 10],
    [NaN, 1]
  ]) {
    assert.deepEqual(ticks(low, high), { major: [], minor: [] });
  }
});
