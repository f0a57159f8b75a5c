/** What the fetch dialog holds, and the order that it gives. */

import type { FetchOrder, FetchPlace, Forecast } from '../api/types';

/** State of the dialog. */
export interface FetchDraft {
  /** Index of the chosen place. */
  place: number;
  /** Another folder than the place's own; empty for that. */
  folder: string;
  /** Pattern of file names; empty for all. */
  files: string;
  rse: string | null;
}

/** What the dialog begins with, from an order that was asked for or refused. */
export function draftOf(order: FetchOrder, forecast: Forecast): FetchDraft {
  const place = forecast.places.findIndex(({ target }) => target === order.target);
  return {
    place: Math.max(0, place),
    folder: place < 0 ? (order.target ?? '') : '',
    files: order.files ?? '',
    rse: order.rse
  };
}

/** The place that is chosen; null where the server offers none. */
export function placeIn(draft: FetchDraft, forecast: Forecast): FetchPlace | null {
  return forecast.places[draft.place] ?? null;
}

/** Whether the user may name a folder there. */
export function takesFolder(draft: FetchDraft, forecast: Forecast): boolean {
  return placeIn(draft, forecast)?.mode === 'folder';
}

/** The order of a draft. */
export function orderFrom(draft: FetchDraft, forecast: Forecast): FetchOrder {
  const place = placeIn(draft, forecast);
  const folder = takesFolder(draft, forecast) ? draft.folder.trim() : '';
  return {
    kind: 'fetch',
    did: forecast.did,
    target: folder || (place?.target ?? null),
    files: draft.files.trim() || null,
    rse: draft.rse,
    mode: place?.mode ?? null
  };
}
