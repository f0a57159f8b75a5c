/** What the search says, in words. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { FilterProblem } from './query';
import type { SearchModel } from './model';

/** What is wrong with a filter, and what to write. */
export function problemText(problem: FilterProblem, trans: TranslationBundle): string {
  return {
    key: trans.__('A key is letters, digits and _, such as year.'),
    empty: trans.__('Write a value to compare with.'),
    number: trans.__('Write a number, such as 2017 or 1e-45.'),
    date: trans.__('Write a date, such as 2020-01-31.'),
    quotes: trans.__('A text cannot hold both kinds of quotes; use * for one of them.')
  }[problem];
}

/** Kinds of entries that a search can be for. */
export function kindsOf(trans: TranslationBundle): [string, string][] {
  return [
    ['collection', trans.__('Datasets and containers')],
    ['dataset', trans.__('Datasets')],
    ['container', trans.__('Containers')],
    ['file', trans.__('Files')],
    ['all', trans.__('Everything')]
  ];
}

/** How the search stands, on one line. */
export function standingText({ phase, rows, asked }: SearchModel, trans: TranslationBundle): string {
  if (phase === 'asking') {
    return trans.__('Searching… %1 so far', rows.length);
  }
  if (phase === 'done' && rows.length === 0) {
    return trans.__('Nothing fits %1. Try fewer filters, or * for a part of the name.', asked);
  }
  if (phase === 'done') {
    return trans._n('%1 found for %2', '%1 found for %2', rows.length, asked);
  }
  return rows.length > 0 ? trans.__('Stopped after %1', rows.length) : '';
}
