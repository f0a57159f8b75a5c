/** How a limit moves when what it assumed is changed: a shift in log space, computed in the browser. */

import type { Scaling } from './model';

/** Slider values by parameter; a parameter that is absent stays as each curve was published. */
export type Values = Readonly<Record<string, number>>;

/** Factor on y: the product of (f(value) / f(reference)) ** power over what was changed. */
export function factor(scalings: readonly Scaling[], values: Values): number {
  return scalings.reduce((product, { parameter, reference, power, form }) => {
    const value = values[parameter];
    return value === undefined ? product : product * (lever(value, form) / lever(reference, form)) ** power;
  }, 1);
}

/** A branching ratio enters as BR / (1 - BR), everything else as itself. */
function lever(value: number, form: Scaling['form']): number {
  return form === 'odds' ? value / (1 - value) : value;
}

/** Value of a logarithmic slider at a position from 0 to 1. */
export function atPosition(low: number, high: number, position: number): number {
  return low * (high / low) ** position;
}

/** Position from 0 to 1 of a value on a logarithmic slider. */
export function positionOf(low: number, high: number, value: number): number {
  return Math.log(value / low) / Math.log(high / low);
}
