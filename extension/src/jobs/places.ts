/** What the fetch dialog holds, and the order that it gives. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { FetchMode, FetchOrder, Forecast } from '../api/types';

/** State of the dialog. */
export interface FetchDraft {
  mode: FetchMode;
  /** A folder of the file browser; only where the mode is that. */
  folder: string;
  /** Pattern of file names; empty for all. */
  files: string;
  rse: string | null;
}

/** What the dialog begins with, from an order that was asked for or refused. */
export function draftOf(order: FetchOrder, forecast: Forecast): FetchDraft {
  return {
    mode: order.target !== null ? 'folder' : (order.mode ?? forecast.places[0]?.mode ?? 'cache'),
    folder: order.target ?? '',
    files: order.files ?? '',
    rse: order.rse
  };
}

/** A place that can be chosen. */
export interface PlaceChoice {
  mode: FetchMode;
  label: string;
}

/** The places of the server, and a folder of the user. */
export function choicesIn(forecast: Forecast, trans: TranslationBundle): PlaceChoice[] {
  const own = forecast.places.filter(({ mode }) => mode !== 'folder');
  return [...own, { mode: 'folder', label: trans.__('a folder of the file browser') }];
}

/** The order with what the draft says; a folder alone has a target, the others know theirs. */
export function orderFrom(draft: FetchDraft, order: FetchOrder): FetchOrder {
  return {
    ...order,
    target: draft.mode === 'folder' ? draft.folder.trim() : null,
    files: draft.files.trim() || null,
    rse: draft.rse,
    mode: draft.mode
  };
}
