/** How many workers, as it was typed: `4`, or `1 to 8` for as many as the work asks. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Workers } from '../api/types';

const MOST = 10_000;

/** What was typed: fewest and most, nothing (what is usual), or a fault in a sentence. */
export type TypedWorkers = { workers: Workers | null; fault: null } | { workers: null; fault: string };

/** Read a field; `needed` where nothing is no answer. */
export function workersOf(text: string, trans: TranslationBundle, needed = false): TypedWorkers {
  const typed = text.trim();
  if (typed === '' && !needed) {
    return { workers: null, fault: null };
  }
  const [, least, most = least] = /^(\d{1,5})(?:\s*(?:-|–|,|\.\.|to)\s*(\d{1,5}))?$/i.exec(typed) ?? [];
  const workers: Workers = [Number(least), Number(most)];
  return least !== undefined && workers[0] <= workers[1] && workers[1] > 0 && workers[1] <= MOST
    ? { workers, fault: null }
    : { workers: null, fault: trans.__('A number such as 4, or a range such as 1-8, at most %1', MOST) };
}

/** The same as one types it; empty where it is not known. */
export function workersTyped(minimum: number | null, most: number | null): string {
  return most === null ? '' : minimum === most || minimum === null ? String(most) : `${minimum}-${most}`;
}
