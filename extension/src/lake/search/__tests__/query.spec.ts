import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetadataKey } from '../../../api/types';
import { conditionOf, joined, kindOf, operatorsOf, problemOf, questionsOf, readText, textOf } from '../query';
import type { Filter } from '../query';

const KEYS: MetadataKey[] = [
  { key: 'year', kinds: ['number'], example: 2017 },
  { key: 'title', kinds: ['text'], example: 'Dwarf galaxies' },
  { key: 'simulated', kinds: ['boolean'], example: true },
  { key: 'taken', kinds: ['date'], example: '2020-01-31' },
  { key: 'run', kinds: ['number', 'text'], example: 7 }
];
const filter = (key: string, value: string, operator: Filter['operator'] = '='): Filter => ({ key, operator, value });

test('conditions among the words become filters, the rest is the pattern', () => {
  assert.deepEqual(readText('xenon:*events* year>=2017 and title="direct detection", simulated == true'), {
    pattern: 'xenon:*events*',
    filters: [filter('year', '2017', '>='), filter('title', 'direct detection'), filter('simulated', 'true')]
  });
  assert.deepEqual(readText('year>=2017 fermi*'), { pattern: 'fermi*', filters: [filter('year', '2017', '>=')] });
});

test('what is no condition stays where it is, for the server to judge', () => {
  for (const text of ['a*', 'scope:name=x', 'year=>2017', 'a:b year>=', '']) {
    assert.equal(readText(text).pattern, text.trim());
    assert.deepEqual(readText(text).filters, []);
  }
});

test('what is written out reads back as it was', () => {
  const filters = [
    filter('year', '2017', '>='),
    filter('title', 'a "b" c'),
    filter('run', "it's"),
    filter('title', '2017')
  ];
  const text = textOf({ pattern: 'fermi:*', filters }, KEYS);
  assert.deepEqual(readText(text), { pattern: 'fermi:*', filters });
});

const asked = (pattern: string, filters: Filter[] = []) => questionsOf({ pattern, kind: 'collection', filters }, KEYS);

test('a pattern is one question: a name without a star is looked for anywhere in the names of its scope', () => {
  const patterns = ['fermi:dsph', 'a*', 'a:*', '', 'fermi:'].map(text => asked(text).map(({ pattern }) => pattern));
  assert.deepEqual(patterns, [['fermi:*dsph*'], ['a*'], ['a:*'], ['*'], ['fermi:*']]);
});

test('a word is looked for in names, scopes and titles, as it is usually written', () => {
  const questions = asked('Xenon', [filter('year', '2017', '>=')]);
  assert.deepEqual(
    questions.map(({ pattern }) => pattern),
    ['*Xenon*', '*xenon*', '*xenon*:*', '*', '*', '*']
  );
  assert.deepEqual(
    questions.map(({ where }) => where?.join(' and ')),
    [
      ...Array<string>(3).fill('year>=2017'),
      'year>=2017 and title="*Xenon*"',
      'year>=2017 and title="*xenon*"',
      'year>=2017 and title="*XENON*"'
    ]
  );
});

test('words of a title may have anything between them', () => {
  assert.deepEqual(
    asked('dark matter').map(({ pattern, where }) => [pattern, ...(where ?? [])]),
    [
      ['*dark*matter*'],
      ['*matter*dark*'],
      ['*', 'title="*dark*matter*"'],
      ['*', 'title="*matter*dark*"'],
      ['*', 'title="*Dark*matter*"'],
      ['*', 'title="*Matter*dark*"']
    ]
  );
});

test('up to three words are found in any order, more as they were typed', () => {
  const titles = (text: string) => asked(text).flatMap(({ where }) => where ?? []);
  assert.ok(titles('dwarf J factors').includes('title="*J*factors*dwarf*"'));
  assert.equal(titles('j dwarf factors').length, 6 + 6);
  assert.deepEqual(titles('a b c d'), ['title="*a*b*c*d*"', 'title="*A*b*c*d*"']);
});

test('what is typed anew of a key takes the place of the old filter, and nothing stands twice', () => {
  const [from, until, text] = [filter('year', '2015', '>='), filter('year', '2020', '<='), filter('title', 'x')];
  assert.deepEqual(joined([from, until, text], [filter('year', '2017', '>=')]), [
    until,
    text,
    filter('year', '2017', '>=')
  ]);
  assert.deepEqual(joined([from, text, text], []), [from, text]);
});

test('the kind of a filter is what its key holds', () => {
  const kind = (key: string, value: string) => kindOf({ key, value }, KEYS);
  assert.equal(kind('year', 'abc'), 'number');
  assert.equal(kind('title', '2017'), 'text');
  assert.deepEqual([kind('run', '7'), kind('run', 'seven')], ['number', 'text']);
  assert.deepEqual(
    ['1e-45', 'TRUE', '2020-01-31T12:00Z', 'x'].map(value => kind('unknown', value)),
    ['number', 'boolean', 'date', 'text']
  );
});

test('texts are quoted, so that one that looks like a number stays a text', () => {
  assert.equal(conditionOf(filter('title', '2017'), 'text'), 'title="2017"');
  assert.equal(conditionOf(filter('title', 'a "b"'), 'text'), `title='a "b"'`);
  assert.equal(conditionOf(filter('year', ' 2017 ', '>='), 'number'), 'year>=2017');
});

test('only what has an order can be more or less', () => {
  assert.deepEqual(operatorsOf('boolean'), ['=', '!=']);
  assert.equal(operatorsOf('date').length, 6);
});

test('a filter that cannot be asked says why before it is', () => {
  assert.equal(problemOf(filter('a b', '1'), 'number'), 'key');
  assert.equal(problemOf(filter('year', ' '), 'number'), 'empty');
  assert.equal(problemOf(filter('year', '2017a'), 'number'), 'number');
  assert.equal(problemOf(filter('taken', '31.1.2020'), 'date'), 'date');
  assert.equal(problemOf(filter('title', `"'`), 'text'), 'quotes');
  assert.equal(problemOf(filter('year', '-1.5e3'), 'number'), null);
});
