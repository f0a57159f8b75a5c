/** Names on the curves: kept off each other as the view changes, and put elsewhere by pointer or keyboard. */

import type { Chart } from './chart';
import { Handles } from './handles';
import type { Point, Scale } from './paths';
import { boxOf, kept, place } from './place';
import type { Store } from './state';

/** Where along the visible part of a curve a label may start, the best first. */
const FRACTIONS = [0.5, 0.35, 0.65, 0.2, 0.8, 0.08, 0.92];

interface Placed {
  curve: number;
  at: Point;
  text: string;
}

export class Labels {
  private placed: Placed[] = [];
  private pen = document.createElement('canvas').getContext('2d');
  private widths: number[] = [];
  private waiting = false;
  private handles: Handles;

  constructor(
    private chart: Chart,
    private store: Store,
    say: (text: string) => void
  ) {
    this.handles = new Handles({
      focus: curve => chart.mark(curve, null),
      move: (curve, by) => this.move(curve, by),
      back: curve => this.putBack(curve),
      say
    });
    chart.onView(() => this.refresh());
    store.subscribe(() => this.refresh());
    chart.element.addEventListener('pointerdown', event => this.grab(event), { capture: true });
    chart.element.addEventListener('pointermove', event => this.hint(event));
  }

  /** What can be focused, over the plot. */
  get element(): HTMLElement {
    return this.handles.element;
  }

  /** Place again before the next frame. */
  refresh(): void {
    if (!this.waiting) {
      this.waiting = true;
      requestAnimationFrame(() => {
        this.waiting = false;
        if (this.chart.live) {
          this.update();
        }
      });
    }
  }

  private update(): void {
    const { model, frame } = this.chart;
    const order = model.curves.map((_, i) => i).filter(i => this.chart.shown[i]);
    order.sort((a, b) => this.rank(a) - this.rank(b));
    const scale = this.chart.scale();
    const candidates = order.map(curve => this.candidates(curve, scale));
    const wishes = candidates.map((at, i) => ({
      at: at.map(p => pixel(p, scale)),
      width: this.width(order[i]),
      fixed: this.moved.has(order[i])
    }));
    this.placed = place(wishes, frame).flatMap((choice, i) =>
      choice === null ? [] : [{ curve: order[i], at: candidates[i][choice], text: model.curves[order[i]].label }]
    );
    this.chart.setLabels(this.placed);
    this.handles.show(this.placed.map(({ curve, text, at }) => ({ curve, text, box: this.box(curve, at, scale) })));
  }

  private get moved(): ReadonlyMap<number, Point> {
    return this.store.state.moved;
  }

  /** Moved by hand first, then the reader's own curves. */
  private rank(curve: number): number {
    return this.moved.has(curve) ? -2 : this.chart.model.curves[curve].own ? -1 : 0;
  }

  private candidates(curve: number, scale: Scale): Point[] {
    const moved = this.moved.get(curve);
    if (moved) {
      return [moved];
    }
    const line = this.chart.model.curves[curve];
    const by = this.chart.factors[curve];
    const inside = this.inside(curve, scale);
    const vertices = inside.length ? FRACTIONS.map(f => inside[Math.round(f * (inside.length - 1))]) : [];
    const chosen = vertices.map(i => ({ x: line.x[i], y: line.y[i] * by }));
    return line.label_at ? [{ x: line.label_at[0], y: line.label_at[1] * by }, ...chosen] : chosen;
  }

  /** Positions of the vertices of a curve that are in view. */
  private inside(curve: number, { x, y }: Scale): number[] {
    const { left, right, top, bottom } = this.chart.frame;
    const { lx, ly } = this.chart.paths[curve];
    const shift = Math.log10(this.chart.factors[curve]);
    const found: number[] = [];
    lx.forEach((value, i) => {
      const px = x.origin + x.slope * value;
      const py = y.origin + y.slope * (ly[i] + shift);
      if (px >= left && px <= right && py >= top && py <= bottom) {
        found.push(i);
      }
    });
    return found;
  }

  private width(curve: number): number {
    const text = this.chart.model.curves[curve].label;
    const known = this.widths[curve];
    if (known !== undefined || !this.pen) {
      return known ?? text.length * 7;
    }
    this.pen.font = '12px sans-serif';
    return (this.widths[curve] = this.pen.measureText(text).width);
  }

  private box(curve: number, at: Point, scale: Scale): ReturnType<typeof boxOf> {
    return boxOf(pixel(at, scale), this.width(curve));
  }

  private under(event: PointerEvent): Placed | undefined {
    const origin = this.chart.element.getBoundingClientRect();
    const [x, y] = [event.clientX - origin.left, event.clientY - origin.top];
    const scale = this.chart.scale();
    return this.placed.find(label => {
      const box = this.box(label.curve, label.at, scale);
      return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
    });
  }

  private hint(event: PointerEvent): void {
    this.chart.element.classList.toggle('vre-on-label', this.under(event) !== undefined);
  }

  /** Taken before Bokeh sees it, else the plot would pan with the label. */
  private grab(event: PointerEvent): void {
    const label = this.under(event);
    if (!label || event.button !== 0) {
      return;
    }
    event.stopImmediatePropagation();
    event.preventDefault();
    const start = pixel(label.at, this.chart.scale());
    const move = (now: PointerEvent): void =>
      this.put(label.curve, { x: start.x + now.clientX - event.clientX, y: start.y + now.clientY - event.clientY });
    const done = (): void => {
      window.removeEventListener('pointermove', move);
      ['pointerup', 'pointercancel'].forEach(end => window.removeEventListener(end, done));
    };
    window.addEventListener('pointermove', move);
    ['pointerup', 'pointercancel'].forEach(end => window.addEventListener(end, done));
  }

  /** By pixels from where it stands. */
  private move(curve: number, by: Point): void {
    // A key may come again before the name was drawn where the last one put it.
    const at = this.moved.get(curve) ?? this.placed.find(each => each.curve === curve)?.at;
    if (at) {
      const from = pixel(at, this.chart.scale());
      this.put(curve, { x: from.x + by.x, y: from.y + by.y });
    }
  }

  /** Anchor a name at a pixel, kept in terms of the data so that it follows the view. */
  private put(curve: number, wanted: Point): void {
    const { x, y } = this.chart.scale();
    const at = kept(wanted, this.width(curve), this.chart.frame);
    const point = { x: 10 ** ((at.x - x.origin) / x.slope), y: 10 ** ((at.y - y.origin) / y.slope) };
    this.store.update({ moved: new Map(this.moved).set(curve, point) });
  }

  private putBack(curve: number): void {
    const moved = new Map(this.moved);
    moved.delete(curve);
    this.store.update({ moved });
  }
}

function pixel(point: Point, { x, y }: Scale): Point {
  return { x: x.origin + x.slope * Math.log10(point.x), y: y.origin + y.slope * Math.log10(point.y) };
}
