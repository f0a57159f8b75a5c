/** Tells a drag from a click: the mouse has to move a little first. */

import type * as React from 'react';

const ENOUGH = 5; // pixels

/** Call `begin` once the pressed mouse has moved; a release before that is a click. */
export function watchDrag(pressed: React.MouseEvent, begin: (move: MouseEvent) => void): void {
  const moved = (move: MouseEvent) => {
    if (Math.hypot(move.clientX - pressed.clientX, move.clientY - pressed.clientY) >= ENOUGH) {
      stop();
      begin(move);
    }
  };
  const stop = () => {
    document.removeEventListener('mousemove', moved, true);
    document.removeEventListener('mouseup', stop, true);
  };
  document.addEventListener('mousemove', moved, true);
  document.addEventListener('mouseup', stop, true);
}
