import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nullTranslator } from '@jupyterlab/translation';
import { momentText, rateText, sizeText, spanText } from '../quantities';

const trans = nullTranslator.load('vre_dm');

test('sizes have three figures and never a thousand of a unit', () => {
  assert.deepEqual([0, 999, 1000, 1234, 999_400, 999_600, 12_345_678, 2.5e21].map(sizeText), [
    '0 B',
    '999 B',
    '1 kB',
    '1.23 kB',
    '999 kB',
    '1 MB',
    '12.3 MB',
    '2500 EB'
  ]);
});

test('what is unknown is said with no word', () => {
  assert.deepEqual([sizeText(null), rateText(null), spanText(null, trans), momentText(null, trans)], ['', '', '', '']);
  assert.deepEqual([sizeText(NaN), spanText(Infinity, trans), momentText('soon', trans)], ['', '', '']);
});

test('a rate of nothing is no rate', () => {
  assert.equal(rateText(0), '');
  assert.equal(rateText(1.5e6), '1.5 MB/s');
});

test('a span changes its unit where the larger one says as much', () => {
  assert.deepEqual(
    [0, 1, 89, 91, 5399, 5401, 129_599, 129_601].map(seconds => spanText(seconds, trans)),
    ['1 s', '1 s', '89 s', '2 min', '90 min', '2 h', '36 h', '2 d']
  );
});

test('a moment is told in UTC whatever zone it was written in', () => {
  assert.equal(momentText('2026-01-31T12:00:30+02:00', trans), '2026-01-31 10:00 UTC');
});
