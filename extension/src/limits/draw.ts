/** Draws a limit overlay into an element; knows neither Jupyter nor where BokehJS comes from. */

import type { BokehModule } from './bokeh';
import { Chart } from './chart';
import { comparison } from './compare';
import { controls } from './controls';
import { el } from './dom';
import type { Model } from './model';
import { Hover } from './hover';
import { Labels } from './labels';
import { parseModel } from './parse';
import { record } from './record';
import { renewed } from './renewal';
import { sliders, yearSlider } from './sliders';
import type { State } from './state';
import { initialState, Store } from './state';
import { STYLE } from './style';
import { Table } from './table';
import { onThemeChange, paint, themeOf } from './theme';

/** What the reader chose, by plot: with it a plot that is taken away and drawn anew goes on as it was left. */
export type Memory = Map<string, State>;

export interface Drawing {
  /** Show other numbers of the same curves; false where that is another plot, to be drawn anew. */
  take(value: unknown): boolean;
  /** Take the plot away and stop listening to the page. */
  dispose(): void;
}

/**
 * Draw a model.
 *
 * @param host - an element that is in the page
 * @param value - a model of version 2; a ModelError says what is wrong with it
 * @param bokeh - BokehJS 3.9 or 3.10, its main bundle is enough
 * @param memory - of the page, where it draws plots more than once
 */
export async function drawLimits(
  host: HTMLElement,
  value: unknown,
  bokeh: BokehModule,
  memory?: Memory
): Promise<Drawing> {
  const model = structuredClone(parseModel(value)); // a notebook's own data: other numbers are taken in place
  const identity = (): string => JSON.stringify(model);
  const first = memory?.get(identity()) ?? initialState(model);
  const store = new Store(first);
  host.classList.add('vre-limits');
  paint(host, themeOf(model, host));
  const place = frame(host, model);
  const chart = await Chart.draw(place.canvas, model, bokeh, store.state, themeOf(model, host));
  store.subscribe((state, before) => chart.apply(state, before));
  const { refresh, renew } = furnish(place, chart, store);
  const stop = onThemeChange(() => {
    paint(host, themeOf(model, host));
    chart.setTheme(themeOf(model, host), store.state);
    refresh();
  });
  return {
    take: value => {
      if (!renewed(model, parseModel(value))) {
        return false;
      }
      chart.renew(store.state);
      renew();
      return true;
    },
    dispose: () => {
      const view = chart.inSight;
      const key = memory ? identity() : '';
      if (store.state !== first || view || memory?.has(key)) {
        memory?.set(key, { ...store.state, view });
      }
      stop();
      chart.dispose();
      host.replaceChildren();
    }
  };
}

interface Frame {
  body: HTMLElement;
  plot: HTMLElement;
  canvas: HTMLElement;
}

function frame(host: HTMLElement, model: Model): Frame {
  const summary = `${model.title || 'Limits'}: ${model.y.label} against ${model.x.label}, ${model.curves.length} curves`;
  const canvas = el('div', { class: 'vre-canvas', role: 'img', 'aria-label': summary });
  const plot = el('div', { class: 'vre-plot' }, canvas);
  const body = el('div', { class: 'vre-body' }, plot);
  host.replaceChildren(el('style', {}, STYLE), body);
  return { body, plot, canvas };
}

interface Furniture {
  /** Draw it in another theme. */
  refresh(): void;
  /** Say other numbers. */
  renew(): void;
}

/** Put everything else around the canvas. */
function furnish({ body, plot }: Frame, chart: Chart, store: Store): Furniture {
  const hover = new Hover(chart, store);
  const labels = new Labels(chart, store, text => hover.say(text));
  const table = new Table(chart, store, hover);
  let last = record(chart.model);
  plot.append(labels.element, hover.box, hover.live);
  body.append(table.element);
  body.before(controls(chart, store));
  body.after(...beside(chart.model, store), last);
  labels.refresh();
  return {
    refresh: () => {
      table.refresh();
      labels.refresh();
    },
    renew: () => {
      const next = record(chart.model);
      next.open = last.open;
      last.replaceWith(next);
      last = next;
      hover.leave();
      store.update({ compared: [...store.state.compared] }); // all who listen look at the curves again
    }
  };
}

/** What stands between the plot and its record. */
function beside(model: Model, store: Store): HTMLElement[] {
  const parts = [yearSlider(model, store), sliders(model, store), comparison(model, store)];
  return parts.filter(part => part !== null);
}
