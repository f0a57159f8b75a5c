import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nullTranslator } from '@jupyterlab/translation';
import { keyText } from '../metadata';

const trans = nullTranslator.load('vre_dm');

test('a key is told in words, and one that nobody knows as it is', () => {
  const keys = ['embargo_until', 'my_own_key', 'constructor', '<b>'];
  assert.deepEqual(
    keys.map(key => keyText(key, trans)),
    ['Embargo until', 'my_own_key', 'constructor', '<b>']
  );
});
