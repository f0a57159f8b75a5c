/** What is said of the curve under the pointer or the focus, in a box beside it and to a screen reader. */

import type { Chart } from './chart';
import { el } from './dom';
import type { Line } from './model';
import { written } from './numbers';
import type { Hit, Point } from './paths';
import { nearest } from './paths';
import type { Store } from './state';

const REACH_PX = 10;
/** What the box shows of a curve's text, in this order; the full record is in the table below the plot. */
const SHOWN = ['experiment', 'year', 'kind', 'CL', 'assumptions', 'provenance', 'reference', 'figure or table'];

export class Hover {
  readonly box = el('div', { class: 'vre-tip', role: 'presentation', hidden: true });
  readonly live = el('div', { class: 'vre-hidden', 'aria-live': 'polite' });
  private last: number | null = null;

  constructor(
    private chart: Chart,
    private store: Store
  ) {
    chart.element.addEventListener('pointermove', event => this.point(event));
    chart.element.addEventListener('pointerleave', () => this.leave());
  }

  /** The curve at a place in data coordinates. */
  show(curve: number, at: Point): void {
    const line = this.chart.model.curves[curve];
    this.chart.mark(curve, at);
    this.box.replaceChildren(...this.content(line, at));
    this.box.hidden = false;
    this.move(at);
    this.say(`${line.label}: ${this.reading(at)}`);
    this.last = curve;
  }

  /** To a screen reader. */
  say(text: string): void {
    this.live.textContent = text;
  }

  leave(): void {
    if (this.last !== null) {
      this.chart.mark(null, null);
      this.box.hidden = true;
      this.last = null;
    }
  }

  hit(event: MouseEvent): Hit | null {
    const { chart } = this;
    const origin = chart.element.getBoundingClientRect();
    const pixel = { x: event.clientX - origin.left, y: event.clientY - origin.top };
    const { left, right, top, bottom } = chart.frame;
    const outside = pixel.x < left || pixel.x > right || pixel.y < top || pixel.y > bottom;
    return outside ? null : nearest(chart.paths, chart.factors, chart.shown, pixel, chart.scale(), REACH_PX);
  }

  private point(event: PointerEvent): void {
    const hit = event.buttons ? null : this.hit(event);
    if (hit) {
      this.show(hit.curve, hit);
    } else {
      this.leave();
    }
  }

  /** "m = 40 GeV, σ = 2.18 × 10⁻⁴⁸ cm²" in the units that are shown. */
  private reading(at: Point): string {
    const { x, y } = this.chart.model;
    const [xUnit, yUnit] = [x.units[this.store.state.xUnit], y.units[this.store.state.yUnit]];
    return `${written(at.x * xUnit.factor, 4)} ${xUnit.name}, ${written(at.y * yUnit.factor, 4)} ${yUnit.name}`;
  }

  private content(line: Line, at: Point): HTMLElement[] {
    const facts = SHOWN.filter(name => line.text[name]).map(name => [name, line.text[name]]);
    const warnings = [...outside(line, at), ...superseded(line)];
    return [
      el('strong', {}, line.label),
      el('div', { class: 'vre-reading' }, this.reading(at)),
      ...warnings.map(text => el('div', { class: 'vre-warning' }, text)),
      el('dl', {}, ...facts.flatMap(([name, text]) => [el('dt', {}, name), el('dd', {}, text)]))
    ];
  }

  /** Beside the ring, on the side where there is room. */
  private move(at: Point): void {
    const { x, y } = this.chart.scale();
    const px = x.origin + x.slope * Math.log10(at.x);
    const py = y.origin + y.slope * Math.log10(at.y);
    const { width, height } = this.chart.element.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = this.box;
    const left = px + 16 + offsetWidth < width ? px + 16 : px - 16 - offsetWidth;
    const top = Math.min(Math.max(py - offsetHeight / 2, 4), height - offsetHeight - 4);
    this.box.style.left = `${Math.max(left, 4)}px`;
    this.box.style.top = `${Math.max(top, 4)}px`;
  }
}

function outside({ valid }: Line, { x }: Point): string[] {
  return valid && (x < valid.low || x > valid.high) ? [`outside its validity: ${valid.reason}`] : [];
}

function superseded(line: Line): string[] {
  return line.superseded_by ? [`superseded by ${line.superseded_by}`] : [];
}
