/** The plot as a file: PNG or SVG, drawn by Bokeh in this page. */

import type { Chart } from './chart';
import { el } from './dom';

export function saveButtons(chart: Chart): HTMLElement[] {
  return (['png', 'svg'] as const).map(type =>
    el('button', { type: 'button', click: () => void save(chart, type) }, `Save ${type.toUpperCase()}`)
  );
}

async function save(chart: Chart, type: 'png' | 'svg'): Promise<void> {
  const url = URL.createObjectURL(await chart.picture(type));
  const name = chart.model.title.replace(/[^\p{L}\p{N}]+/gu, '_').slice(0, 60) || 'limits';
  el('a', { href: url, download: `${name}.${type}` }).click();
  URL.revokeObjectURL(url);
}
