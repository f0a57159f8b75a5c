/** A React component that shows how long a login still lives. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Login } from '../api/types';
import type { Clock } from './clock';
import { clockOf, nextTick } from './clock';

/** The clock of a login, told anew whenever its words change; null where there is none. */
export function useClock(login: Login | null, warning: () => number, trans: TranslationBundle): Clock | null {
  const [now, setNow] = React.useState(Date.now);
  React.useEffect(() => {
    const timer = login && setTimeout(() => setNow(Date.now()), nextTick(login, Date.now()));
    return () => clearTimeout(timer ?? undefined);
  }, [login, now]);
  return login && clockOf(login, Math.max(now, Date.now()), trans, warning());
}
