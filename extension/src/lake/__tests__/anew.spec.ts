import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Signal } from '@lumino/signaling';
import { Anew } from '../anew';
import type { Freshness } from '../anew';

const said = async (freshness: Freshness) => freshness.refresh ?? 0;

test('after a refresh the first question for each list asks the lake, the others use what is kept', async () => {
  const refreshed = new Signal<object, void>({});
  const anew = new Anew(refreshed);
  refreshed.emit(); // the page begins
  assert.equal(await anew.ask('a:x', said), 0);
  refreshed.emit();
  const answers = [await anew.ask('a:x', said), await anew.ask('a:x', said), await anew.ask('a:y', said)];
  assert.deepEqual(answers, [1, 0, 1]);
  refreshed.emit();
  assert.equal(await anew.ask('a:x', said), 1);
});

test('a list whose question failed is asked of the lake again', async () => {
  const refreshed = new Signal<object, void>({});
  const anew = new Anew(refreshed);
  await anew.ask('a:x', said);
  refreshed.emit();
  const failing = async () => Promise.reject(new Error('gone'));
  await assert.rejects(anew.ask('a:x', failing));
  assert.equal(await anew.ask('a:x', said), 1);
});
