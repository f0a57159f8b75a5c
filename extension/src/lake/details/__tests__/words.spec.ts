import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nullTranslator } from '@jupyterlab/translation';
import { columnsOf, copyText, tableOf, typeText, unreadableText, valueText } from '../words';

const trans = nullTranslator.load('vre_dm');
const row = { rse: 'A', scheme: 'https', files: 3, size: 1, unreadable: { BAD: 2 } };

test('a value is read as what it is, whatever it holds', () => {
  const texts = [
    [2017, 'number'],
    [1e-45, 'number'],
    [false, 'boolean'],
    ['2020-01-31', 'date'],
    ['2020-01-31T12:34:56Z', 'date'],
    ['no date', 'date'],
    [['a', true], 'list'],
    [[{ a: '<b>', c: [1] }, { a: 2 }], 'list'],
    [null, 'text']
  ].map(([value, kind]) => valueText({ value, kind: String(kind) }, trans));
  assert.deepEqual(texts, [
    '2017',
    '1e-45',
    'false',
    '2020-01-31',
    '2020-01-31 12:34 UTC',
    'no date',
    'a, true',
    'a: <b>, c: 1\na: 2',
    'null'
  ]);
});

test('only a list of objects is a table, and it shows what any of its rows has', () => {
  for (const value of [[], 'text', null, [1], [{ a: 1 }, [2]], [{ a: 1 }, null], { a: 1 }]) {
    assert.equal(tableOf(value), null, JSON.stringify(value));
  }
  const rows = tableOf([{ note: 1, unit: 'GeV' }, { name: 'mass' }]);
  assert.deepEqual(rows && columnsOf(rows), ['name', 'unit', 'note']);
});

test('a type that is no word of ours is not named', () => {
  assert.equal(typeText('constructor', trans), '');
});

test('a storage element is complete only if the lake says so of all its files', () => {
  assert.equal(copyText(row, { total: 3, rows: [row], complete: ['A'] }, trans), 'complete');
  assert.equal(copyText(row, { total: 5, rows: [row], complete: [] }, trans), 'partial: 3 of 5 files');
  assert.equal(unreadableText(row, trans), '2 bad');
});
