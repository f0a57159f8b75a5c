import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Choice } from '../filter';
import { EVERY_CURVE, asks, fitting, keyOf, valuesOf } from '../filter';

const LZ: Choice = {
  id: 'si_lz_2024',
  label: 'LZ 2024',
  experiment: 'LZ',
  year: 2024,
  technique: 'direct detection',
  quantity: 'sigma_SI',
  symbol: 'σ SI',
  kind: 'observed',
  channel: null,
  complete: [7, 9],
  unknown: ['halo']
};
const MAGIC: Choice = {
  ...LZ,
  id: 'sv_magic',
  label: 'MAGIC',
  experiment: 'MAGIC',
  year: null,
  quantity: 'sigmav',
  channel: 'bb'
};
const MINE: Choice = { ...LZ, path: 'work/si_lz_2024.json', label: 'mine' };
const ALL = [LZ, MAGIC, MINE];

test('every word must stand somewhere in a curve, in any case', () => {
  assert.deepEqual(fitting(ALL, { ...EVERY_CURVE, text: '  magic BB ' }), [MAGIC]);
  assert.deepEqual(fitting(ALL, { ...EVERY_CURVE, text: 'lz bb' }), []);
});

test('traits and years narrow together', () => {
  assert.deepEqual(fitting(ALL, { ...EVERY_CURVE, quantity: 'sigma_SI', text: 'mine' }), [MINE]);
  assert.deepEqual(fitting(ALL, { ...EVERY_CURVE, from: 2025 }), []);
});

test('a curve without a year is shown until years are asked for', () => {
  assert.deepEqual(fitting(ALL, EVERY_CURVE), ALL);
  assert.deepEqual(fitting(ALL, { ...EVERY_CURVE, to: 2030 }), [LZ, MINE]);
});

test('the ticked ones can be looked at alone', () => {
  assert.deepEqual(fitting(ALL, { ...EVERY_CURVE, ticked: true }, [keyOf(MINE)]), [MINE]);
});

test('a file with the id of a published curve is another curve', () => {
  assert.notEqual(keyOf(LZ), keyOf(MINE));
});

test('each value is offered once, in order', () => {
  assert.deepEqual(valuesOf(ALL, 'experiment'), ['LZ', 'MAGIC']);
});

test('an empty filter asks for nothing', () => {
  assert.equal(asks(EVERY_CURVE), false);
  assert.equal(asks({ ...EVERY_CURVE, from: 2020 }), true);
});
