/** Which rows are selected: by key, so that a list may grow and shrink around them. */

/** Selected keys, and the row from which a span reaches. */
export interface Selection {
  readonly keys: ReadonlySet<string>;
  readonly anchor: string | null;
}

export const NOTHING: Selection = { keys: new Set(), anchor: null };

/** Only this row. */
export function only(key: string): Selection {
  return { keys: new Set([key]), anchor: key };
}

/** This row as well, or no longer. */
export function toggled({ keys }: Selection, key: string): Selection {
  const next = new Set(keys);
  if (!next.delete(key)) {
    next.add(key);
  }
  return { keys: next, anchor: key };
}

/** All rows from the anchor to this one. */
export function span(before: Selection, to: number, keyAt: (index: number) => string, anchorAt: number): Selection {
  const from = anchorAt < 0 ? to : anchorAt;
  const [low, high] = from < to ? [from, to] : [to, from];
  const keys = new Set<string>();
  for (let index = low; index <= high; index += 1) {
    keys.add(keyAt(index));
  }
  return { keys, anchor: anchorAt < 0 ? keyAt(to) : before.anchor };
}

/** All rows there are. */
export function all(count: number, keyAt: (index: number) => string): Selection {
  return count ? span({ keys: new Set(), anchor: keyAt(0) }, count - 1, keyAt, 0) : NOTHING;
}
