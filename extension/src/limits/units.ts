/** The unit each axis is shown in; the data keep theirs. */

import { el } from './dom';
import type { Axis, Model } from './model';
import type { Store } from './state';

export function unitChoices(model: Model, store: Store): HTMLElement[] {
  return [
    choice('x unit', model.x, store.state.xUnit, position => store.update({ xUnit: position })),
    choice('y unit', model.y, store.state.yUnit, position => store.update({ yUnit: position }))
  ].filter(element => element !== null);
}

function choice(name: string, axis: Axis, chosen: number, choose: (position: number) => void): HTMLElement | null {
  if (axis.units.length < 2) {
    return null;
  }
  const options = axis.units.map((unit, i) => el('option', { value: i, selected: i === chosen }, unit.name));
  const select = el('select', { change: () => choose(select.selectedIndex) }, ...options);
  return el('label', {}, `${name} `, select);
}
