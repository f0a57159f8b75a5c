import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences, ratio } from '../differences';
import { line } from './toys';

test('what differs, what nobody states and what is the same are told apart', () => {
  const first = line({ assumptions: { CL: '90%', halo: 'SHM', statistic: 'unknown', figure: 'unknown' } });
  const second = line({ assumptions: { CL: '95%', halo: 'SHM', statistic: 'CLs', figure: 'unknown' } });
  assert.deepEqual(differences(first, second), {
    rows: [
      ['CL', '90%', '95%'],
      ['statistic', 'unknown', 'CLs']
    ],
    unknown: ['figure'],
    same: ['halo']
  });
});

test('an assumption that only one curve names is unknown for the other', () => {
  const found = differences(line({ assumptions: { halo: 'SHM' } }), line());
  assert.deepEqual(found.rows, [['halo', 'SHM', 'unknown']]);
});

test('the ratio is taken in the middle of what both cover', () => {
  const found = ratio(line({ x: [1, 100], y: [1, 1] }), line({ x: [4, 1000], y: [3, 3] }))!;
  assert.equal(found.x, 20);
  assert.equal(found.ratio, 3);
});

test('without a common range, or with a contour, there is no ratio', () => {
  assert.equal(ratio(line({ x: [1, 10], y: [1, 1] }), line({ x: [10, 20], y: [1, 1] })), null);
  assert.equal(ratio(line({ geometry: 'contour' }), line()), null);
});
