import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attached, attachmentsIn, detached } from '../attachments';
import type { Attachment } from '../attachments';

const ONE: Attachment = { did: 'a:x', variableName: 'x', type: 'collection' };
const TWO: Attachment = { did: 'a:y', variableName: 'y', type: 'file' };
const BROKEN: readonly unknown[] = [
  null,
  1,
  'text',
  [],
  {},
  { did: 1, variableName: 'x', type: 'file' },
  { ...ONE, type: 'other' }
];

test('what rucio-jupyterlab wrote is read', () => {
  assert.deepEqual(attachmentsIn([ONE, TWO]), [ONE, TWO]);
});

test('metadata that are no list, or whose entries are something else, show nothing', () => {
  for (const metadata of [undefined, null, 'text', 3, {}, BROKEN]) {
    assert.deepEqual(attachmentsIn(metadata), []);
  }
});

test('a DID has one variable: the first that was written', () => {
  assert.deepEqual(attached(attached(undefined, ONE), { ...ONE, variableName: 'z' }), [ONE]);
  assert.deepEqual(attached([ONE], TWO), [ONE, TWO]);
});

test('what we do not understand is kept when we write', () => {
  assert.deepEqual(detached(attached([...BROKEN, ONE], TWO), 'a:x'), [...BROKEN, TWO]);
});

test('writing changes no list that somebody else holds', () => {
  const held = [ONE];
  attached(held, TWO);
  detached(held, 'a:x');
  assert.deepEqual(held, [ONE]);
});
