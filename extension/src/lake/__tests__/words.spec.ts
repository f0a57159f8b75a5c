import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nullTranslator } from '@jupyterlab/translation';
import { leftOutText } from '../words';

const trans = nullTranslator.load('vre_dm');

test('unsafe names are told as the text they are, with what cannot be seen spelt out', () => {
  assert.equal(
    leftOutText(['<b>x', 'a b\u202egnp.exe\n'], trans),
    '2 unsafe names left out: <b>x, a b\\u{202e}gnp.exe\\u{a}'
  );
});

test('of many unsafe names the first are told, and how many more there are', () => {
  const names = Array.from({ length: 100_000 }, (_, index) => `-${index}`);
  assert.equal(leftOutText(names, trans), '100000 unsafe names left out: -0, -1, -2, -3, -4, and 99995 more');
});
