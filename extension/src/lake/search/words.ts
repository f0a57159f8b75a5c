/** What the search says, in words. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { isWords } from './query';
import type { FilterProblem, Query } from './query';
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
    return nothingText(asked, trans);
  }
  if (phase === 'done' && asked?.pattern) {
    return trans._n('%1 found for %2', '%1 found for %2', rows.length, asked.pattern);
  }
  return phase === 'done' ? trans._n('%1 found', '%1 found', rows.length) : stoppedText(rows.length, trans);
}

function stoppedText(count: number, trans: TranslationBundle): string {
  return count > 0 ? trans.__('Stopped after %1', count) : '';
}

/** What was looked through, and what may find more. */
function nothingText(asked: Query | null, trans: TranslationBundle): string {
  const pattern = asked?.pattern ?? '';
  if (pattern === '') {
    return trans.__('Nothing fits these filters. Try fewer of them.');
  }
  return isWords(pattern)
    ? trans.__('No name, scope or title has %1 in it. Try fewer words or fewer filters.', pattern)
    : trans.__(
        'No name fits %1. Capital letters count; words without * and : are looked for in titles as well.',
        pattern
      );
}
