/** What the server foresees for a draft of a fetch, asked a moment after the last change. */

import * as React from 'react';
import { asLakeError, isAbort } from '../api/error';
import type { LakeError } from '../api/error';
import type { FetchOrder, Forecast } from '../api/types';
import type { FetchApi } from './fetching';

const PATIENCE = 300; // ms without another key

/** The newest forecast, and why there is none for what is typed now. */
export interface Foreseen {
  forecast: Forecast;
  error: LakeError | null;
}

/** Asks when target or files changed; an answer that is no longer wanted is given up. */
export function useOutlook(api: FetchApi, { target, files, cache }: FetchOrder, first: Forecast): Foreseen {
  const [foreseen, setForeseen] = React.useState<Foreseen>({ forecast: first, error: null });
  const isFirst = React.useRef(true);
  React.useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    const control = new AbortController();
    const ask = async () => {
      try {
        const query = { target: target || undefined, files: files ?? undefined, cache };
        setForeseen({ forecast: await api.forecast(first.did, query, control.signal), error: null });
      } catch (error) {
        if (!isAbort(error)) {
          setForeseen(before => ({ ...before, error: asLakeError(error) }));
        }
      }
    };
    const timer = window.setTimeout(() => void ask(), PATIENCE);
    return () => {
      window.clearTimeout(timer);
      control.abort();
    };
  }, [target, files, cache]);
  return foreseen;
}
