/** Keeps in sight what the user is at: the children of a row just opened, and the row itself when the list changes. */

import * as React from 'react';
import type { RowsProps } from './list';
import type { ListWindow } from './use-window';
import { isSeen, pageOf } from './window';

/** Scroll where that is needed; `index` is the row the user is at. */
export function useSight<T>(props: RowsProps<T>, view: ListWindow, index: number): void {
  useChildren(props, view, index);
  usePlace(props, view, index);
  useHeight(view, index);
}

/** Children come in bit by bit: they are shown until a page is full, or the user goes elsewhere. */
function useChildren<T>(props: RowsProps<T>, view: ListWindow, index: number): void {
  const { count, keyOf, facts } = props;
  const item = props.at(index);
  const key = item === undefined ? null : keyOf(item);
  const expanded = item !== undefined && facts(item).expanded;
  const before = React.useRef({ key, expanded });
  const opened = React.useRef(false);
  React.useLayoutEffect(() => {
    const same = before.current.key === key;
    opened.current = expanded === true && same && (opened.current || before.current.expanded === false);
    before.current = { key, expanded };
    if (opened.current && isSeen(view.port(), index)) {
      const page = pageOf(view.port());
      const last = lastWithin(props, index, page);
      view.reveal(index, last);
      opened.current = last < index + page;
    }
  }, [count, key, expanded]);
}

/** The last of at most so many rows that lie in a row of a tree. */
function lastWithin<T>({ at, facts, count }: RowsProps<T>, index: number, most: number): number {
  const levelAt = (row: number) => {
    const item = row < count ? at(row) : undefined;
    return item === undefined ? 0 : (facts(item).level ?? 0);
  };
  const level = levelAt(index);
  let last = index;
  while (last < index + most && levelAt(last + 1) > level) {
    last += 1;
  }
  return last;
}

/** Rows that come in above push it down. */
function usePlace<T>(props: RowsProps<T>, view: ListWindow, index: number): void {
  const item = props.at(index);
  const key = item === undefined ? null : props.keyOf(item);
  const before = React.useRef({ key, index });
  React.useLayoutEffect(() => {
    const was = before.current;
    before.current = { key, index };
    const pushed = key !== null && was.key === key && was.index !== index;
    if (pushed && isSeen(view.port(), was.index)) {
      view.reveal(index);
    }
  }, [key, index]);
}

/** A section that opens beside the list takes some of its height. */
function useHeight(view: ListWindow, index: number): void {
  const now = React.useRef({ view, index });
  now.current = { view, index };
  React.useEffect(() => {
    const frame = view.frame.current;
    let { height } = view.port();
    const sizes = new ResizeObserver(() => {
      const { view, index } = now.current;
      const port = view.port();
      if (isSeen({ ...port, height }, index) && port.height > 0) {
        view.reveal(index);
      }
      height = port.height || height;
    });
    if (frame) {
      sizes.observe(frame);
    }
    return () => sizes.disconnect();
  }, [view.frame]);
}
