/** What the tree of a lake is made of: nodes, and sentences between them. */

import type { LakeError } from '../api/error';
import type { Entry, Kind } from '../api/types';

/** A scope or a DID at its place in the tree; the same DID may have several places. */
export interface TreeNode {
  key: string;
  kind: Kind | 'scope';
  scope: string;
  /** Null for a scope. */
  did: string | null;
  name: string;
  size: number | null;
  length: number | null;
  level: number;
  /** Whether I may write into this scope. */
  mine: boolean;
  /** Its place among the siblings that are shown, from 1, and their number. */
  position: number;
  siblings: number;
  /** It was asked for and is no longer in the lake. */
  gone: boolean;
}

/** A sentence at its place in the tree. */
export interface TreeRemark {
  key: string;
  level: number;
  remark: 'loading' | 'failed' | 'empty' | 'left-out';
  /** What it is about; null is the whole lake. */
  node: TreeNode | null;
  error: LakeError | null;
  /** What failed is asked again by itself. */
  again: boolean;
  /** Rows so far. */
  count: number;
  /** Names that could not be shown safely. */
  leftOut: readonly string[];
}

export type TreeRow = TreeNode | TreeRemark;

/** Whether a row is a sentence and not a node. */
export function isRemark(row: TreeRow): row is TreeRemark {
  return 'remark' in row;
}

/** Whether a node can have children. */
export function canOpen(node: TreeNode): boolean {
  return node.kind !== 'file' && !node.gone;
}

const BLANK = { size: null, length: null, mine: false, position: 1, siblings: 1, gone: false } as const;

/** The node of a scope. */
export function scopeNode(scope: string, mine: boolean): TreeNode {
  return { ...BLANK, key: scope, kind: 'scope', scope, did: null, name: scope, level: 1, mine };
}

/** The node of an entry below another node. */
export function entryNode(entry: Entry, parent: TreeNode): TreeNode {
  const { kind, scope, did, size, length } = entry;
  // Within its own scope a name is enough.
  const name = scope === parent.scope ? entry.name : did;
  return { ...BLANK, key: keyOf(parent.key, did), kind, scope, did, name, size, length, level: parent.level + 1 };
}

/** The key of a row in another one: names hold no line breaks. Joined, as hashing glued strings is slow by the 100 000. */
export function keyOf(parent: string, name: string): string {
  return [parent, name].join('\n');
}

/** The DIDs in keys of rows; scopes and sentences have none. */
export function didsOf(keys: Iterable<string>): string[] {
  const dids: string[] = [];
  let parent: string | null = null;
  let several = false;
  for (const key of keys) {
    const end = key.lastIndexOf('\n');
    if (end > 0) {
      several ||= parent !== null && !(end + 1 === parent.length && key.startsWith(parent));
      parent ??= key.slice(0, end + 1);
      dids.push(key.slice(end + 1));
    }
  }
  return several ? [...new Set(dids)] : dids; // below one node no DID comes twice
}

const ORDER = { scope: 0, container: 1, dataset: 2, file: 3 } as const;

/** Containers before datasets before files, each by name. */
export function compareNodes(a: TreeNode, b: TreeNode): number {
  return ORDER[a.kind] - ORDER[b.kind] || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

/** Two sorted lists as one: a page of rows costs no sorting of all that came before. */
export function merged(a: readonly TreeNode[], b: readonly TreeNode[]): TreeNode[] {
  const all: TreeNode[] = [];
  let at = 0;
  for (const node of b) {
    while (at < a.length && compareNodes(a[at], node) <= 0) {
      all.push(a[at++]);
    }
    all.push(node);
  }
  while (at < a.length) {
    all.push(a[at++]);
  }
  return all;
}
