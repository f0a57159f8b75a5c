/** Live sliders: a limit moves with what it assumed; until one is moved every curve is as published. */

import { el } from './dom';
import type { Model, Slider } from './model';
import { written } from './numbers';
import { atPosition, positionOf } from './scaling';
import type { State, Store } from './state';

const STEPS = 1000;

export function sliders(model: Model, store: Store): HTMLElement | null {
  if (!model.sliders.length) {
    return null;
  }
  const reset = el('button', { type: 'button', click: () => store.update({ values: {} }) }, 'As published');
  const rows = model.sliders.map(slider => row(slider, store, references(model, slider.parameter) > 1));
  return el('fieldset', { class: 'vre-sliders' }, el('legend', {}, 'What if'), ...rows, reset);
}

/** How many values of a parameter the curves were published with. */
function references(model: Model, parameter: string): number {
  const scalings = model.curves.flatMap(line => line.scalings).filter(each => each.parameter === parameter);
  return new Set(scalings.map(each => each.reference)).size;
}

function row(slider: Slider, store: Store, several: boolean): HTMLElement {
  const input = el('input', {
    type: 'range',
    min: 0,
    max: STEPS,
    step: 1,
    input: () => store.update({ values: { ...store.state.values, [slider.parameter]: value() } })
  });
  const shown = el('output', {});
  const value = (): number => atPosition(slider.low, slider.high, Number(input.value) / STEPS);
  const refresh = ({ values }: State): void => {
    const moved = values[slider.parameter];
    input.value = String(Math.round(positionOf(slider.low, slider.high, moved ?? slider.value) * STEPS));
    const text = `${written(moved ?? slider.value)} ${slider.unit === '1' ? '' : slider.unit}`.trim();
    shown.textContent = moved !== undefined ? text : several ? 'as published' : `${text} (as published)`;
    input.setAttribute('aria-valuetext', `${slider.symbol} ${shown.textContent}`);
  };
  refresh(store.state);
  store.subscribe(refresh);
  return el('label', {}, el('span', {}, slider.symbol), input, shown);
}

/** "What was known when": only curves up to a year. */
export function yearSlider(model: Model, store: Store): HTMLElement | null {
  const years = model.years;
  if (!years || years[0] === years[1]) {
    return null;
  }
  const [first, last] = years;
  const input = el('input', {
    type: 'range',
    min: first,
    max: last,
    step: 1,
    input: () => store.update({ until: Number(input.value) < last ? Number(input.value) : null })
  });
  const shown = el('output', {});
  const refresh = ({ until }: State): void => {
    input.value = String(until ?? last);
    shown.textContent = until === null ? 'all years' : `known in ${until}`;
    input.setAttribute('aria-valuetext', shown.textContent);
  };
  refresh(store.state);
  store.subscribe(refresh);
  return el('label', { class: 'vre-year' }, el('span', {}, 'Year'), input, shown);
}
