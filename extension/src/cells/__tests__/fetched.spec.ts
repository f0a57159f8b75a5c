import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../../api/types';
import type { IDataLake } from '../../tokens';
import { fetched, isOneFile } from '../fetched';

const NOTHING = { paths: [], folder: null };
const CACHE = '/home/me/.cache/lake';
const PATHS = ['/data/mine/a/x/1.root', '/data/mine/a/x/2.root'];

/** A lake whose dataset a:x has two files, and one job of the user. */
function after(job: Partial<Job>): IDataLake {
  const one = { job: '1', kind: 'fetch', what: 'a:x', lake: 'here', state: 'finished', to: '/data/mine', ...job };
  const api = {
    jobs: async () => ({ jobs: [one] }),
    job: async () => ({ ...one, paths: job.paths ?? PATHS }),
    forecast: async () => ({ folder: CACHE, files: 2 })
  };
  return { api, lake: 'here' } as unknown as IDataLake;
}

test('files that were fetched into a folder of the user are known by their paths', async () => {
  assert.deepEqual(await fetched(after({}), 'a:x'), { paths: PATHS, folder: '/data/mine' });
});

test('files in the cache are left to the fetch in the cell, which finds them there', async () => {
  assert.deepEqual(await fetched(after({ to: CACHE }), 'a:x'), NOTHING);
});

test('a fetch of a part, of a dataset that grew, of another lake or that failed says nothing of the whole', async () => {
  const others: Partial<Job>[] = [
    { paths: PATHS.slice(1) },
    { lake: 'elsewhere' },
    { state: 'failed' },
    { kind: 'upload' },
    { what: 'a:y' }
  ];
  for (const job of others) {
    assert.deepEqual(await fetched(after(job), 'a:x'), NOTHING, JSON.stringify(job));
  }
});

test('files that are read on a storage in place have paths, and no folder to fetch into', async () => {
  assert.deepEqual(await fetched(after({ to: 'CERN-EOS' }), 'a:x'), { paths: PATHS, folder: null });
});

test('a path that ends as the name of the DID is the file itself', () => {
  assert.ok(isOneFile('a:deep/x.root', ['/data/a/deep/x.root']));
  assert.ok(!isOneFile('a:x', ['/data/a/x/1.root']));
  assert.ok(!isOneFile('a:x', ['/data/a/x', '/data/a/x']));
});
