import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LakeError } from '../../api/error';
import type { Cluster, ClusterOrder, Workers } from '../../api/types';
import { ClustersModel } from '../model';
import { toyCluster, toyOffers } from './toys';

const ORDER: ClusterOrder = { kind: 'local', workers: [1, 1], memory: null, idle: 900, options: {} };

function made() {
  const server = { clusters: [] as Cluster[], notes: [] as string[], refusal: null as LakeError | null, asked: 0 };
  const scaled: [string, Workers][] = [];
  const api = {
    clusters: async () => {
      server.asked += 1;
      if (server.refusal) {
        throw server.refusal;
      }
      return { clusters: server.clusters, notes: server.notes };
    },
    clusterOffers: async () => toyOffers(),
    startCluster: async () => {
      if (server.refusal) {
        throw server.refusal;
      }
      server.clusters = [...server.clusters, toyCluster({ name: 'local-new' })];
      return { name: 'local-new', up: true };
    },
    scaleCluster: async (name: string, workers: Workers) => {
      scaled.push([name, workers]);
      return { remark: 'at most 4' };
    },
    stopCluster: async () => null,
    dashboardUrl: (name: string) => `/${name}`
  };
  const model = new ClustersModel(api);
  return { model, server, scaled, names: () => model.clusters.map(({ name }) => name) };
}

const settled = () => new Promise(setImmediate);

test('clusters stand in the order of the server, and those that are gone are shown no more', async () => {
  const { model, server, names } = made();
  server.clusters = [toyCluster({ name: 'b' }), toyCluster({ name: 'a' })];
  await model.reload();
  assert.deepEqual(names(), ['b', 'a']);
  server.clusters = [toyCluster({ name: 'a' })];
  await model.reload();
  assert.deepEqual(names(), ['a']);
});

test('what could not be asked is told beside those that answer', async () => {
  const { model, server, names } = made();
  server.clusters = [toyCluster()];
  server.notes = ['the Dask Gateway does not answer'];
  await model.reload();
  assert.deepEqual([names().length, model.notes], [1, ['the Dask Gateway does not answer']]);
});

test('the clock asks only after somebody looked, and not for what was refused', async () => {
  const { model, server } = made();
  model.tick();
  assert.equal(server.asked, 0);
  await model.reload();
  model.tick();
  assert.equal(server.asked, 2);
  await settled();
  server.refusal = new LakeError('MissingExtra', 'pip install', null, { status: 501 });
  await model.reload();
  model.tick();
  assert.equal(server.asked, 3);
});

test('a cluster that was started is listed', async () => {
  const { model, names } = made();
  await model.start(ORDER);
  await settled();
  assert.deepEqual(names(), ['local-new']);
});

test('a refused start is for the form', async () => {
  const { model, server } = made();
  server.refusal = new LakeError('InvalidConfiguration', 'too much', 'workers', { status: 400 });
  await assert.rejects(model.start(ORDER), /too much/);
});

test('a cluster that was stopped is gone at once', async () => {
  const { model, server, names } = made();
  server.clusters = [toyCluster()];
  await model.reload();
  server.clusters = [];
  await model.stop('local-0a1b2c3d');
  assert.deepEqual(names(), []);
});

test('scaling gives what the gateway has to say', async () => {
  const { model, scaled } = made();
  assert.equal(await model.scale('a', [0, 8]), 'at most 4');
  assert.deepEqual(scaled, [['a', [0, 8]]]);
});
