import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nullTranslator } from '@jupyterlab/translation';
import { daysOf, emptyDaysText } from '../days';
import { newsOf } from '../news';
import { PAGE, shownOf } from '../shown';
import { toyRule } from './toys';

const trans = nullTranslator.load('vre_dm');
const many = Array.from({ length: 120 }, (_, at) =>
  toyRule({ id: `r${at}`, did: `s:d${at}`, state: at % 2 ? 'OK' : 'STUCK' })
);

test('thousands of rules are shown a page at a time', () => {
  const shown = shownOf(many, { text: '', page: 2 });
  assert.deepEqual([shown.rules.length, shown.first, shown.pages, shown.total], [120 - 2 * PAGE, 100, 3, 120]);
});

test('a page that a filter took away becomes the last one', () => {
  const shown = shownOf(many, { text: 'STUCK d118', page: 2 });
  assert.deepEqual([shown.page, shown.rules.map(rule => rule.did)], [0, ['s:d118']]);
  assert.deepEqual(shownOf([], { text: '', page: 5 }).page, 0);
});

test('days are a positive number that a rule can be kept for', () => {
  assert.deepEqual(daysOf(' 30 ', trans), { days: 30, fault: null });
  assert.deepEqual(daysOf('0,5', trans), { days: 0.5, fault: null });
  assert.deepEqual(daysOf('', trans), { days: null, fault: null });
  for (const typed of ['0', '-1', 'soon', 'NaN', '1e99', '36501', 'Infinity']) {
    assert.ok(daysOf(typed, trans).fault, typed);
  }
  assert.ok(daysOf('', trans, true).fault);
});

test('an empty lifetime says what it means as soon as that is known', () => {
  const said = [undefined, null, 30].map(days => emptyDaysText(days, trans));
  assert.deepEqual(said, [undefined, 'Empty: for ever', 'Empty: 30, as is usual in this lake']);
});

test('a rule is news when it becomes OK, STUCK or SUSPENDED, once', () => {
  const told = (was: string | null, state: string) => newsOf({ ...toyRule({ state }), was }, trans)?.kind ?? null;
  assert.deepEqual(
    [told('REPLICATING', 'OK'), told('REPLICATING', 'STUCK'), told('STUCK', 'SUSPENDED')],
    ['success', 'warning', 'warning']
  );
  assert.deepEqual([told('OK', 'OK'), told(null, 'OK'), told('STUCK', 'REPLICATING')], [null, null, null]);
});
