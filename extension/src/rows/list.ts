/** What a long list has to tell about its rows. */

import type * as React from 'react';

/** One row as assistive technology is told of it. */
export interface RowFacts {
  /** What a screen reader says. */
  text: string;
  /** Classes, as context menus select rows by them. */
  className?: string;
  /** The DID, for context menus. */
  did?: string;
  /** In trees: depth from 1, place among its siblings from 1, and their number. */
  level?: number;
  position?: number;
  siblings?: number;
  /** Whether its children are shown; undefined where it can have none. */
  expanded?: boolean;
  /** A sentence in the list (an error, "loading"): it can be reached but not selected. */
  remark?: boolean;
}

/** A long list, of which only the visible part is in the page. */
export interface RowsProps<T> {
  role: 'tree' | 'listbox' | 'grid';
  label: string;
  count: number;
  /** The row at an index; undefined while it is being asked for. */
  at: (index: number) => T | undefined;
  /** A name that stays the row's while the list changes around it. */
  keyOf: (item: T) => string;
  facts: (item: T) => RowFacts;
  /** What type-ahead looks at, in every row there is; else what a screen reader says. */
  wordOf?: (item: T) => string;
  /** What is seen of a row; in a grid its cells, each with the role gridcell. */
  render: (item: T) => React.ReactNode;
  multiple?: boolean;
  onSelect?: (keys: ReadonlySet<string>) => void;
  /** Enter and double click. */
  onAct?: (item: T) => void;
  onExpand?: (item: T, open: boolean) => void;
  /** The mouse drags these rows. */
  onDrag?: (items: T[], move: MouseEvent) => void;
  /** These rows came into the page: time to ask for them. */
  onRange?: (first: number, end: number) => void;
}

/** The name of a row, also while it is being asked for. */
export function keyAt<T>(props: Pick<RowsProps<T>, 'at' | 'keyOf'>, index: number): string {
  const item = props.at(index);
  return item === undefined ? `#${index}` : props.keyOf(item);
}

/** Whether a key stands for a row that has not come yet. */
export function isWaiting(key: string): boolean {
  return key.startsWith('#');
}

/** Where a row is now; -1 if it is gone. */
export function indexOf<T>(props: Pick<RowsProps<T>, 'at' | 'keyOf' | 'count'>, key: string | null): number {
  for (let index = 0; key !== null && index < props.count; index += 1) {
    if (keyAt(props, index) === key) {
      return index;
    }
  }
  return -1;
}

/** Index of the row in which a row of a tree lies; -1 at the top. */
export function parentOf<T>(props: Pick<RowsProps<T>, 'at' | 'facts'>, index: number): number {
  const levelAt = (at: number) => {
    const item = props.at(at);
    return item === undefined ? 1 : (props.facts(item).level ?? 1);
  };
  const level = levelAt(index);
  let at = level > 1 ? index - 1 : -1;
  while (at >= 0 && levelAt(at) >= level) {
    at -= 1;
  }
  return at;
}
