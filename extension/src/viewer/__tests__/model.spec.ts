import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LakeError } from '../../api/error';
import type { CurveRow, Curves, OverlayAnswer } from '../../api/types';
import { CurvesModel } from '../model';

const ROW: CurveRow = {
  id: 'a',
  label: 'A',
  experiment: null,
  year: 2024,
  technique: 'collider',
  quantity: 'g_q',
  symbol: 'g_q',
  kind: 'observed',
  channel: null,
  complete: [1, 2],
  unknown: []
};

type Drawer = (curves: readonly string[], paths: readonly string[], signal?: AbortSignal) => Promise<OverlayAnswer>;

const named: Drawer = async (curves, paths) => ({ payload: {}, cell: [...curves, ...paths].join(' '), bibtex: '' });

const OTHER: CurveRow = { ...ROW, id: 'other', label: 'Other', quantity: 'sigmav', symbol: '⟨σv⟩' };

function answering(overlay: Drawer = named): CurvesModel {
  const curves = async (folder?: string): Promise<Curves> => ({
    curves: folder === 'broken.json' ? [] : folder ? [ROW] : [ROW, OTHER],
    problems: folder === 'broken.json' ? [{ file: 'broken', message: 'no number' }] : []
  });
  return new CurvesModel({ curves, overlay });
}

test('the plot is of what is ticked, files and published curves alike', async () => {
  const model = answering();
  await model.load();
  await model.add({ curves: ['a'], paths: ['own/a.json'] });
  assert.equal(model.overlay?.cell, 'a own/a.json');
  assert.deepEqual(model.state, { curves: ['a'], paths: ['own/a.json'] });
  await model.toggle('a');
  assert.equal(model.overlay?.cell, 'own/a.json');
  assert.deepEqual(
    model.curves.map(curve => curve.path),
    ['own/a.json', undefined, undefined]
  );
});

test('a refused plot leaves no plot, says why, and comes back when the tick is taken away', async () => {
  const model = answering(async (curves, paths) => {
    if (curves.length > 1) {
      throw new LakeError('InvalidCurve', 'one axis cannot show g_q and sigmav');
    }
    return named(curves, paths);
  });
  await model.add({ curves: ['a'], paths: [] });
  await model.toggle('b');
  assert.deepEqual([model.overlay], [null]);
  assert.equal(model.problem, 'one axis cannot show g_q and sigmav');
  await model.toggle('b');
  assert.equal(model.overlay?.cell, 'a');
  assert.equal(model.problem, null);
});

test('an answer that comes late does not replace a newer one', async () => {
  let first: () => void = () => undefined;
  const model = answering((curves, paths, signal) =>
    curves.length > 1
      ? named(curves, paths)
      : new Promise((resolve, reject) => {
          first = () => (signal?.aborted ? reject(new DOMException('', 'AbortError')) : resolve(named(curves, paths)));
        })
  );
  const slow = model.toggle('a');
  await model.toggle('b');
  first();
  await slow;
  assert.equal(model.overlay?.cell, 'a b');
  assert.equal(model.problem, null);
});

test('a broken file is not ticked, and what is wrong with it is said', async () => {
  const model = answering();
  await model.add({ curves: [], paths: ['broken.json'] });
  assert.deepEqual(model.ticked, []);
  assert.equal(model.problem, 'broken: no number');
});

test('nothing ticked is no problem', async () => {
  const model = answering();
  await model.toggle('a');
  await model.clear();
  assert.deepEqual([model.overlay, model.problem, model.ticked], [null, null, []]);
});

test('a curve of another quantity is not ticked, the plot stays, and it can be shown alone', async () => {
  const model = answering();
  await model.load();
  await model.toggle('a');
  const plot = model.overlay;
  await model.toggle('other');
  assert.deepEqual([model.ticked, model.overlay], [['a'], plot]);
  assert.deepEqual(model.refusal, { curve: OTHER, symbol: 'g_q' });
  await model.instead();
  assert.deepEqual([model.ticked, model.overlay?.cell, model.refusal], [['other'], 'other', null]);
});

test('of curves that a command brings, those of the first quantity are shown', async () => {
  const model = answering();
  void model.load();
  await model.add({ curves: ['a', 'other'], paths: ['own/a.json'] });
  assert.deepEqual(model.ticked, ['/own/a.json', 'a']);
  assert.equal(model.refusal?.curve, OTHER);
  await model.toggle('a');
  assert.equal(model.refusal, null);
});
