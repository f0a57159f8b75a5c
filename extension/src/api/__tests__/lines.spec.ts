import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventReader, LineReader } from '../lines';

const bytes = (text: string) => new TextEncoder().encode(text);

test('a chunk may end anywhere, also inside a character', () => {
  const whole = bytes('{"name":"χχ→μμ 🌌"}\r\n{"b":2}\nrest');
  for (let cut = 0; cut <= whole.length; cut += 1) {
    const reader = new LineReader();
    const lines = [...reader.take(whole.slice(0, cut)), ...reader.take(whole.slice(cut))];
    assert.deepEqual([...lines, reader.end()], ['{"name":"χχ→μμ 🌌"}', '{"b":2}', 'rest']);
  }
});

test('bytes that come one by one make the same lines', () => {
  const reader = new LineReader();
  const lines = [...bytes('a\nβ\n')].flatMap(byte => reader.take(Uint8Array.of(byte)));
  assert.deepEqual(lines, ['a', 'β']);
});

function eventsOf(text: string): unknown[] {
  const reader = new EventReader();
  return text.split('\n').flatMap(line => reader.take(line) ?? []);
}

test('an event ends at an empty line and may have several lines of data', () => {
  assert.deepEqual(eventsOf('event: job\nid: 7\ndata: {\ndata: }\n\ndata:x\n\n'), [
    { event: 'job', data: '{\n}', id: '7' },
    { event: 'message', data: 'x', id: '7' }
  ]);
});

test('a comment and an event without data are no events', () => {
  assert.deepEqual(eventsOf(': still here\n\nevent: job\n\n'), []);
});

test('the server may ask for patience before the next connection', () => {
  const reader = new EventReader();
  reader.take('retry: 2500');
  reader.take('retry: soon');
  assert.equal(reader.retry, 2500);
});
