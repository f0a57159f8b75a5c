import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Signal } from '@lumino/signaling';
import type { LakeApi } from '../../api/client';
import type { Entry } from '../../api/types';
import { Anew } from '../anew';
import { childrenFrom } from '../asking';
import { entryNode, scopeNode } from '../nodes';
import type { TreeNode } from '../nodes';

const FILE: Entry = { did: 'fermi:a', scope: 'fermi', name: 'a', kind: 'file', size: 1, length: null };

test('after a refresh the lake itself is asked once for what is in a dataset', async () => {
  const owner = {};
  const refreshed = new Signal<object, void>(owner);
  const asked: unknown[] = [];
  const children: LakeApi['children'] = (parent, take, _signal, more) => {
    asked.push({ ...parent, ...more });
    take([FILE]);
    return Promise.resolve({ total: 1, left_out: [] });
  };
  const scopes = () => Promise.resolve({ scopes: [], left_out: [], mine: [] });
  const ask = childrenFrom({ children, scopes }, new Anew(refreshed));
  const dataset = entryNode({ ...FILE, did: 'fermi:d', name: 'd', kind: 'dataset' }, scopeNode('fermi', false));
  const found: TreeNode[] = [];
  const open = () => ask(dataset, nodes => found.push(...nodes), new AbortController().signal);
  await open();
  refreshed.emit();
  await open();
  await open();
  assert.deepEqual(asked, [{ did: 'fermi:d' }, { did: 'fermi:d', refresh: 1 }, { did: 'fermi:d' }]);
  assert.deepEqual(new Set(found.map(node => node.did)), new Set(['fermi:a']));
});
