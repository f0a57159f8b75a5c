/** What the reader has chosen, and who is told when it changes. The data are never part of it. */

import type { ColourBy, Line, Model } from './model';
import type { Point } from './paths';
import type { Values } from './scaling';

/** The part of the plane in sight, in the units of the data. */
export interface View {
  x: [number, number];
  y: [number, number];
}

export interface State {
  /** tick box of each curve */
  ticked: readonly boolean[];
  /** what is left out, as `facet()` names it */
  without: ReadonlySet<string>;
  /** only what was known in this year; null for all */
  until: number | null;
  /** the one curve shown alone */
  isolated: number | null;
  colourBy: ColourBy;
  shaded: boolean;
  values: Values;
  /** position in `units` of each axis */
  xUnit: number;
  yUnit: number;
  /** at most two curves to compare */
  compared: readonly number[];
  /** names that were put elsewhere by hand, by curve */
  moved: ReadonlyMap<number, Point>;
  /** null until the reader has zoomed */
  view: View | null;
}

export function initialState(model: Model): State {
  return {
    ticked: model.curves.map(line => line.visible),
    without: new Set(),
    until: null,
    isolated: null,
    colourBy: model.colour_by,
    shaded: true,
    values: {},
    xUnit: 0,
    yUnit: 0,
    compared: [],
    moved: new Map(),
    view: null
  };
}

/** What a tick box of a technique or a kind stands for; "theory" is both. */
export function facet(name: 'technique' | 'kind', line: Line): string {
  return `${name}: ${line[name]}`;
}

/** Which curves are drawn: one flag a curve. What has no year was always known. */
export function visible(model: Model, state: State): boolean[] {
  if (state.isolated !== null) {
    return model.curves.map((_, i) => i === state.isolated);
  }
  const until = state.until ?? Infinity;
  return model.curves.map(
    (line, i) =>
      state.ticked[i] &&
      !state.without.has(facet('technique', line)) &&
      !state.without.has(facet('kind', line)) &&
      (line.year ?? -Infinity) <= until
  );
}

export type Listener = (state: State, before: State) => void;

export class Store {
  private listeners: Listener[] = [];

  constructor(private current: State) {}

  get state(): State {
    return this.current;
  }

  subscribe(listener: Listener): void {
    this.listeners.push(listener);
  }

  update(change: Partial<State>): void {
    const before = this.current;
    this.current = { ...before, ...change };
    this.listeners.forEach(listener => listener(this.current, before));
  }
}
