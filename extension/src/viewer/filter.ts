/** Which curves of a list are shown: words, and one value of each property. */

import type { CurveRow } from '../api/types';

/** A curve to choose: of the catalogue, or of a file. */
export interface Choice extends CurveRow {
  /** Its file below the server's root; absent for a curve of the catalogue. */
  path?: string;
}

/** Properties of which one value can be asked for. */
export const TRAITS = ['quantity', 'technique', 'experiment', 'kind'] as const;

export type Trait = (typeof TRAITS)[number];

/** What is asked for; an empty text and null ask for nothing. */
export interface CurveFilter extends Record<Trait, string> {
  text: string;
  from: number | null;
  to: number | null;
  /** Only those that are ticked. */
  ticked: boolean;
}

export const EVERY_CURVE: CurveFilter = {
  text: '',
  quantity: '',
  technique: '',
  experiment: '',
  kind: '',
  from: null,
  to: null,
  ticked: false
};

/** A name that stays the curve's own: a file may have the id of a published curve. */
export function keyOf(curve: Choice): string {
  return curve.path === undefined ? curve.id : `/${curve.path}`;
}

/** Whether anything is asked for. */
export function asks(filter: CurveFilter): boolean {
  return Object.values(filter).some(value => value !== '' && value !== null && value !== false);
}

/** Curves that have everything asked for, in their order. */
export function fitting(curves: readonly Choice[], filter: CurveFilter, ticked: readonly string[] = []): Choice[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return curves.filter(
    curve =>
      TRAITS.every(trait => filter[trait] === '' || curve[trait] === filter[trait]) &&
      inYears(curve.year, filter) &&
      (!filter.ticked || ticked.includes(keyOf(curve))) &&
      words.every(word => said(curve).includes(word))
  );
}

/** Values of a property among curves, sorted. */
export function valuesOf(curves: readonly Choice[], trait: Trait): string[] {
  return [...new Set(curves.map(curve => curve[trait] ?? ''))].filter(Boolean).sort((a, b) => a.localeCompare(b));
}

/** A curve without a year fits no question for years. */
function inYears(year: number | null, { from, to }: CurveFilter): boolean {
  return from === null && to === null ? true : year !== null && year >= (from ?? 0) && year <= (to ?? Infinity);
}

function said(curve: Choice): string {
  const { id, label, experiment, year, technique, quantity, symbol, kind, channel } = curve;
  return [id, label, experiment, year, technique, quantity, symbol, kind, channel].join(' ').toLowerCase();
}
