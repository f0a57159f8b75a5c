/** The plot as a Bokeh document: plain JSON, so that no code travels and none is evaluated. */

import type { Axis, Model } from './model';

type Json = unknown;

/** Names under which the drawing finds its models again. */
export const NAMES = {
  rows: 'rows',
  shown: 'shown',
  labels: 'labels',
  marked: 'marked',
  xAxis: 'x axis',
  yAxis: 'y axis',
  xGrid: 'x grid',
  yGrid: 'y grid',
  title: 'title',
  notes: 'notes',
  areas: 'areas',
  fill: 'fill',
  labelGlyph: 'label glyph',
  markedGlyph: 'marked glyph'
} as const;

/** Writes objects with ids that no other plot of the page uses. */
class Writer {
  private count = 0;

  constructor(private prefix: string) {}

  object(name: string, attributes: Record<string, Json> = {}): { id: string } {
    return { type: 'object', name, id: `${this.prefix}-${this.count++}`, attributes } as { id: string };
  }

  source(name: string, data: Record<string, unknown[]>): { id: string } {
    return this.object('ColumnDataSource', { name, data: { type: 'map', entries: Object.entries(data) } });
  }
}

const field = (name: string): Json => ({ type: 'field', field: name });
const value = (content: Json): Json => ({ type: 'value', value: content });
const reference = (object: { id: string }): Json => ({ id: object.id });

export function plotDocument(
  model: Model,
  rows: Record<string, unknown[]>,
  version: string,
  prefix: string,
  background = '#ffffff'
): { doc: object; root_id: string } {
  const make = new Writer(prefix);
  const notes = model.notes.map((note, i) =>
    make.object('Title', {
      name: `${NAMES.notes} ${i}`,
      text: plainText(make, `⚠ ${note}`),
      text_font_size: '11px',
      text_font_style: 'italic',
      standoff: 3
    })
  );
  const root = make.object('Plot', {
    title: make.object('Title', { name: NAMES.title, text: plainText(make, model.title), text_font_size: '15px' }),
    x_range: make.object('Range1d', { start: model.x.range[0], end: model.x.range[1] }),
    y_range: make.object('Range1d', { start: model.y.range[0], end: model.y.range[1] }),
    x_scale: make.object('LogScale'),
    y_scale: make.object('LogScale'),
    ...axes(make, model),
    above: notes.reverse(),
    renderers: renderers(make, rows),
    toolbar: toolbar(make, model.title),
    toolbar_location: 'above',
    sizing_mode: 'stretch_both',
    min_border_right: 14,
    // From the first frame on: a thin edge of what was there before shines through.
    border_fill_color: background,
    lod_threshold: null
  });
  return { doc: { version, title: '', roots: [root] }, root_id: root.id };
}

/** What an axis says; a pure number has no unit. */
export function titled(label: string, unit: string): string {
  return unit ? `${label} [${unit}]` : label;
}

/** Anything that looks like TeX would make Bokeh fetch MathJax from the net. */
function plainText(make: Writer, text: string): Json {
  return make.object('PlainText', { text });
}

function axes(make: Writer, model: Model): Record<string, Json> {
  const axis = (of: Axis, name: string): { id: string } =>
    make.object('LogAxis', {
      name,
      axis_label: plainText(make, titled(of.label, of.unit)),
      axis_label_text_font_style: 'normal',
      axis_label_text_font_size: '14px',
      major_label_text_font_size: '12px',
      ticker: make.object('VreDecades', { name: `${name} ticker` }),
      formatter: make.object('VreExponents', { name: `${name} formatter` })
    });
  const x = axis(model.x, NAMES.xAxis);
  const y = axis(model.y, NAMES.yAxis);
  const grid = (dimension: number, name: string, along: { id: string }): Json =>
    make.object('Grid', { name, dimension, axis: reference(along) });
  return { below: [x], left: [y], center: [grid(0, NAMES.xGrid, x), grid(1, NAMES.yGrid, y)] };
}

function renderers(make: Writer, rows: Record<string, unknown[]>): Json[] {
  const source = make.source(NAMES.rows, rows);
  const filter = make.object('BooleanFilter', { name: NAMES.shown });
  const view = make.object('CDSView', { filter });
  // Written out once, referred to after: every curve and area hangs on this one source and filter.
  const first = { data_source: source, view };
  const again = { data_source: reference(source), view: reference(view) };
  const areas = make.object('GlyphRenderer', {
    ...first,
    name: NAMES.areas,
    level: 'underlay',
    glyph: area(make, NAMES.fill, 'fill_xs', 'fill_ys', 0.08)
  });
  const fog = make.object('GlyphRenderer', {
    ...again,
    level: 'underlay',
    glyph: area(make, 'fog', 'fog_xs', 'fog_ys', 0.3)
  });
  const bands = make.object('GlyphRenderer', { ...again, glyph: area(make, 'bands', 'band_xs', 'band_ys', 0.22) });
  const lines = make.object('GlyphRenderer', { ...again, glyph: curves(make) });
  return [areas, fog, bands, lines, ...marked(make), labels(make)];
}

function area(make: Writer, name: string, xs: string, ys: string, alpha: number): Json {
  return make.object('Patches', {
    name,
    xs: field(xs),
    ys: field(ys),
    fill_color: field('colour'),
    fill_alpha: value(alpha),
    line_color: value(null)
  });
}

function curves(make: Writer): Json {
  return make.object('MultiLine', {
    xs: field('xs'),
    ys: field('ys'),
    line_color: field('colour'),
    line_alpha: field('alpha'),
    line_width: field('width'),
    line_dash: field('dash')
  });
}

/** The curve under the pointer or the focus, thick, with a ring where it is read. */
function marked(make: Writer): Json[] {
  const empty = { x: [], y: [], colour: [] };
  const line = make.object('MultiLine', {
    xs: field('xs'),
    ys: field('ys'),
    line_color: field('colour'),
    line_width: value(5),
    line_alpha: value(0.55)
  });
  const ring = make.object('Scatter', {
    name: NAMES.markedGlyph,
    x: field('x'),
    y: field('y'),
    size: value(9),
    fill_color: value('#ffffff'),
    line_color: field('colour'),
    line_width: value(2)
  });
  const path = { xs: [], ys: [], colour: [] };
  return [
    make.object('GlyphRenderer', { data_source: make.source(NAMES.marked, path), view: wholeView(make), glyph: line }),
    make.object('GlyphRenderer', {
      data_source: make.source(`${NAMES.marked} point`, empty),
      view: wholeView(make),
      glyph: ring
    })
  ];
}

function labels(make: Writer): Json {
  const text = make.object('Text', {
    name: NAMES.labelGlyph,
    x: field('x'),
    y: field('y'),
    text: field('text'),
    text_color: field('colour'),
    text_font_size: value('12px'),
    text_baseline: value('bottom'),
    x_offset: value(4),
    y_offset: value(-4),
    background_fill_alpha: value(0.75),
    background_fill_color: value('#ffffff')
  });
  return make.object('GlyphRenderer', {
    data_source: make.source(NAMES.labels, { x: [], y: [], text: [], colour: [] }),
    view: wholeView(make),
    glyph: text,
    level: 'annotation'
  });
}

function wholeView(make: Writer): Json {
  return make.object('CDSView', { filter: make.object('AllIndices') });
}

function toolbar(make: Writer, title: string): Json {
  const filename = title.replace(/[^\p{L}\p{N}]+/gu, '_').slice(0, 60) || 'limits';
  return make.object('Toolbar', {
    logo: null,
    tools: [
      make.object('PanTool'),
      make.object('BoxZoomTool'),
      // With a key held, so that the page still scrolls over a plot.
      make.object('WheelZoomTool', { modifiers: { type: 'map', entries: [['ctrl', true]] } }),
      make.object('ResetTool'),
      make.object('SaveTool', { filename })
    ]
  });
}
