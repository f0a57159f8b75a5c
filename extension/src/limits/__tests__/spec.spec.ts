import assert from 'node:assert/strict';
import { test } from 'node:test';
import { titled } from '../spec';

test('an axis names its unit, and no brackets stand around nothing', () => {
  assert.equal(titled('dark-matter mass', 'GeV'), 'dark-matter mass [GeV]');
  assert.equal(titled('kinetic mixing κ', ''), 'kinetic mixing κ');
});
