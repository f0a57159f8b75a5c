/** Argues back: two curves side by side, in what they assume and not only in what they say. */

import { differences, ratio } from './differences';
import { el } from './dom';
import type { Model } from './model';
import { written } from './numbers';
import type { Store } from './state';

export function comparison(model: Model, store: Store): HTMLElement {
  const place = el('section', { class: 'vre-compare', 'aria-label': 'Compared curves', 'aria-live': 'polite' });
  const refresh = (): void => place.replaceChildren(...content(model, store));
  store.subscribe((state, before) => {
    if (state.compared !== before.compared || state.xUnit !== before.xUnit) {
      refresh();
    }
  });
  refresh();
  return place;
}

function content(model: Model, store: Store): HTMLElement[] {
  const { compared } = store.state;
  if (compared.length < 2) {
    const hint = compared.length ? 'Tick a second curve under "compare".' : '';
    return hint ? [el('p', {}, hint)] : [];
  }
  const [first, second] = compared.map(i => model.curves[i]);
  const { rows, unknown, same } = differences(first, second);
  const total = rows.length + unknown.length + same.length;
  const head = ['assumption', first.label, second.label].map(text => el('th', { scope: 'col' }, text));
  const body = rows.map(([name, a, b]) =>
    el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, a), el('td', {}, b))
  );
  const caption = el('caption', {}, `They differ in ${rows.length} of ${total} assumptions`);
  return [
    el('table', {}, caption, el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...body)),
    el('p', {}, distance(model, store)),
    ...(unknown.length ? [el('p', {}, `Stated by neither, so they may differ here too: ${unknown.join(', ')}.`)] : [])
  ];
}

function distance(model: Model, store: Store): string {
  const [first, second] = store.state.compared.map(i => model.curves[i]);
  const found = ratio(first, second);
  if (!found) {
    return 'They have no common range in which to compare their values.';
  }
  const unit = model.x.units[store.state.xUnit];
  const at = `${written(found.x * unit.factor)} ${unit.name}`;
  return `As published, at ${at} ${second.label} is ${written(found.ratio)} times ${first.label}.`;
}
