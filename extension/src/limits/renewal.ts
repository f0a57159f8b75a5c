/** Other numbers of the same curves: a plot that only gets those goes on as it stands, with its view and its ticks. */

import type { Line, Model } from './model';

const NUMBERS = { x: 0, y: 0, band: 0, valid: 0, label_at: 0, scalings: 0, assumptions: 0 };

/** Take the numbers of another model into this one; false, and nothing is changed, where it is another plot. */
export function renewed(model: Model, other: Model): boolean {
  if (outline(model) !== outline(other)) {
    return false;
  }
  // In place: table, box and comparison hold these very lines.
  model.curves.forEach((line, i) => Object.assign(line, other.curves[i]));
  return true;
}

/** Everything that a plot is built from once; the rest is numbers, and what is said of them. */
function outline(model: Model): string {
  return JSON.stringify({ ...model, curves: model.curves.map(outlineOf) });
}

function outlineOf(line: Line): object {
  return { ...line, ...NUMBERS, text: Object.keys(line.text) };
}
