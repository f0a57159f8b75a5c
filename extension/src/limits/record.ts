/** The same plot as a table of text, for screen readers and for who wants every field. */

import { el } from './dom';
import type { Model } from './model';

export function record(model: Model): HTMLDetailsElement {
  const names = [...new Set(model.curves.flatMap(line => Object.keys(line.text)))];
  const head = ['curve', ...names].map(name => el('th', { scope: 'col' }, name));
  const body = model.curves.map(line =>
    el('tr', {}, el('th', { scope: 'row' }, line.label), ...names.map(name => el('td', {}, line.text[name] ?? '')))
  );
  const table = el('table', {}, el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...body));
  return el(
    'details',
    { class: 'vre-record' },
    el('summary', {}, `All ${model.curves.length} curves as a table`),
    el('div', { class: 'vre-scroll', tabindex: 0, role: 'region', 'aria-label': 'Table of the curves' }, table)
  );
}
