/** The side table: find a curve, show or hide it, see it alone, pick two to compare, walk along it with the arrows. */

import type { Chart } from './chart';
import { el, labelled } from './dom';
import type { Hover } from './hover';
import type { Line, Model } from './model';
import type { State, Store } from './state';
import { facet } from './state';

export class Table {
  readonly element: HTMLElement;
  private rows: Row[];

  constructor(
    private chart: Chart,
    private store: Store,
    hover: Hover
  ) {
    const { model } = chart;
    this.rows = model.curves.map((line, i) => new Row(line, i, chart, store, hover));
    const head = ['shown', 'curve', 'year', 'alone', 'compare'].map(name => el('th', { scope: 'col' }, name));
    const body = el('tbody', {}, ...this.rows.map(row => row.element));
    this.element = el(
      'div',
      { class: 'vre-side' },
      this.search(),
      ...facets(model, store),
      this.everything(),
      el('div', { class: 'vre-scroll' }, el('table', {}, el('thead', {}, el('tr', {}, ...head)), body))
    );
    store.subscribe(() => this.refresh());
    this.refresh();
  }

  /** Follow the state, the colours too. */
  refresh(): void {
    this.rows.forEach(row => row.refresh(this.store.state, this.chart));
  }

  private search(): HTMLElement {
    const input = el('input', {
      type: 'search',
      placeholder: 'Search curves',
      'aria-label': 'Search curves',
      input: () => this.rows.forEach(row => row.find(input.value))
    });
    return input;
  }

  private everything(): HTMLElement {
    const { model } = this.chart;
    const set = (ticked: boolean) => () =>
      this.store.update({
        ticked: model.curves.map(() => ticked),
        isolated: null,
        ...(ticked ? { without: new Set<string>(), until: null } : {})
      });
    const button = (text: string, click: () => void): HTMLElement => el('button', { type: 'button', click }, text);
    return el('div', { class: 'vre-buttons' }, button('Show all', set(true)), button('Hide all', set(false)));
  }
}

class Row {
  readonly element: HTMLElement;
  private box: HTMLInputElement;
  private compare: HTMLInputElement;
  private alone: HTMLButtonElement;
  private swatch = el('span', { class: 'vre-swatch', 'aria-hidden': 'true' });
  private haystack: string;
  private at = 0;

  constructor(
    private line: Line,
    private index: number,
    private chart: Chart,
    private store: Store,
    private hover: Hover
  ) {
    const { label } = line;
    this.haystack = [label, line.id, line.technique, ...Object.values(line.text)].join('\n').toLowerCase();
    this.box = el('input', { type: 'checkbox', 'aria-label': `Show ${label}`, change: () => this.tick() });
    this.compare = el('input', { type: 'checkbox', 'aria-label': `Compare ${label}`, change: () => this.pick() });
    this.alone = el('button', { type: 'button', 'aria-label': `Only ${label}`, click: () => this.isolate() }, 'only');
    const name = el(
      'button',
      {
        type: 'button',
        class: 'vre-name',
        focus: () => this.walk(0),
        blur: () => this.hover.leave(),
        mouseenter: () => this.chart.mark(index, null),
        mouseleave: () => this.chart.mark(null, null),
        keydown: event => this.key(event as KeyboardEvent)
      },
      this.swatch,
      label
    );
    const year = String(line.year ?? line.text.year ?? '');
    this.element = el(
      'tr',
      {},
      el('td', {}, this.box),
      el('th', { scope: 'row' }, name),
      el('td', {}, year),
      el('td', {}, this.alone),
      el('td', {}, this.compare)
    );
  }

  find(text: string): void {
    const words = text.toLowerCase().split(/\s+/);
    this.element.hidden = !words.every(word => this.haystack.includes(word));
  }

  refresh(state: State, chart: Chart): void {
    this.box.checked = state.ticked[this.index];
    this.compare.checked = state.compared.includes(this.index);
    this.alone.setAttribute('aria-pressed', String(state.isolated === this.index));
    this.swatch.style.background = chart.pattern(this.index);
    this.element.classList.toggle('vre-off', !chart.shown[this.index]);
  }

  private tick(): void {
    const ticked = this.store.state.ticked.map((was, i) => (i === this.index ? this.box.checked : was));
    this.store.update({ ticked, isolated: null });
  }

  private isolate(): void {
    this.store.update({ isolated: this.store.state.isolated === this.index ? null : this.index });
  }

  private pick(): void {
    const others = this.store.state.compared.filter(i => i !== this.index);
    this.store.update({ compared: this.compare.checked ? [...others.slice(-1), this.index] : others });
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      event.preventDefault();
      this.walk(step);
    }
  }

  /** Read the curve at its next point, as a pointer would. */
  private walk(step: number): void {
    const { x, y } = this.line;
    this.at = step ? Math.min(Math.max(this.at + step, 0), x.length - 1) : Math.floor((x.length - 1) / 2);
    this.hover.show(this.index, { x: x[this.at], y: y[this.at] * this.chart.factors[this.index] });
  }
}

/** Tick boxes of the techniques and kinds that occur, where there is a choice. */
function facets(model: Model, store: Store): HTMLElement[] {
  return (['technique', 'kind'] as const).flatMap(name => {
    const lines = new Map(model.curves.map(line => [facet(name, line), line[name]]));
    return lines.size < 2 ? [] : [group(name, lines, store)];
  });
}

function group(name: string, values: Map<string, string>, store: Store): HTMLElement {
  const boxes = [...values].map(([key, text]) => {
    const toggle = (): void => {
      const without = new Set(store.state.without);
      if (box.checked) {
        without.delete(key);
      } else {
        without.add(key);
      }
      store.update({ without });
    };
    const box = el('input', { type: 'checkbox', checked: !store.state.without.has(key), change: toggle });
    store.subscribe(({ without }) => (box.checked = !without.has(key)));
    return labelled(text, box);
  });
  return el('fieldset', { class: 'vre-facet' }, el('legend', {}, name), ...boxes);
}
