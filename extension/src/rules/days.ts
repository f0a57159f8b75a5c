/** A lifetime in days as it was typed. */

import type { TranslationBundle } from '@jupyterlab/translation';

/** Days that a rule can be kept at most; for ever is no number of days. */
export const LONGEST = 36_500;

/** What was typed: a number of days, nothing (what is usual), or a fault in a sentence. */
export type Days = { days: number | null; fault: null } | { days: null; fault: string };

/** Read a field; `needed` where nothing is no answer. */
export function daysOf(text: string, trans: TranslationBundle, needed = false): Days {
  const typed = text.trim().replace(',', '.');
  if (typed === '' && !needed) {
    return { days: null, fault: null };
  }
  const days = typed === '' ? NaN : Number(typed);
  if (!(days > 0 && days <= LONGEST)) {
    return { days: null, fault: trans.__('A number of days above 0, at most %1', LONGEST) };
  }
  return { days, fault: null };
}

/** What an empty field means, by the days that the lake takes then: null for ever, undefined where not known (yet). */
export function emptyDaysText(usual: number | null | undefined, trans: TranslationBundle): string | undefined {
  if (usual === undefined) {
    return undefined;
  }
  return usual === null ? trans.__('Empty: for ever') : trans.__('Empty: %1, as is usual in this lake', usual);
}
