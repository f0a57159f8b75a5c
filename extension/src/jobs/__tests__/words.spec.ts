import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nullTranslator } from '@jupyterlab/translation';
import type { Job } from '../../api/types';
import { actionTexts, amountsOf, farewell, percentOf, placeOf, remarksOf, stateOf, titleOf } from '../words';
import { toyJob } from './toys';

const trans = nullTranslator.load('vre_dm');

test('a running job tells bytes, files, rate and the time to go', () => {
  assert.deepEqual(amountsOf(toyJob(), trans), ['250 B of 1 kB', '1 of 4 files', '100 B/s', '8 s left']);
});

test('what is not known of a job is left out', () => {
  const job = toyJob({ bytes_total: null, files_total: null, rate: null, remaining: null });
  assert.deepEqual(amountsOf(job, trans), ['250 B']);
});

test('percent go by bytes, else by files, and never above the whole', () => {
  assert.equal(percentOf(toyJob()), 25);
  assert.equal(percentOf(toyJob({ bytes_total: null })), 25);
  assert.equal(percentOf(toyJob({ bytes_done: 2000 })), 100);
  assert.equal(percentOf(toyJob({ bytes_total: null, files_total: null })), null);
  assert.equal(percentOf(toyJob({ bytes_total: 0, files_total: 0, state: 'finished' })), 100);
});

test('a job is not whole before its last byte', () => {
  assert.equal(percentOf(toyJob({ bytes_done: 999 })), 99);
});

test('a paused job is not called cancelled', () => {
  assert.equal(stateOf(toyJob({ state: 'cancelled', paused: true }), trans), 'Paused');
  assert.equal(stateOf(toyJob({ state: 'cancelled' }), trans), 'Cancelled');
});

test('bytes that stay are said, with the buttons that there are, and once', () => {
  const said = (changes: Partial<Job>) =>
    remarksOf(toyJob({ state: 'cancelled', remark: 'what arrived is kept', kept: 2000, ...changes }), trans);
  const [kept, ...more] = said({ can: ['continue', 'delete'] });
  assert.match(kept, /^2 kB .* Continue .* Forget/);
  assert.deepEqual(more, []);
  assert.doesNotMatch(said({ can: ['delete'] })[0], /Continue/);
  assert.deepEqual(said({ kept: 0 }), ['what arrived is kept']);
  assert.equal(said({ state: 'failed', remark: '1 of 4 files could not be had' }).length, 2);
});

test('the end is told with its reason', () => {
  const job = toyJob({ state: 'failed', remark: '1 of 4 files could not be had' });
  assert.equal(farewell(job, trans), 'Fetch of xenon:s2only: Failed, 1 of 4 files could not be had');
});

test('a map names what it goes over, and the function', () => {
  const job = toyJob({ kind: 'map', to: 'fill' });
  assert.equal(titleOf(job, trans), 'Map over xenon:s2only');
  assert.equal(placeOf(job, trans), 'of fill');
});

test('who forgets a map is told that its result goes', () => {
  const [fetch, map] = (['fetch', 'map'] as const).map(kind => actionTexts('delete', { kind }, trans)[1]);
  assert.match(fetch, /unfinished files; whole ones stay/);
  assert.match(map, /its result and its finished chunks/);
  assert.match(actionTexts('cancel', { kind: 'map' }, trans)[1], /finished chunks are kept/);
});

test('a scan is told by its points, since it reads no bytes', () => {
  const job = toyJob({ kind: 'map', points: [300, 1200], bytes_done: 0, bytes_total: 0, rate: 0 });
  assert.deepEqual(amountsOf(job, trans), ['300 of 1200 points', '8 s left']);
  assert.equal(percentOf(job), 25);
});
