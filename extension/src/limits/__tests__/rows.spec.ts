import assert from 'node:assert/strict';
import { test } from 'node:test';
import { palette } from '../palette';
import { geometry, rows, styles } from '../rows';
import { facet, initialState, visible } from '../state';
import { line, model } from './toys';

test('the area lies on the excluded side', () => {
  const side = (fill: 'above' | 'below'): number[] => rows(model({ curves: [line({ fill })] }))[0].fillY.slice(-2);
  side('above').forEach(y => assert.ok(y > 1e10));
  side('below').forEach(y => assert.ok(y > 0 && y < 1e-100));
  assert.deepEqual(rows(model({ curves: [line({ fill: 'none' })] }))[0].fillY, []);
});

test('every column has one entry a row', () => {
  const toy = model({ curves: [line({ valid: { low: 2, high: 5, reason: 'x' } }), line({ fill: 'inside' })] });
  const all = rows(toy);
  assert.equal(all.length, 4);
  const columns = { ...geometry(all, [1, 1]), ...styles(all, palette(toy, 'experiment', false)) };
  Object.values(columns).forEach(column => assert.equal(column.length, 4));
});

test('line, area and band of a curve move together and nothing else moves', () => {
  const band = { name: 'b', x: [1, 10], low: [1, 1], high: [2, 2] };
  const all = rows(model({ curves: [line({ band }), line({ band })] }));
  const before = geometry(all, [1, 1]);
  const after = geometry(all, [2, 1]);
  for (const column of ['ys', 'fill_ys', 'band_ys']) {
    const moved = (before[column][0] as number[]).map(value => 2 * value);
    assert.deepEqual(after[column], [moved, before[column][1]]);
  }
  assert.deepEqual(after.xs, before.xs);
});

test('colours go round before dashes change, and own curves are black or white', () => {
  const toy = model({ curves: [0, 1, 2, 3, -1].map(style => line({ style, style_technique: 1 })) });
  const light = palette(toy, 'experiment', false);
  assert.deepEqual([0, 1, 2, 3].map(light.colour), ['#111111', '#222222', '#111111', '#222222']);
  assert.deepEqual([0, 1, 2, 3].map(light.dash), ['solid', 'solid', '6 3', '6 3']);
  assert.equal(light.colour(4), '#000000');
  assert.equal(palette(toy, 'technique', true).colour(4), '#ffffff');
  assert.equal(palette(toy, 'technique', true).colour(0), '#bbbbbb');
});

test('the neutrino fog is grey in every colouring and theme', () => {
  const toy = model({ curves: [line({ kind: 'theory', fill: 'below' }), line({ kind: 'theory', fill: 'none' })] });
  for (const by of ['experiment', 'technique', 'none'] as const) {
    assert.equal(palette(toy, by, false).colour(0), '#767676');
    assert.equal(palette(toy, by, true).colour(0), '#9a9a9a');
  }
  assert.notEqual(palette(toy, 'experiment', false).colour(1), '#767676');
});

test('a year, a kind, a technique, a tick box or isolation decide what is drawn', () => {
  const curves = [
    line({ year: 2010 }),
    line({ year: null, technique: 'theory', kind: 'theory' }),
    line({ year: 2020 })
  ];
  const toy = model({ curves });
  const state = initialState(toy);
  assert.deepEqual(visible(toy, state), [true, true, true]);
  assert.deepEqual(visible(toy, { ...state, until: 2015 }), [true, true, false]);
  assert.deepEqual(visible(toy, { ...state, without: new Set([facet('kind', curves[1])]) }), [true, false, true]);
  assert.deepEqual(visible(toy, { ...state, ticked: [false, true, true] }), [false, true, true]);
  assert.deepEqual(visible(toy, { ...state, isolated: 2, until: 2015 }), [false, false, true]);
});

test('a crowd of curves is drawn thin, but own ones stay wide', () => {
  const widths = (count: number): number[] => {
    const toy = model({ curves: [line({ style: -1 }), ...Array.from({ length: count }, () => line())] });
    return [0, 1].map(palette(toy, 'experiment', false).width);
  };
  assert.deepEqual(widths(10), [3.2, 1.7]);
  assert.deepEqual(widths(100), [3.2, 1]);
});
