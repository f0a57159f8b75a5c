/** Keeps the visible part of a long list in the page: measured, so that any font, zoom and height will do. */

import * as React from 'react';
import { kept, scrolled } from './window';
import type { Port, Range } from './window';

/** The window on the list. */
export interface ListWindow {
  /** The element that scrolls. */
  frame: React.RefObject<HTMLDivElement>;
  /** A row that is never seen, for its height. */
  probe: React.RefObject<HTMLDivElement>;
  range: Range;
  /** Height of a row in pixels. */
  row: number;
  port: () => Port;
  /** Scroll to a row, and to those up to another one as far as they fit. */
  reveal: (index: number, last?: number) => void;
}

/** A window on a list of so many rows. */
export function useWindow(count: number): ListWindow {
  const frame = React.useRef<HTMLDivElement>(null);
  const probe = React.useRef<HTMLDivElement>(null);
  const [seen, setSeen] = React.useState({ range: kept({ top: 0, height: 0, row: 0 }, count), row: 0 });
  const port = React.useCallback((): Port => {
    const { scrollTop = 0, clientHeight = 0 } = frame.current ?? {};
    return { top: scrollTop, height: clientHeight, row: probe.current?.getBoundingClientRect().height ?? 0 };
  }, []);
  const look = React.useCallback(() => {
    const now = port();
    const range = kept(now, count);
    setSeen(before =>
      before.row === now.row && before.range.first === range.first && before.range.end === range.end
        ? before
        : { range, row: now.row }
    );
  }, [count, port]);
  useLooks(frame, probe, look);
  const reveal = React.useCallback(
    (index: number, last?: number) => {
      if (frame.current) {
        frame.current.scrollTop = scrolled(port(), index, last);
        look();
      }
    },
    [look, port]
  );
  // The list may have shrunk since the last look.
  const range = { first: Math.min(seen.range.first, count), end: Math.min(seen.range.end, count) };
  return { frame, probe, range, row: seen.row, port, reveal };
}

/** Looks again when the list scrolls, or it or its rows change their size. */
function useLooks(
  frame: React.RefObject<HTMLDivElement>,
  probe: React.RefObject<HTMLDivElement>,
  look: () => void
): void {
  React.useLayoutEffect(() => {
    const element = frame.current;
    if (!element) {
      return;
    }
    look();
    element.addEventListener('scroll', look, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    if (probe.current) {
      sizes.observe(probe.current);
    }
    return () => {
      element.removeEventListener('scroll', look);
      sizes.disconnect();
    };
  }, [frame, probe, look]);
}
