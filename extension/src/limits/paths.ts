/** Curves in log space: where a pointer meets one, and what it reads there. A segment is a power law. */

import type { Line, Validity } from './model';

export interface Point {
  x: number;
  y: number;
}

/** log10 of the vertices. */
export interface Path {
  lx: Float64Array;
  ly: Float64Array;
}

/** Pixels from log10: px = origin + slope * log10(value). */
export interface Scale {
  x: { origin: number; slope: number };
  y: { origin: number; slope: number };
}

export interface Hit extends Point {
  curve: number;
  distance: number;
}

export function path(line: Line): Path {
  return { lx: Float64Array.from(line.x, Math.log10), ly: Float64Array.from(line.y, Math.log10) };
}

/** The curve nearest to a pixel, if one is within reach; `factors` shift each curve in y. */
export function nearest(
  paths: readonly Path[],
  factors: readonly number[],
  visible: readonly boolean[],
  pixel: Point,
  scale: Scale,
  reach: number
): Hit | null {
  let best: Hit | null = null;
  paths.forEach((path, curve) => {
    const hit = visible[curve] ? closest(path, Math.log10(factors[curve]), pixel, scale) : null;
    if (hit && hit.distance <= (best?.distance ?? reach)) {
      best = { ...hit, curve };
    }
  });
  return best;
}

function closest({ lx, ly }: Path, shift: number, pixel: Point, scale: Scale): Omit<Hit, 'curve'> {
  let distance = Infinity;
  let x = NaN;
  let y = NaN;
  for (let i = 0; i < Math.max(lx.length - 1, 1); i++) {
    const j = Math.min(i + 1, lx.length - 1);
    const ax = scale.x.origin + scale.x.slope * lx[i];
    const ay = scale.y.origin + scale.y.slope * (ly[i] + shift);
    const dx = scale.x.slope * (lx[j] - lx[i]);
    const dy = scale.y.slope * (ly[j] - ly[i]);
    const along = ((pixel.x - ax) * dx + (pixel.y - ay) * dy) / (dx * dx + dy * dy || 1);
    const t = Math.min(Math.max(along, 0), 1);
    const here = Math.hypot(pixel.x - ax - t * dx, pixel.y - ay - t * dy);
    if (here < distance) {
      distance = here;
      x = lx[i] + t * (lx[j] - lx[i]);
      y = ly[i] + t * (ly[j] - ly[i]) + shift;
    }
  }
  return { distance, x: 10 ** x, y: 10 ** y };
}

/** y at x on a curve whose x rises, log-log between its points; null outside: nothing is extrapolated. */
export function valueAt(line: Line, x: number): number | null {
  const i = line.x.findIndex((_, k) => k > 0 && (line.x[k - 1] - x) * (line.x[k] - x) <= 0);
  if (i < 0) {
    return null;
  }
  const t = Math.log(x / line.x[i - 1]) / Math.log(line.x[i] / line.x[i - 1] || 1) || 0;
  return line.y[i - 1] * (line.y[i] / line.y[i - 1]) ** t;
}

export interface Piece {
  x: number[];
  y: number[];
  valid: boolean;
}

/** Cut a curve where its validity ends, with a vertex on the border on both sides of each cut. */
export function pieces(x: readonly number[], y: readonly number[], valid: Validity | null): Piece[] {
  const inside = (value: number): boolean => !valid || (value >= valid.low && value <= valid.high);
  const found: Piece[] = [];
  const points = valid ? withBorders(x, y, [valid.low, valid.high]) : x.map((value, i) => ({ x: value, y: y[i] }));
  points.slice(0, -1).forEach((start, i) => {
    const end = points[i + 1];
    const kind = inside(Math.sqrt(start.x * end.x));
    const last = found[found.length - 1];
    if (last?.valid === kind) {
      last.x.push(end.x);
      last.y.push(end.y);
    } else {
      found.push({ x: [start.x, end.x], y: [start.y, end.y], valid: kind });
    }
  });
  return found.length ? found : [{ x: [...x], y: [...y], valid: inside(x[0]) }];
}

function withBorders(x: readonly number[], y: readonly number[], borders: number[]): Point[] {
  return x.flatMap((here, i) => {
    const next = x[i + 1];
    const crossed = borders.filter(border => (here - border) * (next - border) < 0);
    crossed.sort((a, b) => (a - b) * Math.sign(next - here));
    const added = crossed.map(border => ({
      x: border,
      y: y[i] * (y[i + 1] / y[i]) ** (Math.log(border / here) / Math.log(next / here))
    }));
    return [{ x: here, y: y[i] }, ...added];
  });
}
