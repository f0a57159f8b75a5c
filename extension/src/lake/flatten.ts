/** The tree as the list of its visible rows, filtered by what the user types. */

import type { Branch } from './branch';
import { canOpen } from './nodes';
import type { TreeNode, TreeRemark, TreeRow } from './nodes';

/** What there is to show. */
export interface Shown {
  branches: ReadonlyMap<string, Branch>;
  expanded: ReadonlySet<string>;
  /** In lower case; empty shows all. */
  filter: string;
}

const NOTHING: readonly TreeRow[] = [];

/** Rows of a branch and of all open ones below it. */
export function flatten(branch: Branch, shown: Shown, fits = shown.filter === ''): TreeRow[] {
  const rows: TreeRow[] = [];
  const nodes: TreeNode[] = [];
  for (const node of branch.nodes) {
    const named = fits || node.name.toLowerCase().includes(shown.filter);
    const inner = node.kind === 'file' ? NOTHING : below(node, shown, named);
    if (named || inner.some(row => !('remark' in row))) {
      nodes.push(node);
      node.position = nodes.length;
      rows.push(node);
      for (const row of inner) {
        rows.push(row);
      }
    }
  }
  for (const node of nodes) {
    node.siblings = nodes.length;
  }
  rows.push(...remarks(branch, fits || nodes.length > 0));
  return rows;
}

function below(node: TreeNode, shown: Shown, fits: boolean): readonly TreeRow[] {
  const branch = canOpen(node) && shown.expanded.has(node.key) ? shown.branches.get(node.key) : undefined;
  return branch ? flatten(branch, shown, fits) : NOTHING;
}

function remarks(branch: Branch, shows: boolean): TreeRemark[] {
  const level = (branch.node?.level ?? 0) + 1;
  const { node, error, again, leftOut } = branch;
  const make = (remark: TreeRemark['remark']): TreeRemark => ({
    key: `\n${remark} ${node?.key.replaceAll('\n', ' ') ?? ''}`, // no node has such a key
    level,
    remark,
    node,
    error,
    again,
    count: branch.nodes.length,
    leftOut
  });
  if (branch.state === 'failed') {
    return [make('failed')];
  }
  if (branch.state === 'loading') {
    return [make('loading')];
  }
  const told = leftOut.length ? [make('left-out')] : [];
  return branch.nodes.length || told.length || !shows ? told : [make('empty')];
}
