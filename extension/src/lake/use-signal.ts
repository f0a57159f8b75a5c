/** A React component that follows signals. */

import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

/** Renders the component again at each signal. */
export function useSignal(...signals: ISignal<unknown, unknown>[]): void {
  const [, again] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    const slot = () => again();
    signals.forEach(signal => signal.connect(slot));
    slot(); // something may have changed since it was drawn
    return () => signals.forEach(signal => signal.disconnect(slot));
    // Signals belong to models that live as long as the component.
  }, []);
}
