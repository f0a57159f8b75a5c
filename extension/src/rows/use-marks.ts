/** The selection of a long list, as keys and mouse change it. */

import * as React from 'react';
import { indexOf, keyAt } from './list';
import type { RowsProps } from './list';
import { NOTHING, all, only, span, toggled } from './selection';
import type { Selection } from './selection';

/** What is selected, and what changes it. */
export interface Marks {
  keys: ReadonlySet<string>;
  /** The user went to a row; the selection grows to it, stays, or becomes it. */
  moved: (index: number, extend: boolean, keep: boolean) => void;
  toggle: (index: number) => void;
  span: (index: number) => void;
  all: (index: number) => void;
}

/** Keep the selection of a list. */
export function useMarks<T>(props: RowsProps<T>): Marks {
  const [selection, setSelection] = React.useState<Selection>(NOTHING);
  const key = (index: number) => keyAt(props, index);
  const change = (next: Selection) => {
    setSelection(next);
    props.onSelect?.(next.keys);
  };
  const single = (index: number) => {
    const item = props.at(index);
    change(item === undefined || props.facts(item).remark ? NOTHING : only(key(index)));
  };
  const reach = (index: number) => change(span(selection, index, key, indexOf(props, selection.anchor)));
  if (!props.multiple) {
    return { keys: selection.keys, moved: single, toggle: single, span: single, all: single };
  }
  return {
    keys: selection.keys,
    moved: (index, extend, keep) => (extend ? reach(index) : keep ? undefined : single(index)),
    toggle: index => change(toggled(selection, key(index))),
    span: reach,
    all: () => change(all(props.count, key))
  };
}
