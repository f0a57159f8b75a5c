import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nullTranslator } from '@jupyterlab/translation';
import { inOrder, keyText } from '../metadata';

const trans = nullTranslator.load('vre_dm');

test('a key is told in words, and one that nobody knows as it is', () => {
  const keys = ['embargo_until', 'my_own_key', 'constructor', '<b>'];
  assert.deepEqual(
    keys.map(key => keyText(key, trans)),
    ['Embargo until', 'my_own_key', 'constructor', '<b>']
  );
});

test('a title is read first, and unknown keys stay in their order behind the known ones', () => {
  const items = ['z', 'arxiv', 'a', 'title'].map(key => ({ key }));
  assert.deepEqual(
    inOrder(items, trans).map(({ key }) => key),
    ['title', 'arxiv', 'z', 'a']
  );
});
