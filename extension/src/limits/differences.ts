/** In what two curves differ before their numbers do: the assumptions, side by side. */

import type { Line } from './model';
import { valueAt } from './paths';

export const UNKNOWN = 'unknown';

export interface Differences {
  /** name, value of the first, value of the second */
  rows: [string, string, string][];
  /** stated by neither: they may differ here too */
  unknown: string[];
  same: string[];
}

export function differences(first: Line, second: Line): Differences {
  const names = [...new Set([...Object.keys(first.assumptions), ...Object.keys(second.assumptions)])];
  const found: Differences = { rows: [], unknown: [], same: [] };
  for (const name of names) {
    const a = first.assumptions[name] ?? UNKNOWN;
    const b = second.assumptions[name] ?? UNKNOWN;
    if (a !== b) {
      found.rows.push([name, a, b]);
    } else {
      (a === UNKNOWN ? found.unknown : found.same).push(name);
    }
  }
  return found;
}

export interface Ratio {
  x: number;
  ratio: number;
}

/** Second over first in the middle of their common range; null where they share none or are not lines. */
export function ratio(first: Line, second: Line): Ratio | null {
  if (first.geometry !== 'line' || second.geometry !== 'line') {
    return null;
  }
  const low = Math.max(Math.min(...first.x), Math.min(...second.x));
  const high = Math.min(Math.max(...first.x), Math.max(...second.x));
  const x = Math.sqrt(low * high);
  const [a, b] = low < high ? [valueAt(first, x), valueAt(second, x)] : [null, null];
  return a === null || b === null ? null : { x, ratio: b / a };
}
