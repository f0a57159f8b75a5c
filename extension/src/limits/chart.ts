/** The plot itself: draws the model once and then only changes what the state changed. */

import type { BokehModel, BokehModule, PlotView, Range, Source } from './bokeh';
import { registerAxisModels } from './bokeh';
import type { Model } from './model';
import type { Palette } from './palette';
import { dashed, palette } from './palette';
import type { Path, Point, Scale } from './paths';
import { path } from './paths';
import type { Row } from './rows';
import { geometry, rows, styles } from './rows';
import { factor } from './scaling';
import { NAMES, plotDocument, titled } from './spec';
import type { State, View } from './state';
import { initialState, visible } from './state';
import type { Theme } from './theme';
import { wrapped } from './wrap';

/** All areas over each other never hide the lines below them more than this. */
const DEEPEST = 0.25;
/** Above this many areas nothing could be told apart, and filling them would cost more than all the rest. */
export const MOST_SHADED = 30;

/** Width of a letter of the notes in pixels, rather too wide than too narrow. */
const NOTE_LETTER = 6.8;

export class Chart {
  paths: Path[];
  rows: Row[];
  factors: number[];
  shown: boolean[];
  /** False once it was taken away: what was still to come is then left undone. */
  live = true;
  private view!: PlotView;
  private colours: Palette;
  private models = new Map<string, BokehModel>();
  private observers: ResizeObserver[] = [];
  /** width for which the notes were broken into lines */
  private noted = 0;

  private constructor(
    readonly model: Model,
    private bokeh: BokehModule,
    private theme: Theme,
    state: State
  ) {
    this.colours = palette(model, state.colourBy, theme.dark);
    this.paths = model.curves.map(path);
    this.rows = rows(model);
    this.factors = model.curves.map(() => 1);
    this.shown = model.curves.map(() => true);
  }

  static async draw(host: HTMLElement, model: Model, bokeh: BokehModule, state: State, theme: Theme): Promise<Chart> {
    const chart = new Chart(model, bokeh, theme, state);
    await chart.embed(host, state);
    return chart;
  }

  private async embed(host: HTMLElement, state: State): Promise<void> {
    registerAxisModels(this.bokeh);
    const columns = { ...geometry(this.rows, this.factors), ...styles(this.rows, this.colours) };
    const prefix = `vre-${Math.random().toString(36).slice(2)}`;
    const item = plotDocument(this.model, columns, this.bokeh.version, prefix, this.theme.background);
    await this.bokeh.embed.embed_item(item, host);
    this.view = this.bokeh.index.get_by_id(item.root_id) as PlotView;
    if (state.view) {
      const { x, y } = state.view;
      this.view.model.x_range.setv({ start: x[0], end: x[1] });
      this.view.model.y_range.setv({ start: y[0], end: y[1] });
    }
    this.fitNotes();
    this.onView(() => this.fitNotes());
    this.setTheme(this.theme, state);
    this.apply(state, initialState(this.model));
  }

  /** Only what the change touches: toggling a curve never rebuilds its data. */
  apply(state: State, before: State): void {
    if (state.values !== before.values) {
      this.shift(state);
    }
    if (state.colourBy !== before.colourBy) {
      this.restyle(state);
    }
    if (state.xUnit !== before.xUnit || state.yUnit !== before.yUnit) {
      this.setUnits(state);
    }
    this.show(state);
  }

  /** Draw the curves anew whose numbers changed in the model. */
  renew(state: State): void {
    const { curves } = this.model;
    this.paths = curves.map(path);
    this.rows = rows(this.model);
    this.factors = curves.map(line => factor(line.scalings, state.values));
    this.source(NAMES.rows).data = { ...geometry(this.rows, this.factors), ...styles(this.rows, this.colours) };
    this.show(state);
  }

  setTheme(theme: Theme, state: State): void {
    this.theme = theme;
    const { text, line, grid, background } = theme;
    this.view.model.setv({
      background_fill_color: background,
      border_fill_color: background,
      outline_line_color: line
    });
    for (const name of [NAMES.xAxis, NAMES.yAxis]) {
      this.named(name).setv({
        axis_label_text_color: text,
        major_label_text_color: text,
        axis_line_color: line,
        major_tick_line_color: line,
        minor_tick_line_color: line
      });
    }
    [NAMES.xGrid, NAMES.yGrid].forEach(name => this.named(name).setv({ grid_line_color: grid }));
    this.named(NAMES.title).setv({ text_color: text });
    this.model.notes.forEach((_, i) => this.named(`${NAMES.notes} ${i}`).setv({ text_color: theme.warning }));
    this.named(NAMES.labelGlyph).setv({ background_fill_color: { value: background } });
    this.named(NAMES.markedGlyph).setv({ fill_color: { value: background } });
    this.restyle(state);
  }

  /** Draw one curve thick, with a ring where it is read; null for none. */
  mark(curve: number | null, at: Point | null): void {
    const own = curve === null ? [] : this.rows.filter(row => row.curve === curve);
    const data = geometry(own, this.factors);
    const colour = own.map(row => this.colour(row.curve));
    this.source(NAMES.marked).data = { xs: data.xs, ys: data.ys, colour };
    const points = at && curve !== null ? [at] : [];
    this.source(`${NAMES.marked} point`).data = {
      x: points.map(point => point.x),
      y: points.map(point => point.y),
      colour: points.map(() => this.colour(curve!))
    };
  }

  setLabels(labels: { curve: number; at: Point; text: string }[]): void {
    this.source(NAMES.labels).data = {
      x: labels.map(label => label.at.x),
      y: labels.map(label => label.at.y),
      text: labels.map(label => label.text),
      colour: labels.map(label => this.colour(label.curve))
    };
  }

  /** The curve's line as a CSS background. */
  pattern(curve: number): string {
    return dashed(this.colours.colour(curve), this.colours.dash(curve));
  }

  private colour(curve: number): string {
    return this.colours.colour(curve);
  }

  /** Pixels of the plot's element from log10 of the data. */
  scale(): Scale {
    const { left, top, width, height } = this.view.frame.bbox;
    const { x_range, y_range } = this.view.model;
    const x = along(x_range.start, x_range.end, left, width);
    const y = along(y_range.start, y_range.end, top + height, -height);
    return { x, y };
  }

  get frame(): { left: number; top: number; right: number; bottom: number } {
    const { left, top, width, height } = this.view.frame.bbox;
    return { left, top, right: left + width, bottom: top + height };
  }

  /** null where it is what the model asks for */
  get inSight(): View | null {
    const { x_range, y_range } = this.view.model;
    const { x, y } = this.model;
    const same = ({ start, end }: Range, [low, high]: [number, number]): boolean => start === low && end === high;
    return same(x_range, x.range) && same(y_range, y.range)
      ? null
      : { x: [x_range.start, x_range.end], y: [y_range.start, y_range.end] };
  }

  /** Call when the view or its size changed. */
  onView(listener: () => void): void {
    this.view.model.x_range.change.connect(listener);
    this.view.model.y_range.change.connect(listener);
    const resized = new ResizeObserver(() => requestAnimationFrame(listener)); // after Bokeh has made room
    resized.observe(this.view.el);
    this.observers.push(resized);
  }

  picture(type: 'png' | 'svg'): Promise<Blob> {
    return this.view.export(type).to_blob();
  }

  get element(): HTMLElement {
    return this.view.el;
  }

  dispose(): void {
    this.live = false;
    this.observers.forEach(observer => observer.disconnect());
    this.view.model.document.clear();
  }

  private show(state: State): void {
    this.shown = visible(this.model, state);
    const flags = this.rows.map(row => this.shown[row.curve]);
    const areas = this.rows.filter((row, i) => flags[i] && !row.fog && row.fillX.length).length;
    const shaded = state.shaded && areas > 0 && areas <= MOST_SHADED;
    if (shaded) {
      const alpha = 1 - (1 - DEEPEST) ** (1 / Math.max(areas, 2));
      this.named(NAMES.fill).setv({ fill_alpha: { value: alpha } });
    }
    this.named(NAMES.areas).setv({ visible: shaded });
    this.named(NAMES.shown).setv({ booleans: flags });
  }

  private shift(state: State): void {
    this.factors = this.model.curves.map(line => factor(line.scalings, state.values));
    const source = this.source(NAMES.rows);
    source.data = { ...source.data, ...geometry(this.rows, this.factors) };
  }

  private restyle(state: State): void {
    const source = this.source(NAMES.rows);
    this.colours = palette(this.model, state.colourBy, this.theme.dark);
    source.data = { ...source.data, ...styles(this.rows, this.colours) };
  }

  /** Bokeh cuts a title at the frame's edge: a warning that does not fit takes several lines. */
  private fitNotes(): void {
    const width = this.view.model.inner_width;
    if (!this.live || !width || width === this.noted) {
      return;
    }
    this.noted = width;
    const Text = this.bokeh.Models.get('PlainText')!;
    this.model.notes.forEach((note, i) => {
      const text = wrapped(`⚠ ${note}`, width / NOTE_LETTER).join('\n');
      this.named(`${NAMES.notes} ${i}`).setv({ text: new Text({ text }) });
    });
  }

  private setUnits(state: State): void {
    this.setUnit(NAMES.xAxis, this.model.x, state.xUnit);
    this.setUnit(NAMES.yAxis, this.model.y, state.yUnit);
  }

  private setUnit(name: string, axis: Model['x'], position: number): void {
    const unit = axis.units[position];
    this.named(`${name} ticker`).setv({ factor: unit.factor });
    this.named(`${name} formatter`).setv({ factor: unit.factor });
    const Text = this.bokeh.Models.get('PlainText')!;
    this.named(name).setv({ axis_label: new Text({ text: titled(axis.label, unit.name) }) });
  }

  private named(name: string): BokehModel {
    const found = this.models.get(name) ?? this.view.model.document.get_model_by_name(name)!;
    this.models.set(name, found);
    return found;
  }

  private source(name: string): Source {
    return this.named(name) as Source;
  }
}

function along(start: number, end: number, pixel: number, length: number): { origin: number; slope: number } {
  const slope = length / Math.log10(end / start);
  return { origin: pixel - slope * Math.log10(start), slope };
}
