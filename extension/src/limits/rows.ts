/** The columns of the one source that draws every curve: a row is a piece of a curve, with its areas beside it. */

import type { Band, Line, Model } from './model';
import { pieces } from './paths';
import { isFog, type Palette } from './palette';

export interface Row {
  curve: number;
  /** bounded by the neutrino fog, which is no exclusion */
  fog: boolean;
  x: number[];
  y: number[];
  fillX: number[];
  fillY: number[];
  bandX: number[];
  bandY: number[];
  valid: boolean;
}

/** Far outside any view, yet a number: where an area without end ends. */
const FAR = 1e60;

export function rows(model: Model): Row[] {
  return model.curves.flatMap((line, curve) =>
    pieces(line.x, line.y, line.valid).map((piece, i) => ({
      curve,
      fog: isFog(line),
      ...piece,
      ...excluded(line, piece.x, piece.y, piece.valid, i === 0, model.y.range),
      ...banded(i === 0 ? line.band : null)
    }))
  );
}

/** The excluded side, only where the curve is valid; a closed area is filled once and whole. */
function excluded(
  line: Line,
  x: number[],
  y: number[],
  valid: boolean,
  first: boolean,
  range: [number, number]
): { fillX: number[]; fillY: number[] } {
  if (line.fill === 'inside') {
    return first ? { fillX: line.x, fillY: line.y } : { fillX: [], fillY: [] };
  }
  if (line.fill === 'none' || !valid) {
    return { fillX: [], fillY: [] };
  }
  const edge = line.fill === 'above' ? range[1] * FAR : range[0] / FAR;
  return { fillX: [...x, x[x.length - 1], x[0]], fillY: [...y, edge, edge] };
}

function banded(band: Band | null): { bandX: number[]; bandY: number[] } {
  return band
    ? { bandX: [...band.x, ...[...band.x].reverse()], bandY: [...band.low, ...[...band.high].reverse()] }
    : { bandX: [], bandY: [] };
}

/** Geometry: what sliders move. */
export function geometry(rows: readonly Row[], factors: readonly number[]): Record<string, unknown[]> {
  const moved = (values: number[], curve: number): number[] => {
    const by = factors[curve];
    return by === 1 ? values : values.map(value => value * by);
  };
  return {
    xs: rows.map(row => row.x),
    ys: rows.map(row => moved(row.y, row.curve)),
    fill_xs: rows.map(row => (row.fog ? [] : row.fillX)),
    fill_ys: rows.map(row => (row.fog ? [] : moved(row.fillY, row.curve))),
    fog_xs: rows.map(row => (row.fog ? row.fillX : [])),
    fog_ys: rows.map(row => (row.fog ? moved(row.fillY, row.curve) : [])),
    band_xs: rows.map(row => row.bandX),
    band_ys: rows.map(row => moved(row.bandY, row.curve))
  };
}

/** Style: what themes and the choice of colouring change. */
export function styles(rows: readonly Row[], palette: Palette): Record<string, unknown[]> {
  return {
    colour: rows.map(row => palette.colour(row.curve)),
    dash: rows.map(row => (row.valid ? palette.dash(row.curve) : '2 4')),
    width: rows.map(row => palette.width(row.curve)),
    alpha: rows.map(row => (row.valid ? 1 : 0.45))
  };
}
