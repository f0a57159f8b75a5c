import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionOf } from '../keys';
import type { Place } from '../keys';

const AT: Place = { index: 10, count: 100, page: 20, parent: 4 };

function press(key: string, place: Partial<Place> = {}, rtl = false) {
  const [name, ...held] = key.split('+').reverse();
  const has = (modifier: string) => held.includes(modifier);
  const event = { key: name, ctrlKey: has('Ctrl'), shiftKey: has('Shift'), altKey: has('Alt'), metaKey: has('Meta') };
  return actionOf(event, { ...AT, ...place }, rtl);
}

const to = (index: number, extend = false, keep = false) => ({ do: 'move', to: index, extend, keep });

test('arrows, Home, End and pages go from row to row and stop at the ends', () => {
  assert.deepEqual(press('ArrowDown'), to(11));
  assert.deepEqual(press('ArrowUp'), to(9));
  assert.deepEqual(press('ArrowUp', { index: 0 }), to(0));
  assert.deepEqual(press('End'), to(99));
  assert.deepEqual(press('PageDown', { index: 95 }), to(99));
  assert.deepEqual(press('PageUp', { index: 5 }), to(0));
});

test('Shift extends the selection and Ctrl leaves it alone', () => {
  assert.deepEqual(press('Shift+ArrowDown'), to(11, true));
  assert.deepEqual(press('Ctrl+ArrowDown'), to(11, false, true));
  assert.deepEqual(press('Ctrl+Shift+End'), to(99, true));
  assert.deepEqual(press(' '), { do: 'toggle' });
  assert.deepEqual(press('Shift+ '), { do: 'span' });
  assert.deepEqual([press('Ctrl+a'), press('Ctrl+A')], [{ do: 'all' }, { do: 'all' }]); // the latter with Caps Lock
});

test('the arrow into the line opens, then goes to the first child; the other closes, then goes to the parent', () => {
  assert.deepEqual(press('ArrowRight', { expanded: false }), { do: 'open' });
  assert.deepEqual(press('ArrowRight', { expanded: true }), to(11));
  assert.deepEqual(press('ArrowLeft', { expanded: true }), { do: 'close' });
  assert.deepEqual(press('ArrowLeft', { expanded: false }), to(4));
  assert.equal(press('ArrowRight'), null);
  assert.equal(press('ArrowLeft', { parent: -1 }), null);
});

test('where lines run from right to left the arrows are exchanged', () => {
  assert.deepEqual(press('ArrowLeft', { expanded: false }, true), { do: 'open' });
  assert.deepEqual(press('ArrowRight', { expanded: true }, true), { do: 'close' });
});

test('Enter acts, Shift+F10 opens the menu, letters look for a row', () => {
  assert.deepEqual(press('Enter'), { do: 'act' });
  assert.deepEqual(press('Shift+F10'), { do: 'menu' });
  assert.deepEqual(press('ü'), { do: 'type', text: 'ü' });
  assert.deepEqual(press('🌌'), { do: 'type', text: '🌌' });
});

test('keys that belong to the browser or to JupyterLab are left to them', () => {
  for (const key of ['Tab', 'Escape', 'F5', 'Ctrl+s', 'Ctrl+c', 'Alt+ArrowLeft', 'Meta+k']) {
    assert.equal(press(key), null, key);
  }
});
