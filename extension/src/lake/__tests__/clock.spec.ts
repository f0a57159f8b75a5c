import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nullTranslator } from '@jupyterlab/translation';
import type { Login } from '../../api/types';
import { clockOf, nextTick } from '../clock';

const trans = nullTranslator.load('vre_dm');
const NOW = Date.parse('2026-11-21T12:00:00Z');
const LOGIN: Login = {
  lake: 'escape',
  account: 'ann',
  auth: 'oidc',
  source: 'a file',
  expires: null,
  seconds_left: null,
  problem: null,
  next_step: null
};

const inSeconds = (seconds: number): Login => ({ ...LOGIN, expires: new Date(NOW + 1000 * seconds).toISOString() });
const shown = (seconds: number) => clockOf(inSeconds(seconds), NOW, trans);

test('the time left is rounded down and grows urgent before the end', () => {
  assert.deepEqual(shown(7260), { text: 'token: 2 h 1 min left', level: 'fine' });
  assert.deepEqual(shown(16 * 60), { text: 'token: 16 min left', level: 'fine' });
  assert.deepEqual(shown(15 * 60), { text: 'token: 15 min left', level: 'soon' });
  assert.deepEqual(shown(59), { text: 'token: less than a minute left', level: 'soon' });
  assert.equal(shown(86_400 * 5)?.text, 'token: 5 days left');
});

test('a token that ended and a login that was refused say so', () => {
  assert.deepEqual(shown(0), { text: 'token expired', level: 'gone' });
  assert.equal(clockOf({ ...inSeconds(900), problem: 'not accepted' }, NOW, trans)?.level, 'gone');
});

test('a login without an end has no clock', () => {
  assert.equal(clockOf(LOGIN, NOW, trans), null);
});

test('the user says how early the warning comes', () => {
  assert.equal(clockOf(inSeconds(1800), NOW, trans, 60)?.level, 'soon');
});

test('the clock looks again when its words change', () => {
  assert.equal(nextTick(inSeconds(90), NOW), 30_200);
  assert.equal(nextTick(LOGIN, NOW), 60_000);
});
