import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ModelError, parseModel } from '../parse';
import { line, model } from './toys';

const refused = (value: unknown, place: string): void =>
  assert.throws(
    () => parseModel(value),
    error => error instanceof ModelError && error.message.includes(place) && !error.message.includes('\n')
  );

test('a whole model passes', () => {
  assert.equal(parseModel(model()).curves.length, 1);
});

test('anything else is refused with the place that is wrong', () => {
  refused(null, 'model must be an object');
  refused([], 'model must be an object');
  refused({ version: 1 }, 'version is 1');
  refused(model({ curves: [] }), 'curves must be a list of at least 1');
  refused(model({ curves: [line({ y: [1e-44] })] }), 'curves[0] x, y differ in length');
  refused(model({ curves: [line({ x: [1, NaN] })] }), 'curves[0].x[1]');
  refused(model({ curves: [line({ x: [1, -1] })] }), 'curves[0].x[1]');
  refused(model({ curves: [line({ label: 5 as never })] }), 'curves[0].label must be text');
  refused(model({ curves: [line({ fill: 'left' as never })] }), 'curves[0].fill must be one of');
  refused(model({ palette: ['red'] }), 'palette[0] must be a colour');
  refused(model({ years: [2000] as never }), 'years');
});

test('a model that would hang the page is refused before anything is drawn', () => {
  const many = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
  const facts = (name: string): Record<string, string> => Object.fromEntries(many(60).map(i => [`${name} ${i}`, 'x']));
  refused(model({ curves: many(2001).map(i => line({ id: `${i}` })) }), 'curves has 2001 items');
  refused(model({ curves: [line({ x: many(50_001), y: many(50_001) })] }), 'curves[0].x has 50001 items');
  const long = many(50_000);
  const seven = many(7).map(() => line({ x: long, y: long }));
  refused(model({ curves: seven }), 'curves have 350000 points');
  const x2 = long.map(i => 1 + (i % 2));
  refused(model({ curves: [line({ x: x2, y: long, valid: { low: 1.5, high: 9, reason: '' } })] }), 'too often');
  refused(model({ curves: [line({ text: facts('a') }), line({ text: facts('b') })] }), 'more than 100 facts');
  refused(model({ notes: many(51).map(String) }), 'notes has 51 items');
  refused(model({ title: 'x'.repeat(100_001) }), 'title is longer');
  const { x } = model();
  refused(model({ x: { ...x, units: many(51).map(i => ({ name: `${i}`, factor: 1 })) } }), 'x.units has 51 items');
});

test('names that every object has cannot be parameters, and what cannot become text is refused too', () => {
  for (const parameter of ['__proto__', 'constructor', 'toString']) {
    const slider = { parameter, symbol: 's', unit: '', value: 1, low: 0.1, high: 10 };
    refused(model({ sliders: [slider] }), 'sliders[0].parameter must be a parameter');
    const scaling = { parameter, reference: 1, power: 1, form: 'power' as const };
    refused(model({ curves: [line({ scalings: [scaling] })] }), 'curves[0].scalings[0].parameter');
  }
  refused({ version: { toString: 1 } }, 'version is not stated');
});

test('a long hostile name is cut where it is named', () => {
  assert.throws(
    () => parseModel(model({ curves: [line({ text: { ['x'.repeat(10_000)]: 5 as never } })] })),
    (error: Error) => error.message.length < 200
  );
});

test('an axis that does not rise is refused', () => {
  const { x } = model();
  refused(model({ x: { ...x, range: [10, 10] } }), 'x range must rise');
});
