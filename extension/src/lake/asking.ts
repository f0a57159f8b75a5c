/** Asks the server for the children of a node of the tree. */

import type { LakeApi } from '../api/client';
import type { Entry, StreamEnd } from '../api/types';
import type { Anew } from './anew';
import type { AskChildren } from './branch';
import { entryNode, scopeNode } from './nodes';

/** Children by the routes `scopes` and `children`; of a DID the server may keep them, but not over a refresh. */
export function childrenFrom(api: Pick<LakeApi, 'children' | 'scopes'>, anew: Anew): AskChildren {
  return async (node, take, signal): Promise<StreamEnd> => {
    if (node) {
      const parent = node.did === null ? { scope: node.scope } : { did: node.did };
      const heard = (entries: Entry[]) => take(entries.map(entry => entryNode(entry, node)));
      return anew.ask(node.key, freshness => api.children(parent, heard, signal, freshness));
    }
    const { scopes, left_out, mine } = await anew.ask('', () => api.scopes(undefined, signal));
    const own = new Set(mine);
    take(scopes.map(scope => scopeNode(scope, own.has(scope))));
    return { total: scopes.length, left_out };
  };
}
