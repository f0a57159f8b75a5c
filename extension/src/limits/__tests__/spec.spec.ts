import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plotDocument, titled } from '../spec';
import { model } from './toys';

test('an axis names its unit, and no brackets stand around nothing', () => {
  assert.equal(titled('dark-matter mass', 'GeV'), 'dark-matter mass [GeV]');
  assert.equal(titled('kinetic mixing κ', ''), 'kinetic mixing κ');
});

test('the plot is JSON: no function, and titles are plain text, never TeX', () => {
  const item = plotDocument(model({ title: '$$x$$', notes: ['\\(y\\)'] }), { xs: [] }, '3.9.2', 'a');
  const text = JSON.stringify(item);
  assert.deepEqual(JSON.parse(text), item);
  assert.equal(text.match(/"name":"PlainText"/g)?.length, 4);
  assert.ok(!/CustomJS|TeX/.test(text));
});
