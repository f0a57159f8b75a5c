import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LakeError } from '../../../api/error';
import type { FilePage } from '../../../api/types';
import { FilePages, PAGE } from '../files';

const TOTAL = 100_000;
const row = (index: number) => ({ name: `f${index}`, did: `a:f${index}`, size: 1, adler32: null, md5: null });

/** A lake with many files, and the pages that were asked of it. */
function many(asked: number[]): FilePages {
  const ask = async (start: number): Promise<FilePage> => {
    asked.push(start / PAGE);
    return { total: TOTAL, size: TOTAL, rows: Array.from({ length: PAGE }, (_, index) => row(start + index)) };
  };
  return new FilePages(ask, () => undefined);
}

const settled = () => new Promise(resolve => setImmediate(resolve));

test('only the pages in sight are asked for, each once', async () => {
  const asked: number[] = [];
  const files = many(asked);
  files.look();
  files.show(0, 30);
  await settled();
  files.show(PAGE - 1, PAGE + 1);
  await settled();
  assert.deepEqual(asked, [0, 1]);
  assert.equal(files.total, TOTAL);
  assert.equal(files.at(PAGE)?.name, `f${PAGE}`);
  assert.equal(files.at(5 * PAGE), undefined);
});

test('of files that are selected those are counted that have come', async () => {
  const files = many([]);
  files.look();
  await settled();
  assert.equal(files.count(['a:f0', 'a:f199', `a:f${PAGE}`, 'b:f0']), 2);
});

test('scrolling through everything keeps a bounded number of rows, and what is in sight among them', async () => {
  const files = many([]);
  for (let first = 0; first < TOTAL; first += PAGE) {
    files.show(first, first + PAGE);
    await settled();
  }
  const known = Array.from({ length: TOTAL }, (_, index) => files.at(index)).filter(Boolean);
  assert.equal(known.length, 40 * PAGE);
  assert.equal(files.at(TOTAL - 1)?.name, `f${TOTAL - 1}`);
});

test('after a failure nothing is asked until the user wants it', async () => {
  let fails = true;
  let asked = 0;
  const files = new FilePages(
    async () => {
      asked += 1;
      if (fails) {
        throw new LakeError('Unreachable', 'the lake does not answer');
      }
      return { total: 1, size: 1, rows: [row(0)] };
    },
    () => undefined
  );
  files.look();
  await settled();
  files.show(0, 1);
  assert.deepEqual([asked, files.error?.kind], [1, 'Unreachable']);
  fails = false;
  files.look();
  await settled();
  assert.deepEqual([asked, files.error, files.at(0)?.name], [2, null, 'f0']);
});

test('who looks at something else is told nothing any more', async () => {
  let told = 0;
  const files = new FilePages(
    async () => ({ total: 1, size: 1, rows: [row(0)] }),
    () => (told += 1)
  );
  files.look();
  files.stop();
  await settled();
  assert.equal(told, 0);
});
