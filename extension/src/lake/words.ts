/** Rows of the tree in words: what is seen, and what a screen reader says. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { sizeText } from '../quantities';
import type { RowFacts } from '../rows/list';
import { canOpen, isRemark } from './nodes';
import type { TreeNode, TreeRemark, TreeRow } from './nodes';

const NAMED = 5; // names that are left out are told one by one

/** What assistive technology and context menus are told of a row. */
export function factsOf(row: TreeRow, expanded: ReadonlySet<string>, trans: TranslationBundle): RowFacts {
  if (isRemark(row)) {
    return {
      text: remarkText(row, trans),
      className: `vre-remark vre-mod-${row.remark}`,
      level: row.level,
      remark: true
    };
  }
  const { kind, did, level, position, siblings, gone } = row;
  return {
    text: [row.name, kindText(kind, trans), noteText(row, trans)].filter(Boolean).join(', '),
    className: `vre-${kind} ${did === null ? '' : 'vre-did'} ${gone ? 'vre-mod-gone' : ''}`,
    did: did ?? undefined,
    level,
    position,
    siblings,
    expanded: canOpen(row) ? expanded.has(row.key) : undefined
  };
}

/** What stands at the end of the line: size, or that it is gone. */
export function noteText(node: TreeNode, trans: TranslationBundle): string {
  if (node.gone) {
    return trans.__('no longer there');
  }
  if (node.mine) {
    return trans.__('mine');
  }
  const files = node.length === null || node.kind === 'file' ? '' : trans._n('%1 file', '%1 files', node.length);
  return [files, sizeText(node.size)].filter(Boolean).join(', ');
}

/** The kind of a node. */
export function kindText(kind: TreeNode['kind'], trans: TranslationBundle): string {
  const names = {
    scope: trans.__('scope'),
    container: trans.__('container'),
    dataset: trans.__('dataset'),
    file: trans.__('file')
  };
  return names[kind];
}

/** Names that no row shows, as the text they are: what would not be seen, or turns the line, is spelt out. */
export function leftOutText(names: readonly string[], trans: TranslationBundle): string {
  const spelt = names.slice(0, NAMED).map(name => name.slice(0, 80).replace(/[\p{C}\p{Z}]/gu, escaped));
  const more = names.length > NAMED ? [trans.__('and %1 more', names.length - NAMED)] : [];
  const list = [...spelt, ...more].join(', ');
  return trans._n('%1 unsafe name left out: %2', '%1 unsafe names left out: %2', names.length, list);
}

function escaped(character: string): string {
  return character === ' ' ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

/** A sentence of the tree. */
export function remarkText({ remark, count, leftOut, error, again }: TreeRemark, trans: TranslationBundle): string {
  switch (remark) {
    case 'loading':
      return count ? trans._n('%1 so far …', '%1 so far …', count) : trans.__('Asking the lake …');
    case 'empty':
      return trans.__('Nothing in it.');
    case 'left-out':
      return leftOutText(leftOut, trans);
    case 'failed':
      return again
        ? trans.__('No answer yet; it is asked again by itself')
        : trans.__('%1; Enter or a double click tries again', error?.message ?? '');
  }
}
