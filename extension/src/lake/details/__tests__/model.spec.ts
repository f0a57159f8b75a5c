import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Signal } from '@lumino/signaling';
import type { IDataLake } from '../../../tokens';
import { Details } from '../model';

const settled = () => new Promise(resolve => setImmediate(resolve));

test('a refresh asks the lake for the files and copies in sight, not the list that the server keeps', async () => {
  const asked: unknown[] = [];
  const refreshed = new Signal<object, void>({});
  const api = {
    dataset: async () => ({}),
    files: async (_: string, { refresh }: { refresh?: 1 }) => {
      asked.push(['files', refresh]);
      return { total: 1, size: 1, rows: [] };
    },
    replicas: async (_: string, __: AbortSignal, { refresh }: { refresh?: 1 }) => asked.push(['replicas', refresh])
  };
  const details = new Details({ api, refreshed, events: { rule: new Signal({}) } } as unknown as IDataLake);
  details.changed.connect(() => details.look());
  details.turn('files');
  details.show('a:x');
  await settled();
  refreshed.emit();
  await settled();
  details.turn('replicas');
  await settled();
  refreshed.emit();
  await settled();
  assert.deepEqual(asked, [
    ['files', undefined],
    ['files', 1],
    ['replicas', undefined],
    ['replicas', 1]
  ]);
});
