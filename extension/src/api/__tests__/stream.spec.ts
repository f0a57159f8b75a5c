import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nullTranslator } from '@jupyterlab/translation';
import type { LakeError } from '../error';
import type { ServerEvent } from '../lines';
import { backoff, followEvents, readRows } from '../stream';

const trans = nullTranslator.load('vre_dm');

async function rowsOf(body: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  const end = await readRows(new Response(body), page => rows.push(...page), trans);
  return [rows, end];
}

test('rows come page by page and the last line says what was left out', async () => {
  const body = '{"rows":[1,2]}\n{"rows":[3]}\n{"done":true,"total":3,"left_out":["a/../b"]}\n';
  assert.deepEqual(await rowsOf(body), [[1, 2, 3], { total: 3, left_out: ['a/../b'] }]);
});

test('an error in the middle of a list is an error, not a shorter list', async () => {
  const body = '{"rows":[1]}\n{"error":"Unreachable","message":"no answer from the lake","retry_after":5}\n';
  await assert.rejects(rowsOf(body), (error: LakeError) => {
    assert.deepEqual([error.kind, error.message, error.retryAfter], ['Unreachable', 'no answer from the lake', 5]);
    return error.passing;
  });
});

test('a list that stops without its last line is an error', async () => {
  await assert.rejects(rowsOf('{"rows":[1]}\n'), /before it was complete/);
});

/** Follows these answers, one connection each, and stops when they are used up. */
async function followed(answers: (Response | Error)[]) {
  const stop = new AbortController();
  const events: string[] = [];
  const asked: (string | null)[] = [];
  const standing: boolean[] = [];
  await followEvents({
    open: async lastId => {
      asked.push(lastId);
      const answer = answers[asked.length - 1];
      if (answer instanceof Error) {
        throw answer;
      }
      return answer;
    },
    take: (event: ServerEvent) => events.push(event.data),
    standing: up => standing.push(up),
    signal: stop.signal,
    trans,
    wait: async () => (asked.length === answers.length ? stop.abort() : undefined)
  });
  return { events, asked, standing };
}

test('a broken stream of events goes on after the last one that came', async () => {
  const seen = await followed([
    new Response('id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: torn'),
    new TypeError('connection lost'),
    new Response('id: 3\ndata: torn, now whole\n\n')
  ]);
  assert.deepEqual(seen.events, ['a', 'b', 'torn, now whole']);
  assert.deepEqual(seen.asked, [null, '2', '2']);
  assert.deepEqual(seen.standing, [true, false, false, true, false]);
});

test('a page that is logged out does not ask for ever', async () => {
  const seen = await followed([new Response('{}', { status: 403 }), new Response('data: never\n\n')]);
  assert.deepEqual([seen.asked.length, seen.events], [1, []]);
});

test('waits grow up to half a minute and differ from page to page', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 50].map(tries => backoff(tries, 0.5)),
    [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]
  );
  assert.ok(backoff(3, 0) < backoff(3, 1));
});
