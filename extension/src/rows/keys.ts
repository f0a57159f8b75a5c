/** What a key means in a list or a tree; the patterns of the ARIA Authoring Practices. */

/** The row the user is at, and what surrounds it. */
export interface Place {
  index: number;
  count: number;
  page: number;
  /** Undefined where the row cannot be opened. */
  expanded?: boolean;
  /** Index of the row it lies in; -1 at the top. */
  parent: number;
}

/** A key with its modifiers, as the browser tells it. */
export interface Key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

/** What to do; `type` is a character to look for a row by. */
export type Action =
  | { do: 'move'; to: number; extend: boolean; keep: boolean }
  | { do: 'open' | 'close' | 'act' | 'menu' | 'all' | 'toggle' | 'span' }
  | { do: 'type'; text: string };

/** The meaning of a key, null if it is none of ours; `rtl` where lines run from right to left. */
export function actionOf(key: Key, place: Place, rtl = false): Action | null {
  const command = key.ctrlKey || key.metaKey;
  if (key.altKey) {
    return null;
  }
  const moved = moveOf(key.key, place);
  if (moved !== null) {
    const to = Math.min(Math.max(moved, 0), place.count - 1);
    return { do: 'move', to, extend: key.shiftKey, keep: command && !key.shiftKey };
  }
  if (command) {
    return key.key.toLowerCase() === 'a' ? { do: 'all' } : key.key === ' ' ? { do: 'toggle' } : null;
  }
  return sideways(key.key, place, rtl) ?? plain(key);
}

function moveOf(key: string, { index, count, page }: Place): number | null {
  const moves: Record<string, number> = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    Home: 0,
    End: count - 1,
    PageDown: index + page,
    PageUp: index - page
  };
  return moves[key] ?? null;
}

/** Arrows along the line: into a node or out of it. */
function sideways(key: string, place: Place, rtl: boolean): Action | null {
  if (key === (rtl ? 'ArrowLeft' : 'ArrowRight')) {
    if (place.expanded === false) {
      return { do: 'open' };
    }
    return place.expanded ? step(Math.min(place.index + 1, place.count - 1)) : null;
  }
  if (key === (rtl ? 'ArrowRight' : 'ArrowLeft')) {
    if (place.expanded) {
      return { do: 'close' };
    }
    return place.parent >= 0 ? step(place.parent) : null;
  }
  return null;
}

function plain(key: Key): Action | null {
  if (key.key === 'Enter') {
    return { do: 'act' };
  }
  if (key.shiftKey && key.key === 'F10') {
    return { do: 'menu' }; // the context-menu key itself needs no help of ours
  }
  if (key.key === ' ') {
    return { do: key.shiftKey ? 'span' : 'toggle' };
  }
  return [...key.key].length === 1 ? { do: 'type', text: key.key } : null;
}

function step(to: number): Action {
  return { do: 'move', to, extend: false, keep: false };
}
