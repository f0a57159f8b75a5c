import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { nullTranslator } from '@jupyterlab/translation';
import { fieldsOf, furtherKeys } from '../schema';
import type { MetadataDraft } from '../values';
import { emptyDraft, furtherValue, metadataOf } from '../values';

const trans = nullTranslator.load('vre_dm');
/** The schema that the server sends; the tests run in `extension`. */
const schema = JSON.parse(readFileSync('../vre_dm/lake/publish/schema.json', 'utf-8'));
const fields = fieldsOf(schema);
const keys = furtherKeys(schema);

const FILLED = {
  title: 'My limit',
  experiment: 'TEST',
  technique: 'direct detection',
  year: '2024',
  arxiv: 'unknown',
  licence: 'CC-BY-4.0'
};

function read(texts: Record<string, string>, more: Partial<MetadataDraft> = {}) {
  return metadataOf({ ...emptyDraft, texts: { ...FILLED, ...texts }, ...more }, fields, keys, trans);
}

test('every key of the schema has a field, those that are needed first', () => {
  const named = fields.map(field => field.key);
  assert.deepEqual(new Set(named), new Set(Object.keys(schema.properties)));
  assert.deepEqual(new Set(named.slice(0, schema.required.length)), new Set(schema.required));
  assert.ok(fields.slice(0, schema.required.length).every(field => field.required));
});

test('the year is asked for, and may be left out where it is unknown', () => {
  assert.deepEqual([fields[schema.required.length].key, fields[schema.required.length].asked], ['year', true]);
  assert.deepEqual(read({ year: '' }).faults, {});
});

test('types come from the schema, also where it refers to a definition', () => {
  const kinds = Object.fromEntries(fields.map(({ key, kind }) => [key, kind]));
  assert.deepEqual(
    [kinds.title, kinds.description, kinds.year, kinds.simulated, kinds.embargo_until, kinds.columns],
    ['text', 'long', 'integer', 'boolean', 'date', 'table']
  );
  assert.deepEqual(
    fields.find(({ key }) => key === 'columns')?.columns.map(({ key, required }) => [key, required]),
    [
      ['name', true],
      ['unit', true],
      ['description', false]
    ]
  );
});

test('an enumeration becomes a choice, and what no control can show is left out', () => {
  const made = fieldsOf({
    properties: { colour: { enum: ['red', 'blue'] }, mixed: { enum: [1, 'a'] }, deep: { type: 'object' }, any: {} }
  });
  assert.deepEqual(
    made.map(({ key, kind, options }) => [key, kind, options]),
    [['colour', 'choice', ['red', 'blue']]]
  );
});

test('values have the types of the schema, and what is empty is left out', () => {
  const { values, faults } = read({ simulated: 'false', description: '  ', embargo_until: '2030-01-31' });
  assert.deepEqual(faults, {});
  assert.deepEqual(values, { ...FILLED, year: 2024, simulated: false, embargo_until: '2030-01-31' });
});

test('what is needed and missing is said at its field', () => {
  const { faults } = metadataOf(emptyDraft, fields, keys, trans);
  assert.deepEqual(new Set(Object.keys(faults)), new Set(schema.required));
});

for (const [key, text] of [
  ['year', '1899'],
  ['year', '2024.5'],
  ['year', 'unknown'],
  ['year', '1e400'],
  ['arxiv', 'arXiv:2401.00001'],
  ['doi', 'https://doi.org/10.1/x'],
  ['embargo_until', '2030-02-30'],
  ['embargo_until', '31.1.2030'],
  ['title', 'x'.repeat(4001)]
]) {
  test(`${key} cannot be ${text.slice(0, 30)}`, () => {
    assert.deepEqual(Object.keys(read({ [key]: text }).faults), [key]);
  });
}

test('a column needs name and unit; a fault stands in its cell', () => {
  const good = { name: 'mass', unit: 'GeV' };
  const { values } = read({}, { tables: { columns: [good] } });
  assert.deepEqual(values.columns, [good]);
  const { faults } = read({}, { tables: { columns: [good, { name: 'limit' }] } });
  assert.deepEqual(Object.keys(faults), ['columns.1.unit']);
});

test('further keys keep numbers and truth as such', () => {
  const { values } = read(
    {},
    {
      further: [
        { key: 'runs', value: '12' },
        { key: 'note', value: '[1]' }
      ]
    }
  );
  assert.deepEqual([values.runs, values.note], [12, '[1]']);
  assert.deepEqual([furtherValue('true'), furtherValue('1e3'), furtherValue('null')], [true, 1000, 'null']);
});

test('a further key that is taken, misspelt or without value is refused at its row', () => {
  const further = [
    { key: 'Title', value: 'x' },
    { key: 'title', value: 'x' },
    { key: '__proto__', value: 'x' },
    { key: 'note', value: ' ' },
    { key: '', value: '' }
  ];
  assert.deepEqual(Object.keys(read({}, { further }).faults), ['further.0', 'further.1', 'further.2', 'further.3']);
});
