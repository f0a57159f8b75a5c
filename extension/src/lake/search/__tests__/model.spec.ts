import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Signal } from '@lumino/signaling';
import { LakeError } from '../../../api/error';
import type { SearchQuery } from '../../../api/client';
import type { Entry, StreamEnd } from '../../../api/types';
import type { IDataLake } from '../../../tokens';
import { SearchModel } from '../model';
import { RecentSearches } from '../recent';

interface Question {
  query: SearchQuery;
  take: (rows: Entry[]) => void;
  signal: AbortSignal;
  end: (end: StreamEnd) => void;
  fail: (error: Error) => void;
}

const hit = (name: string): Entry => ({ did: `a:${name}`, scope: 'a', name, kind: 'dataset', size: 1, length: 1 });
const settled = () => new Promise(resolve => setImmediate(resolve));

/** A search, and the questions that it asked; the test answers them. */
function searching(): { model: SearchModel; asked: Question[] } {
  const asked: Question[] = [];
  const search = (query: SearchQuery, take: Question['take'], signal: AbortSignal) =>
    new Promise<StreamEnd>((end, fail) => asked.push({ query, take, signal, end, fail }));
  const keys = async () => ({ keys: [{ key: 'title', kinds: ['text'], example: 'x' }] });
  const lake = { api: { search, keys }, refreshed: new Signal({}) } as unknown as IDataLake;
  return { model: new SearchModel(lake, new RecentSearches(null)), asked };
}

test('hits are there as they come, and all of them', async () => {
  const { model, asked } = searching();
  model.edit({ pattern: 'dsph* year>=2017' });
  void model.submit();
  assert.deepEqual(asked[0].query, { pattern: 'dsph*', kind: 'collection', where: ['year>=2017'] });
  asked[0].take([hit('1'), hit('2')]);
  assert.deepEqual([model.phase, model.rows.length], ['asking', 2]);
  asked[0].take([hit('3')]);
  asked[0].end({ total: 3, left_out: ['a:<b>'] });
  await settled();
  assert.deepEqual([model.phase, model.rows.length, model.leftOut], ['done', 3, ['a:<b>']]);
  assert.deepEqual(model.recent.texts, ['dsph* year>=2017']);
});

test('a new search gives up the one before, whose late hits are shown nowhere', async () => {
  const { model, asked } = searching();
  void model.submit();
  void model.submit();
  assert.ok(asked[0].signal.aborted);
  asked[1].take([hit('new')]);
  asked[0].take([hit('old')]);
  asked[0].end({ total: 1, left_out: [] });
  await settled();
  assert.deepEqual([model.phase, model.rows.map(({ name }) => name)], ['asking', ['new']]);
});

test('a text among the filters is asked as a text once the keys are known', async () => {
  const { model, asked } = searching();
  await model.learnKeys();
  model.edit({ pattern: '', filters: [{ key: 'title', operator: '=', value: '2017' }] });
  void model.submit();
  assert.deepEqual(asked[0].query.where, ['title="2017"']);
});

test('what failed is said, what came stays, and it is not remembered', async () => {
  const { model, asked } = searching();
  void model.submit();
  asked[0].take([hit('1')]);
  asked[0].fail(new LakeError('Unreachable', 'no answer'));
  await settled();
  assert.deepEqual([model.phase, model.error?.kind, model.rows.length], ['failed', 'Unreachable', 1]);
  assert.deepEqual(model.recent.texts, []);
});

test('a search that is stopped is no failure', async () => {
  const { model, asked } = searching();
  void model.submit();
  model.stop();
  asked[0].fail(Object.assign(new Error('stopped'), { name: 'AbortError' }));
  await settled();
  assert.deepEqual([model.phase, model.error], ['idle', null]);
});

const refusal = (index: number) => new LakeError('InvalidFilter', 'no key yaer', 'where', { index });

test('the filter that the server refused is known, and goes when something else is typed', async () => {
  const { model, asked } = searching();
  model.edit({ pattern: 'a* year>=2017 yaer>=2017' });
  void model.submit();
  asked[0].fail(refusal(1));
  await settled();
  assert.deepEqual([model.phase, model.refused], ['failed', 1]);
  void model.submit();
  asked[1].fail(refusal(1));
  await settled();
  assert.equal(model.draft.filters.length, 2);
  model.edit({ pattern: 'b*' });
  void model.submit();
  assert.deepEqual(asked[2].query, { pattern: 'b*', kind: 'collection', where: ['year>=2017'] });
});

test('words are asked for one way after the other, a hit counts once, and a way that makes no sense is passed over', async () => {
  const { model, asked } = searching();
  model.edit({ pattern: 'dark matter of galaxies' });
  void model.submit();
  asked[0].fail(new LakeError('InvalidDid', 'no name has this', 'pattern'));
  await settled();
  asked[1].take([hit('1'), hit('2')]);
  asked[1].end({ total: 2, left_out: ['<b>'] });
  await settled();
  asked[2].take([hit('2'), hit('3')]);
  asked[2].end({ total: 2, left_out: ['<b>'] });
  await settled();
  assert.deepEqual([asked.length, model.phase, model.rows.map(({ name }) => name)], [3, 'done', ['1', '2', '3']]);
  assert.deepEqual(model.leftOut, ['<b>']);
});

test('where a lake has no titles, that is no fault of who looks for a word; a wrong filter is', async () => {
  const { model, asked } = searching();
  model.edit({ pattern: 'dark matter', filters: [{ key: 'year', operator: '=', value: '2017' }] });
  void model.submit();
  asked[0].end({ total: 0, left_out: [] });
  await settled();
  asked[1].fail(refusal(1));
  await settled();
  asked[2].fail(refusal(0));
  await settled();
  assert.deepEqual([model.phase, model.refused], ['failed', 0]);
});
