/** Asks the server for the children of a node of the tree. */

import type { LakeApi } from '../api/client';
import type { StreamEnd } from '../api/types';
import type { AskChildren } from './branch';
import { entryNode, scopeNode } from './nodes';

/** Children by the routes `scopes` and `children`. */
export function childrenFrom(api: LakeApi): AskChildren {
  return async (node, take, signal): Promise<StreamEnd> => {
    if (node) {
      const parent = node.did === null ? { scope: node.scope } : { did: node.did };
      return api.children(parent, entries => take(entries.map(entry => entryNode(entry, node))), signal);
    }
    const { scopes, left_out, mine } = await api.scopes(undefined, signal);
    const own = new Set(mine);
    take(scopes.map(scope => scopeNode(scope, own.has(scope))));
    return { total: scopes.length, left_out };
  };
}
