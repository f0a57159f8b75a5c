import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nullTranslator } from '@jupyterlab/translation';
import { errorOf, isAbort } from '../error';
import { queryText } from '../request';

const trans = nullTranslator.load('vre_dm');

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  return errorOf(new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers }), trans);
}

test('an error of our routes keeps its cause, its field and its patience', async () => {
  const told = {
    error: 'InvalidFilter',
    message: 'year>=x: not a number',
    field: 'where',
    index: 2,
    retry_after: null
  };
  const error = await answer(400, told);
  assert.deepEqual(
    [error.kind, error.message, error.field, error.index, error.passing],
    ['InvalidFilter', told.message, 'where', 2, false]
  );
});

test('a busy server says when to come again', async () => {
  const error = await answer(503, { error: 'Busy', message: 'too many questions' }, { 'Retry-After': '3' });
  assert.deepEqual([error.retryAfter, error.passing], [3, true]);
});

test('a page of a proxy is never shown as it is', async () => {
  const error = await answer(502, '<h1>Bad gateway</h1><script>alert(1)</script>');
  assert.ok(!error.message.includes('<') && error.message.includes('502') && error.passing);
});

test('a Jupyter that does not know the page is told apart from a lake that refuses the login', async () => {
  assert.equal((await answer(403, { message: 'Forbidden', reason: null })).kind, 'Forbidden');
  assert.equal((await answer(424, { error: 'LoginRefused', message: 'token expired' })).kind, 'LoginRefused');
});

test('a server without our part says how to look for it', async () => {
  assert.match((await answer(404, '<html>')).message, /jupyter server extension list/);
});

test('a question that nobody wants answered any more is no error', () => {
  assert.ok(isAbort(new DOMException('aborted', 'AbortError')));
  assert.ok(!isAbort(new TypeError('network')));
});

test('any name stays one value of the query', () => {
  const did = 'user.x:a&scope=b#c d+e%2F🌌';
  const where = ['year>=2017', 'title=a&b'];
  const said = new URLSearchParams(queryText({ did, where, absent: null, missing: undefined }).slice(1));
  assert.deepEqual([said.get('did'), said.getAll('where'), [...said.keys()]], [did, where, ['did', 'where', 'where']]);
});
