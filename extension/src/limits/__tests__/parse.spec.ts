import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ModelError, parseModel } from '../parse';
import { boxOf, overlap, place } from '../place';
import { plotDocument } from '../spec';
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

test('an axis that does not rise is refused', () => {
  const { x } = model();
  refused(model({ x: { ...x, range: [10, 10] } }), 'x range must rise');
});

test('the plot is JSON: no function, and titles are plain text, never TeX', () => {
  const columns = { rows: { xs: [] }, labels: { x: [] } };
  const item = plotDocument(model({ title: '$$x$$', notes: ['\\(y\\)'] }), columns, '3.9.2', 'a');
  const text = JSON.stringify(item);
  assert.deepEqual(JSON.parse(text), item);
  assert.equal(text.match(/"name":"PlainText"/g)?.length, 4);
  assert.ok(!/CustomJS|TeX/.test(text));
});

test('labels never lie on each other, and the first ones choose first', () => {
  const frame = { left: 0, top: 0, right: 300, bottom: 300 };
  const spot = { x: 100, y: 100 };
  const wishes = [[spot], [spot, { x: 100, y: 200 }], [spot], [{ x: 290, y: 50 }]].map(at => ({ at, width: 50 }));
  assert.deepEqual(place(wishes, frame), [0, 1, null, null]);
  assert.ok(!overlap(boxOf(spot, 50), boxOf({ x: 100, y: 200 }, 50)));
});
