/** The row the user is at: it keeps the focus while the list changes, scrolls or is only partly in the page. */

import * as React from 'react';
import { indexOf, keyAt } from './list';
import type { RowsProps } from './list';
import type { ListWindow } from './use-window';

/** The active row and how to go to another one. */
export interface Active {
  index: number;
  go: (index: number) => void;
  /** The focus came by mouse or Tab. */
  note: (index: number) => void;
}

/** Keep track of the active row. */
export function useActive<T>(props: RowsProps<T>, { frame, reveal }: ListWindow): Active {
  const [active, setActive] = React.useState<{ key: string | null; index: number }>({ key: null, index: 0 });
  const focus = React.useRef(false);
  const { at, keyOf, count } = props;
  const index = React.useMemo(() => {
    const last = Math.min(active.index, count - 1);
    if (active.key === null || (last >= 0 && keyAt({ at, keyOf }, last) === active.key)) {
      return last;
    }
    const found = indexOf({ at, keyOf, count }, active.key);
    return found < 0 ? last : found;
  }, [active, at, keyOf, count]);
  React.useLayoutEffect(() => {
    if (focus.current) {
      focus.current = false;
      frame.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true });
    }
  });
  const note = (to: number) => setActive({ key: keyAt(props, to), index: to });
  const go = (to: number) => {
    focus.current = true;
    reveal(to);
    note(to);
  };
  return { index, go, note };
}
