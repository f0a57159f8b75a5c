// Generated from extension/src/limits by `make extension`; change it there.
"use strict";
(() => {
  // src/limits/numbers.ts
  var SUPERSCRIPT = Object.fromEntries([..."0123456789-"].map((c, i) => [c, "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"[i]]));
  function powerOfTen(exponent) {
    return "10" + [...String(exponent)].map((digit) => SUPERSCRIPT[digit]).join("");
  }
  function written(value2, digits = 3) {
    if (value2 === 0 || !Number.isFinite(value2)) {
      return String(value2);
    }
    const [mantissa, exponent] = value2.toExponential(digits - 1).split("e");
    const power = Number(exponent);
    if (power >= -3 && power < 5) {
      return String(Number(value2.toPrecision(Math.max(digits, power + 1))));
    }
    return `${mantissa} × ${powerOfTen(power)}`;
  }
  function tickLabel(value2, digits = 4) {
    const exponent = Math.round(Math.log10(value2));
    const isDecade = Math.abs(value2 / 10 ** exponent - 1) < 1e-6;
    if (isDecade && (exponent < -2 || exponent > 3)) {
      return powerOfTen(exponent);
    }
    return written(value2, digits).replace(/\.?0+ ×/, " ×");
  }
  function tickLabels(values) {
    for (const digits of [4, 6, 8, 10]) {
      const labels2 = values.map((value2) => tickLabel(value2, digits));
      if (new Set(labels2).size === labels2.length) {
        return labels2;
      }
    }
    return values.map((value2) => tickLabel(value2, 12));
  }
  function ticks(low, high, most = 9) {
    if (!(low > 0 && low < high && high < Infinity)) {
      return { major: [], minor: [] };
    }
    const first = Math.ceil(Math.log10(low) - 1e-9);
    const last = Math.floor(Math.log10(high) + 1e-9);
    const decades = Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => first + i);
    const between = [first - 1, ...decades].flatMap((n) => [2, 3, 4, 5, 6, 7, 8, 9].map((m) => m * 10 ** n));
    const minor = between.filter((tick) => tick >= low && tick <= high);
    if (decades.length >= 3) {
      const step = Math.ceil(decades.length / most);
      const shown = decades.filter((n) => n % step === 0).map((n) => 10 ** n);
      return { major: shown, minor: step === 1 ? minor : decades.filter((n) => n % step !== 0).map((n) => 10 ** n) };
    }
    const few = [...decades.map((n) => 10 ** n), ...minor.filter((tick) => /^[25]/.test(tick.toExponential(0)))];
    return few.length >= 3 ? { major: few, minor } : { major: evenly(low, high), minor: [] };
  }
  function evenly(low, high) {
    const rough = (high - low) / 4;
    const decade = 10 ** Math.floor(Math.log10(rough));
    const step = decade * [1, 2, 5, 10].find((m) => m * decade >= rough);
    const start = Math.ceil(low / step);
    return Array.from({ length: Math.floor(high / step) - start + 1 }, (_, i) => (start + i) * step);
  }

  // src/limits/bokeh.ts
  function registerAxisModels(bokeh) {
    if (bokeh.Models.get("VreDecades")) {
      return;
    }
    const Ticker = bokeh.Models.get("ContinuousTicker");
    const Formatter = bokeh.Models.get("TickFormatter");
    const factor2 = ({ Float }) => ({ factor: [Float, 1] });
    class Decades extends Ticker {
      static {
        this.define(factor2);
      }
      get_ticks_no_defaults(low, high) {
        const shown = ticks(low * this.factor, high * this.factor);
        const inData = (tick) => tick / this.factor;
        return { major: shown.major.map(inData), minor: shown.minor.map(inData) };
      }
    }
    class Exponents extends Formatter {
      static {
        this.define(factor2);
      }
      doFormat(values) {
        return tickLabels(values.map((value2) => value2 * this.factor));
      }
    }
    register(bokeh, "VreDecades", Decades);
    register(bokeh, "VreExponents", Exponents);
  }
  function register(bokeh, name, model) {
    model.__qualified__ = name;
    bokeh.Models.register(model);
  }

  // src/limits/palette.ts
  var CROWD = 60;
  function isFog(line2) {
    return line2.kind === "theory" && line2.fill === "below";
  }
  function palette(model, by, dark) {
    const colours = dark ? model.palette_dark : model.palette;
    const style = (curve) => {
      const line2 = model.curves[curve];
      return by === "technique" && line2.style >= 0 ? line2.style_technique : line2.style;
    };
    return {
      colour(curve) {
        const position = style(curve);
        if (position < 0) {
          return dark ? "#ffffff" : "#000000";
        }
        const grey = by === "none" || isFog(model.curves[curve]);
        return grey ? dark ? "#9a9a9a" : "#767676" : colours[position % colours.length];
      },
      dash(curve) {
        const position = Math.max(style(curve), 0);
        const lengths = model.dashes[Math.floor(position / colours.length) % model.dashes.length];
        return lengths.length ? lengths.join(" ") : "solid";
      },
      width: (curve) => model.curves[curve].style < 0 ? 3.2 : model.curves.length > CROWD ? 1 : 1.7
    };
  }
  function dashed(colour2, dash) {
    if (dash === "solid") {
      return colour2;
    }
    let end = 0;
    const stops = dash.split(" ").map((length, i) => {
      const start = end;
      end += Number(length);
      return `${i % 2 ? "transparent" : colour2} ${start}px ${end}px`;
    });
    return `repeating-linear-gradient(90deg, ${stops.join(", ")})`;
  }

  // src/limits/paths.ts
  function path(line2) {
    return { lx: Float64Array.from(line2.x, Math.log10), ly: Float64Array.from(line2.y, Math.log10) };
  }
  function nearest(paths, factors, visible2, pixel2, scale, reach) {
    let best = null;
    paths.forEach((path2, curve) => {
      const hit = visible2[curve] ? closest(path2, Math.log10(factors[curve]), pixel2, scale) : null;
      if (hit && hit.distance <= (best?.distance ?? reach)) {
        best = { ...hit, curve };
      }
    });
    return best;
  }
  function closest({ lx, ly }, shift, pixel2, scale) {
    let distance2 = Infinity;
    let x = NaN;
    let y = NaN;
    for (let i = 0; i < Math.max(lx.length - 1, 1); i++) {
      const j = Math.min(i + 1, lx.length - 1);
      const ax = scale.x.origin + scale.x.slope * lx[i];
      const ay = scale.y.origin + scale.y.slope * (ly[i] + shift);
      const dx = scale.x.slope * (lx[j] - lx[i]);
      const dy = scale.y.slope * (ly[j] - ly[i]);
      const along2 = ((pixel2.x - ax) * dx + (pixel2.y - ay) * dy) / (dx * dx + dy * dy || 1);
      const t = Math.min(Math.max(along2, 0), 1);
      const here = Math.hypot(pixel2.x - ax - t * dx, pixel2.y - ay - t * dy);
      if (here < distance2) {
        distance2 = here;
        x = lx[i] + t * (lx[j] - lx[i]);
        y = ly[i] + t * (ly[j] - ly[i]) + shift;
      }
    }
    return { distance: distance2, x: 10 ** x, y: 10 ** y };
  }
  function valueAt(line2, x) {
    const i = line2.x.findIndex((_, k) => k > 0 && (line2.x[k - 1] - x) * (line2.x[k] - x) <= 0);
    if (i < 0) {
      return null;
    }
    const t = Math.log(x / line2.x[i - 1]) / Math.log(line2.x[i] / line2.x[i - 1] || 1) || 0;
    return line2.y[i - 1] * (line2.y[i] / line2.y[i - 1]) ** t;
  }
  function pieces(x, y, valid) {
    const inside = (value2) => !valid || value2 >= valid.low && value2 <= valid.high;
    const found = [];
    const points = valid ? withBorders(x, y, [valid.low, valid.high]) : x.map((value2, i) => ({ x: value2, y: y[i] }));
    points.slice(0, -1).forEach((start, i) => {
      const end = points[i + 1];
      const kind = inside(Math.sqrt(start.x * end.x));
      const last = found[found.length - 1];
      if (last?.valid === kind) {
        last.x.push(end.x);
        last.y.push(end.y);
      } else {
        found.push({ x: [start.x, end.x], y: [start.y, end.y], valid: kind });
      }
    });
    return found.length ? found : [{ x: [...x], y: [...y], valid: inside(x[0]) }];
  }
  function withBorders(x, y, borders) {
    return x.flatMap((here, i) => {
      const next = x[i + 1];
      const crossed = borders.filter((border) => (here - border) * (next - border) < 0);
      crossed.sort((a, b) => (a - b) * Math.sign(next - here));
      const added = crossed.map((border) => ({
        x: border,
        y: y[i] * (y[i + 1] / y[i]) ** (Math.log(border / here) / Math.log(next / here))
      }));
      return [{ x: here, y: y[i] }, ...added];
    });
  }

  // src/limits/rows.ts
  var FAR = 1e60;
  function rows(model) {
    return model.curves.flatMap(
      (line2, curve) => pieces(line2.x, line2.y, line2.valid).map((piece, i) => ({
        curve,
        fog: isFog(line2),
        ...piece,
        ...excluded(line2, piece.x, piece.y, piece.valid, i === 0, model.y.range),
        ...banded(i === 0 ? line2.band : null)
      }))
    );
  }
  function excluded(line2, x, y, valid, first, range) {
    if (line2.fill === "inside") {
      return first ? { fillX: line2.x, fillY: line2.y } : { fillX: [], fillY: [] };
    }
    if (line2.fill === "none" || !valid) {
      return { fillX: [], fillY: [] };
    }
    const edge = line2.fill === "above" ? range[1] * FAR : range[0] / FAR;
    return { fillX: [...x, x[x.length - 1], x[0]], fillY: [...y, edge, edge] };
  }
  function banded(band2) {
    return band2 ? { bandX: [...band2.x, ...[...band2.x].reverse()], bandY: [...band2.low, ...[...band2.high].reverse()] } : { bandX: [], bandY: [] };
  }
  function geometry(rows2, factors) {
    const moved = (values, curve) => {
      const by = factors[curve];
      return by === 1 ? values : values.map((value2) => value2 * by);
    };
    return {
      xs: rows2.map((row2) => row2.x),
      ys: rows2.map((row2) => moved(row2.y, row2.curve)),
      fill_xs: rows2.map((row2) => row2.fog ? [] : row2.fillX),
      fill_ys: rows2.map((row2) => row2.fog ? [] : moved(row2.fillY, row2.curve)),
      fog_xs: rows2.map((row2) => row2.fog ? row2.fillX : []),
      fog_ys: rows2.map((row2) => row2.fog ? moved(row2.fillY, row2.curve) : []),
      band_xs: rows2.map((row2) => row2.bandX),
      band_ys: rows2.map((row2) => moved(row2.bandY, row2.curve))
    };
  }
  function styles(rows2, palette2) {
    return {
      colour: rows2.map((row2) => palette2.colour(row2.curve)),
      dash: rows2.map((row2) => row2.valid ? palette2.dash(row2.curve) : "2 4"),
      width: rows2.map((row2) => palette2.width(row2.curve)),
      alpha: rows2.map((row2) => row2.valid ? 1 : 0.45)
    };
  }

  // src/limits/scaling.ts
  function factor(scalings, values) {
    return scalings.reduce((product, { parameter, reference: reference2, power, form }) => {
      const value2 = values[parameter];
      return value2 === void 0 ? product : product * (lever(value2, form) / lever(reference2, form)) ** power;
    }, 1);
  }
  function lever(value2, form) {
    return form === "odds" ? value2 / (1 - value2) : value2;
  }
  function atPosition(low, high, position) {
    return low * (high / low) ** position;
  }
  function positionOf(low, high, value2) {
    return Math.log(value2 / low) / Math.log(high / low);
  }

  // src/limits/spec.ts
  var NAMES = {
    rows: "rows",
    shown: "shown",
    labels: "labels",
    marked: "marked",
    xAxis: "x axis",
    yAxis: "y axis",
    xGrid: "x grid",
    yGrid: "y grid",
    title: "title",
    notes: "notes",
    areas: "areas",
    fill: "fill",
    labelGlyph: "label glyph",
    markedGlyph: "marked glyph"
  };
  var Writer = class {
    constructor(prefix) {
      this.prefix = prefix;
    }
    prefix;
    count = 0;
    object(name, attributes = {}) {
      return { type: "object", name, id: `${this.prefix}-${this.count++}`, attributes };
    }
    source(name, data) {
      return this.object("ColumnDataSource", { name, data: { type: "map", entries: Object.entries(data) } });
    }
  };
  var field = (name) => ({ type: "field", field: name });
  var value = (content2) => ({ type: "value", value: content2 });
  var reference = (object) => ({ id: object.id });
  function plotDocument(model, rows2, version, prefix, background = "#ffffff") {
    const make = new Writer(prefix);
    const notes = model.notes.map(
      (note, i) => make.object("Title", {
        name: `${NAMES.notes} ${i}`,
        text: plainText(make, `⚠ ${note}`),
        text_font_size: "11px",
        text_font_style: "italic",
        standoff: 3
      })
    );
    const root = make.object("Plot", {
      title: make.object("Title", { name: NAMES.title, text: plainText(make, model.title), text_font_size: "15px" }),
      x_range: make.object("Range1d", { start: model.x.range[0], end: model.x.range[1] }),
      y_range: make.object("Range1d", { start: model.y.range[0], end: model.y.range[1] }),
      x_scale: make.object("LogScale"),
      y_scale: make.object("LogScale"),
      ...axes(make, model),
      above: notes.reverse(),
      renderers: renderers(make, rows2),
      toolbar: toolbar(make, model.title),
      toolbar_location: "above",
      sizing_mode: "stretch_both",
      min_border_right: 14,
      // From the first frame on: a thin edge of what was there before shines through.
      border_fill_color: background,
      lod_threshold: null
    });
    return { doc: { version, title: "", roots: [root] }, root_id: root.id };
  }
  function titled(label, unit2) {
    return unit2 ? `${label} [${unit2}]` : label;
  }
  function plainText(make, text2) {
    return make.object("PlainText", { text: text2 });
  }
  function axes(make, model) {
    const axis2 = (of, name) => make.object("LogAxis", {
      name,
      axis_label: plainText(make, titled(of.label, of.unit)),
      axis_label_text_font_style: "normal",
      axis_label_text_font_size: "14px",
      major_label_text_font_size: "12px",
      ticker: make.object("VreDecades", { name: `${name} ticker` }),
      formatter: make.object("VreExponents", { name: `${name} formatter` })
    });
    const x = axis2(model.x, NAMES.xAxis);
    const y = axis2(model.y, NAMES.yAxis);
    const grid = (dimension, name, along2) => make.object("Grid", { name, dimension, axis: reference(along2) });
    return { below: [x], left: [y], center: [grid(0, NAMES.xGrid, x), grid(1, NAMES.yGrid, y)] };
  }
  function renderers(make, rows2) {
    const source = make.source(NAMES.rows, rows2);
    const filter = make.object("BooleanFilter", { name: NAMES.shown });
    const view = make.object("CDSView", { filter });
    const first = { data_source: source, view };
    const again = { data_source: reference(source), view: reference(view) };
    const areas = make.object("GlyphRenderer", {
      ...first,
      name: NAMES.areas,
      level: "underlay",
      glyph: area(make, NAMES.fill, "fill_xs", "fill_ys", 0.08)
    });
    const fog = make.object("GlyphRenderer", {
      ...again,
      level: "underlay",
      glyph: area(make, "fog", "fog_xs", "fog_ys", 0.3)
    });
    const bands = make.object("GlyphRenderer", { ...again, glyph: area(make, "bands", "band_xs", "band_ys", 0.22) });
    const lines = make.object("GlyphRenderer", { ...again, glyph: curves(make) });
    return [areas, fog, bands, lines, ...marked(make), labels(make)];
  }
  function area(make, name, xs, ys, alpha) {
    return make.object("Patches", {
      name,
      xs: field(xs),
      ys: field(ys),
      fill_color: field("colour"),
      fill_alpha: value(alpha),
      line_color: value(null)
    });
  }
  function curves(make) {
    return make.object("MultiLine", {
      xs: field("xs"),
      ys: field("ys"),
      line_color: field("colour"),
      line_alpha: field("alpha"),
      line_width: field("width"),
      line_dash: field("dash")
    });
  }
  function marked(make) {
    const empty = { x: [], y: [], colour: [] };
    const line2 = make.object("MultiLine", {
      xs: field("xs"),
      ys: field("ys"),
      line_color: field("colour"),
      line_width: value(5),
      line_alpha: value(0.55)
    });
    const ring = make.object("Scatter", {
      name: NAMES.markedGlyph,
      x: field("x"),
      y: field("y"),
      size: value(9),
      fill_color: value("#ffffff"),
      line_color: field("colour"),
      line_width: value(2)
    });
    const path2 = { xs: [], ys: [], colour: [] };
    return [
      make.object("GlyphRenderer", { data_source: make.source(NAMES.marked, path2), view: wholeView(make), glyph: line2 }),
      make.object("GlyphRenderer", {
        data_source: make.source(`${NAMES.marked} point`, empty),
        view: wholeView(make),
        glyph: ring
      })
    ];
  }
  function labels(make) {
    const text2 = make.object("Text", {
      name: NAMES.labelGlyph,
      x: field("x"),
      y: field("y"),
      text: field("text"),
      text_color: field("colour"),
      text_font_size: value("12px"),
      text_baseline: value("bottom"),
      x_offset: value(4),
      y_offset: value(-4),
      background_fill_alpha: value(0.75),
      background_fill_color: value("#ffffff")
    });
    return make.object("GlyphRenderer", {
      data_source: make.source(NAMES.labels, { x: [], y: [], text: [], colour: [] }),
      view: wholeView(make),
      glyph: text2,
      level: "annotation"
    });
  }
  function wholeView(make) {
    return make.object("CDSView", { filter: make.object("AllIndices") });
  }
  function toolbar(make, title) {
    const filename = title.replace(/[^\p{L}\p{N}]+/gu, "_").slice(0, 60) || "limits";
    return make.object("Toolbar", {
      logo: null,
      tools: [
        make.object("PanTool"),
        make.object("BoxZoomTool"),
        // With a key held, so that the page still scrolls over a plot.
        make.object("WheelZoomTool", { modifiers: { type: "map", entries: [["ctrl", true]] } }),
        make.object("ResetTool"),
        make.object("SaveTool", { filename })
      ]
    });
  }

  // src/limits/state.ts
  function initialState(model) {
    return {
      ticked: model.curves.map((line2) => line2.visible),
      without: /* @__PURE__ */ new Set(),
      until: null,
      isolated: null,
      colourBy: model.colour_by,
      shaded: true,
      values: {},
      xUnit: 0,
      yUnit: 0,
      compared: [],
      moved: /* @__PURE__ */ new Map(),
      view: null
    };
  }
  function facet(name, line2) {
    return `${name}: ${line2[name]}`;
  }
  function visible(model, state) {
    if (state.isolated !== null) {
      return model.curves.map((_, i) => i === state.isolated);
    }
    const until = state.until ?? Infinity;
    return model.curves.map(
      (line2, i) => state.ticked[i] && !state.without.has(facet("technique", line2)) && !state.without.has(facet("kind", line2)) && (line2.year ?? -Infinity) <= until
    );
  }
  var Store = class {
    constructor(current) {
      this.current = current;
    }
    current;
    listeners = [];
    get state() {
      return this.current;
    }
    subscribe(listener) {
      this.listeners.push(listener);
    }
    update(change) {
      const before = this.current;
      this.current = { ...before, ...change };
      this.listeners.forEach((listener) => listener(this.current, before));
    }
  };

  // src/limits/wrap.ts
  function wrapped(text2, letters) {
    const lines = [];
    for (const word2 of text2.split(" ")) {
      const line2 = lines.length ? `${lines[lines.length - 1]} ${word2}` : word2;
      if (lines.length && line2.length <= letters) {
        lines[lines.length - 1] = line2;
      } else {
        lines.push(word2);
      }
    }
    return lines;
  }

  // src/limits/chart.ts
  var DEEPEST = 0.25;
  var MOST_SHADED = 30;
  var NOTE_LETTER = 6.8;
  var Chart = class _Chart {
    constructor(model, bokeh, theme, state) {
      this.model = model;
      this.bokeh = bokeh;
      this.theme = theme;
      this.colours = palette(model, state.colourBy, theme.dark);
      this.paths = model.curves.map(path);
      this.rows = rows(model);
      this.factors = model.curves.map(() => 1);
      this.shown = model.curves.map(() => true);
    }
    model;
    bokeh;
    theme;
    paths;
    rows;
    factors;
    shown;
    /** False once it was taken away: what was still to come is then left undone. */
    live = true;
    view;
    colours;
    models = /* @__PURE__ */ new Map();
    observers = [];
    /** width for which the notes were broken into lines */
    noted = 0;
    static async draw(host, model, bokeh, state, theme) {
      const chart = new _Chart(model, bokeh, theme, state);
      await chart.embed(host, state);
      return chart;
    }
    async embed(host, state) {
      registerAxisModels(this.bokeh);
      const columns = { ...geometry(this.rows, this.factors), ...styles(this.rows, this.colours) };
      const prefix = `vre-${Math.random().toString(36).slice(2)}`;
      const item = plotDocument(this.model, columns, this.bokeh.version, prefix, this.theme.background);
      await this.bokeh.embed.embed_item(item, host);
      this.view = this.bokeh.index.get_by_id(item.root_id);
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
    apply(state, before) {
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
    renew(state) {
      const { curves: curves2 } = this.model;
      this.paths = curves2.map(path);
      this.rows = rows(this.model);
      this.factors = curves2.map((line2) => factor(line2.scalings, state.values));
      this.source(NAMES.rows).data = { ...geometry(this.rows, this.factors), ...styles(this.rows, this.colours) };
      this.show(state);
    }
    setTheme(theme, state) {
      this.theme = theme;
      const { text: text2, line: line2, grid, background } = theme;
      this.view.model.setv({
        background_fill_color: background,
        border_fill_color: background,
        outline_line_color: line2
      });
      for (const name of [NAMES.xAxis, NAMES.yAxis]) {
        this.named(name).setv({
          axis_label_text_color: text2,
          major_label_text_color: text2,
          axis_line_color: line2,
          major_tick_line_color: line2,
          minor_tick_line_color: line2
        });
      }
      [NAMES.xGrid, NAMES.yGrid].forEach((name) => this.named(name).setv({ grid_line_color: grid }));
      this.named(NAMES.title).setv({ text_color: text2 });
      this.model.notes.forEach((_, i) => this.named(`${NAMES.notes} ${i}`).setv({ text_color: theme.warning }));
      this.named(NAMES.labelGlyph).setv({ background_fill_color: { value: background } });
      this.named(NAMES.markedGlyph).setv({ fill_color: { value: background } });
      this.restyle(state);
    }
    /** Draw one curve thick, with a ring where it is read; null for none. */
    mark(curve, at) {
      const own = curve === null ? [] : this.rows.filter((row2) => row2.curve === curve);
      const data = geometry(own, this.factors);
      const colour2 = own.map((row2) => this.colour(row2.curve));
      this.source(NAMES.marked).data = { xs: data.xs, ys: data.ys, colour: colour2 };
      const points = at && curve !== null ? [at] : [];
      this.source(`${NAMES.marked} point`).data = {
        x: points.map((point) => point.x),
        y: points.map((point) => point.y),
        colour: points.map(() => this.colour(curve))
      };
    }
    setLabels(labels2) {
      this.source(NAMES.labels).data = {
        x: labels2.map((label) => label.at.x),
        y: labels2.map((label) => label.at.y),
        text: labels2.map((label) => label.text),
        colour: labels2.map((label) => this.colour(label.curve))
      };
    }
    /** The curve's line as a CSS background. */
    pattern(curve) {
      return dashed(this.colours.colour(curve), this.colours.dash(curve));
    }
    colour(curve) {
      return this.colours.colour(curve);
    }
    /** Pixels of the plot's element from log10 of the data. */
    scale() {
      const { left, top, width, height } = this.view.frame.bbox;
      const { x_range, y_range } = this.view.model;
      const x = along(x_range.start, x_range.end, left, width);
      const y = along(y_range.start, y_range.end, top + height, -height);
      return { x, y };
    }
    get frame() {
      const { left, top, width, height } = this.view.frame.bbox;
      return { left, top, right: left + width, bottom: top + height };
    }
    /** null where it is what the model asks for */
    get inSight() {
      const { x_range, y_range } = this.view.model;
      const { x, y } = this.model;
      const same = ({ start, end }, [low, high]) => start === low && end === high;
      return same(x_range, x.range) && same(y_range, y.range) ? null : { x: [x_range.start, x_range.end], y: [y_range.start, y_range.end] };
    }
    /** Call when the view or its size changed. */
    onView(listener) {
      this.view.model.x_range.change.connect(listener);
      this.view.model.y_range.change.connect(listener);
      const resized = new ResizeObserver(() => requestAnimationFrame(listener));
      resized.observe(this.view.el);
      this.observers.push(resized);
    }
    picture(type) {
      return this.view.export(type).to_blob();
    }
    get element() {
      return this.view.el;
    }
    dispose() {
      this.live = false;
      this.observers.forEach((observer) => observer.disconnect());
      this.view.model.document.clear();
    }
    show(state) {
      this.shown = visible(this.model, state);
      const flags = this.rows.map((row2) => this.shown[row2.curve]);
      const areas = this.rows.filter((row2, i) => flags[i] && !row2.fog && row2.fillX.length).length;
      const shaded = state.shaded && areas > 0 && areas <= MOST_SHADED;
      if (shaded) {
        const alpha = 1 - (1 - DEEPEST) ** (1 / Math.max(areas, 2));
        this.named(NAMES.fill).setv({ fill_alpha: { value: alpha } });
      }
      this.named(NAMES.areas).setv({ visible: shaded });
      this.named(NAMES.shown).setv({ booleans: flags });
    }
    shift(state) {
      this.factors = this.model.curves.map((line2) => factor(line2.scalings, state.values));
      const source = this.source(NAMES.rows);
      source.data = { ...source.data, ...geometry(this.rows, this.factors) };
    }
    restyle(state) {
      const source = this.source(NAMES.rows);
      this.colours = palette(this.model, state.colourBy, this.theme.dark);
      source.data = { ...source.data, ...styles(this.rows, this.colours) };
    }
    /** Bokeh cuts a title at the frame's edge: a warning that does not fit takes several lines. */
    fitNotes() {
      const width = this.view.model.inner_width;
      if (!this.live || !width || width === this.noted) {
        return;
      }
      this.noted = width;
      const Text = this.bokeh.Models.get("PlainText");
      this.model.notes.forEach((note, i) => {
        const text2 = wrapped(`⚠ ${note}`, width / NOTE_LETTER).join("\n");
        this.named(`${NAMES.notes} ${i}`).setv({ text: new Text({ text: text2 }) });
      });
    }
    setUnits(state) {
      this.setUnit(NAMES.xAxis, this.model.x, state.xUnit);
      this.setUnit(NAMES.yAxis, this.model.y, state.yUnit);
    }
    setUnit(name, axis2, position) {
      const unit2 = axis2.units[position];
      this.named(`${name} ticker`).setv({ factor: unit2.factor });
      this.named(`${name} formatter`).setv({ factor: unit2.factor });
      const Text = this.bokeh.Models.get("PlainText");
      this.named(name).setv({ axis_label: new Text({ text: titled(axis2.label, unit2.name) }) });
    }
    named(name) {
      const found = this.models.get(name) ?? this.view.model.document.get_model_by_name(name);
      this.models.set(name, found);
      return found;
    }
    source(name) {
      return this.named(name);
    }
  };
  function along(start, end, pixel2, length) {
    const slope = length / Math.log10(end / start);
    return { origin: pixel2 - slope * Math.log10(start), slope };
  }

  // src/limits/differences.ts
  var UNKNOWN = "unknown";
  function differences(first, second) {
    const names = [.../* @__PURE__ */ new Set([...Object.keys(first.assumptions), ...Object.keys(second.assumptions)])];
    const found = { rows: [], unknown: [], same: [] };
    for (const name of names) {
      const a = first.assumptions[name] ?? UNKNOWN;
      const b = second.assumptions[name] ?? UNKNOWN;
      if (a !== b) {
        found.rows.push([name, a, b]);
      } else {
        (a === UNKNOWN ? found.unknown : found.same).push(name);
      }
    }
    return found;
  }
  function ratio(first, second) {
    if (first.geometry !== "line" || second.geometry !== "line") {
      return null;
    }
    const low = Math.max(Math.min(...first.x), Math.min(...second.x));
    const high = Math.min(Math.max(...first.x), Math.max(...second.x));
    const x = Math.sqrt(low * high);
    const [a, b] = low < high ? [valueAt(first, x), valueAt(second, x)] : [null, null];
    return a === null || b === null ? null : { x, ratio: b / a };
  }

  // src/limits/dom.ts
  function el(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value2] of Object.entries(attributes)) {
      if (typeof value2 === "function") {
        element.addEventListener(name, value2);
      } else if (value2 !== false) {
        element.setAttribute(name, value2 === true ? "" : String(value2));
      }
    }
    element.append(...children);
    return element;
  }
  function labelled(text2, input) {
    return el("label", {}, input, " ", text2);
  }

  // src/limits/compare.ts
  function comparison(model, store) {
    const place2 = el("section", { class: "vre-compare", "aria-label": "Compared curves", "aria-live": "polite" });
    const refresh = () => place2.replaceChildren(...content(model, store));
    store.subscribe((state, before) => {
      if (state.compared !== before.compared || state.xUnit !== before.xUnit) {
        refresh();
      }
    });
    refresh();
    return place2;
  }
  function content(model, store) {
    const { compared } = store.state;
    if (compared.length < 2) {
      const hint = compared.length ? 'Tick a second curve under "compare".' : "";
      return hint ? [el("p", {}, hint)] : [];
    }
    const [first, second] = compared.map((i) => model.curves[i]);
    const { rows: rows2, unknown, same } = differences(first, second);
    const total = rows2.length + unknown.length + same.length;
    const head = ["assumption", first.label, second.label].map((text2) => el("th", { scope: "col" }, text2));
    const body = rows2.map(
      ([name, a, b]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, a), el("td", {}, b))
    );
    const caption = el("caption", {}, `They differ in ${rows2.length} of ${total} assumptions`);
    return [
      el("table", {}, caption, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body)),
      el("p", {}, distance(model, store)),
      ...unknown.length ? [el("p", {}, `Stated by neither, so they may differ here too: ${unknown.join(", ")}.`)] : []
    ];
  }
  function distance(model, store) {
    const [first, second] = store.state.compared.map((i) => model.curves[i]);
    const found = ratio(first, second);
    if (!found) {
      return "They have no common range in which to compare their values.";
    }
    const unit2 = model.x.units[store.state.xUnit];
    const at = `${written(found.x * unit2.factor)} ${unit2.name}`;
    return `As published, at ${at} ${second.label} is ${written(found.ratio)} times ${first.label}.`;
  }

  // src/limits/save.ts
  function saveButtons(chart) {
    return ["png", "svg"].map(
      (type) => el("button", { type: "button", click: () => void save(chart, type) }, `Save ${type.toUpperCase()}`)
    );
  }
  async function save(chart, type) {
    const url = URL.createObjectURL(await chart.picture(type));
    const name = chart.model.title.replace(/[^\p{L}\p{N}]+/gu, "_").slice(0, 60) || "limits";
    el("a", { href: url, download: `${name}.${type}` }).click();
    URL.revokeObjectURL(url);
  }

  // src/limits/units.ts
  function unitChoices(model, store) {
    return [
      choice("x unit", model.x, store.state.xUnit, (position) => store.update({ xUnit: position })),
      choice("y unit", model.y, store.state.yUnit, (position) => store.update({ yUnit: position }))
    ].filter((element) => element !== null);
  }
  function choice(name, axis2, chosen, choose) {
    if (axis2.units.length < 2) {
      return null;
    }
    const options = axis2.units.map((unit2, i) => el("option", { value: i, selected: i === chosen }, unit2.name));
    const select = el("select", { change: () => choose(select.selectedIndex) }, ...options);
    return el("label", {}, `${name} `, select);
  }

  // src/limits/controls.ts
  var COLOURINGS = ["experiment", "technique", "none"];
  function controls(chart, store) {
    const { model } = chart;
    const colouring = el(
      "select",
      { change: () => store.update({ colourBy: COLOURINGS[colouring.selectedIndex] }) },
      ...COLOURINGS.map((name) => el("option", { selected: name === store.state.colourBy }, name))
    );
    const shading = el("input", {
      type: "checkbox",
      checked: store.state.shaded,
      change: () => store.update({ shaded: shading.checked })
    });
    return el(
      "div",
      { class: "vre-controls" },
      el("label", {}, "colour by ", colouring),
      ...unitChoices(model, store),
      ...model.curves.some((line2) => line2.fill !== "none") ? [labelled(`shade what is excluded (up to ${MOST_SHADED} areas)`, shading)] : [],
      ...saveButtons(chart)
    );
  }

  // src/limits/hover.ts
  var REACH_PX = 10;
  var SHOWN = ["experiment", "year", "kind", "CL", "assumptions", "provenance", "reference", "figure or table"];
  var Hover = class {
    constructor(chart, store) {
      this.chart = chart;
      this.store = store;
      chart.element.addEventListener("pointermove", (event) => this.point(event));
      chart.element.addEventListener("pointerleave", () => this.leave());
    }
    chart;
    store;
    box = el("div", { class: "vre-tip", role: "presentation", hidden: true });
    live = el("div", { class: "vre-hidden", "aria-live": "polite" });
    last = null;
    /** The curve at a place in data coordinates. */
    show(curve, at) {
      const line2 = this.chart.model.curves[curve];
      this.chart.mark(curve, at);
      this.box.replaceChildren(...this.content(line2, at));
      this.box.hidden = false;
      this.move(at);
      this.say(`${line2.label}: ${this.reading(at)}`);
      this.last = curve;
    }
    /** To a screen reader. */
    say(text2) {
      this.live.textContent = text2;
    }
    leave() {
      if (this.last !== null) {
        this.chart.mark(null, null);
        this.box.hidden = true;
        this.last = null;
      }
    }
    hit(event) {
      const { chart } = this;
      const origin = chart.element.getBoundingClientRect();
      const pixel2 = { x: event.clientX - origin.left, y: event.clientY - origin.top };
      const { left, right, top, bottom } = chart.frame;
      const outside2 = pixel2.x < left || pixel2.x > right || pixel2.y < top || pixel2.y > bottom;
      return outside2 ? null : nearest(chart.paths, chart.factors, chart.shown, pixel2, chart.scale(), REACH_PX);
    }
    point(event) {
      const hit = event.buttons ? null : this.hit(event);
      if (hit) {
        this.show(hit.curve, hit);
      } else {
        this.leave();
      }
    }
    /** "m = 40 GeV, σ = 2.18 × 10⁻⁴⁸ cm²" in the units that are shown. */
    reading(at) {
      const { x, y } = this.chart.model;
      const [xUnit, yUnit] = [x.units[this.store.state.xUnit], y.units[this.store.state.yUnit]];
      return `${written(at.x * xUnit.factor, 4)} ${xUnit.name}, ${written(at.y * yUnit.factor, 4)} ${yUnit.name}`;
    }
    content(line2, at) {
      const facts = SHOWN.filter((name) => line2.text[name]).map((name) => [name, line2.text[name]]);
      const warnings = [...outside(line2, at), ...superseded(line2)];
      return [
        el("strong", {}, line2.label),
        el("div", { class: "vre-reading" }, this.reading(at)),
        ...warnings.map((text2) => el("div", { class: "vre-warning" }, text2)),
        el("dl", {}, ...facts.flatMap(([name, text2]) => [el("dt", {}, name), el("dd", {}, text2)]))
      ];
    }
    /** Beside the ring, on the side where there is room. */
    move(at) {
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
  };
  function outside({ valid }, { x }) {
    return valid && (x < valid.low || x > valid.high) ? [`outside its validity: ${valid.reason}`] : [];
  }
  function superseded(line2) {
    return line2.superseded_by ? [`superseded by ${line2.superseded_by}`] : [];
  }

  // src/limits/handles.ts
  var STEP_PX = 8;
  var FAR_PX = 40;
  var KEYS = "Arrow keys move the name, with Shift farther. Home puts it back. Page Down and Page Up go to other names.";
  var WAYS = {
    ArrowLeft: { by: { x: -1, y: 0 }, word: "left" },
    ArrowRight: { by: { x: 1, y: 0 }, word: "right" },
    ArrowUp: { by: { x: 0, y: -1 }, word: "up" },
    ArrowDown: { by: { x: 0, y: 1 }, word: "down" }
  };
  var Handles = class {
    constructor(actions) {
      this.actions = actions;
    }
    actions;
    element = el("div", { class: "vre-handles", role: "group", "aria-label": "Names on the curves" });
    buttons = /* @__PURE__ */ new Map();
    /** the curve whose name the Tab key stops at */
    stop = null;
    /** One button for each name that is on the plot, in the order of the curves. */
    show(handles) {
      const shown = new Map(handles.map((handle) => [handle.curve, handle]));
      this.buttons.forEach((button, curve) => {
        if (!shown.has(curve)) {
          button.remove();
          this.buttons.delete(curve);
        }
      });
      for (const handle of handles) {
        const { style } = this.buttons.get(handle.curve) ?? this.added(handle);
        style.transform = `translate(${handle.box.left}px, ${handle.box.top}px)`;
      }
      this.stopAt(this.stop !== null && shown.has(this.stop) ? this.stop : this.curves()[0] ?? null);
    }
    added({ curve, text: text2, box }) {
      const button = el("button", {
        type: "button",
        tabindex: -1,
        "aria-label": `Name of ${text2}`,
        "aria-description": KEYS,
        focus: () => this.actions.focus(curve),
        blur: () => this.actions.focus(null),
        keydown: (event) => this.key(curve, text2, event)
      });
      button.style.width = `${box.right - box.left}px`;
      button.style.height = `${box.bottom - box.top}px`;
      const after = this.curves().find((other) => other > curve);
      this.element.insertBefore(button, after !== void 0 && this.buttons.get(after) || null);
      this.buttons.set(curve, button);
      return button;
    }
    key(curve, text2, event) {
      const way = WAYS[event.key];
      const other = { PageDown: 1, PageUp: -1 }[event.key];
      if (way) {
        const length = event.shiftKey ? FAR_PX : STEP_PX;
        this.actions.move(curve, { x: way.by.x * length, y: way.by.y * length });
        this.actions.say(`Name of ${text2} moved ${way.word}`);
      } else if (event.key === "Home") {
        this.actions.back(curve);
        this.actions.say(`Name of ${text2} put back`);
      } else if (other) {
        this.go(curve, other);
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    }
    go(from, step) {
      const curves2 = this.curves();
      const next = curves2[(curves2.indexOf(from) + step + curves2.length) % curves2.length];
      this.stopAt(next);
      this.buttons.get(next)?.focus();
    }
    stopAt(curve) {
      const stop = (at, tabindex) => this.buttons.get(at ?? -1)?.setAttribute("tabindex", tabindex);
      stop(this.stop, "-1");
      stop(curve, "0");
      this.stop = curve;
    }
    curves() {
      return [...this.buttons.keys()].sort((a, b) => a - b);
    }
  };

  // src/limits/place.ts
  var HEIGHT = 16;
  var GAP = 4;
  function place(wishes, frame2) {
    const taken = [];
    return wishes.map(({ at, width, fixed }) => {
      const choice2 = at.findIndex((point) => {
        const box = boxOf(point, width);
        return within(box, frame2) && (fixed || !taken.some((other) => overlap(box, other)));
      });
      if (choice2 < 0) {
        return null;
      }
      taken.push(boxOf(at[choice2], width));
      return choice2;
    });
  }
  function boxOf({ x, y }, width) {
    return { left: x + GAP, top: y - GAP - HEIGHT, right: x + GAP + width, bottom: y - GAP };
  }
  function kept({ x, y }, width, frame2) {
    return {
      x: Math.max(Math.min(x, frame2.right - GAP - width), frame2.left - GAP),
      y: Math.max(Math.min(y, frame2.bottom + GAP), frame2.top + GAP + HEIGHT)
    };
  }
  function overlap(a, b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  }
  function within(box, frame2) {
    return box.left >= frame2.left && box.right <= frame2.right && box.top >= frame2.top && box.bottom <= frame2.bottom;
  }

  // src/limits/labels.ts
  var FRACTIONS = [0.5, 0.35, 0.65, 0.2, 0.8, 0.08, 0.92];
  var Labels = class {
    constructor(chart, store, say) {
      this.chart = chart;
      this.store = store;
      this.handles = new Handles({
        focus: (curve) => chart.mark(curve, null),
        move: (curve, by) => this.move(curve, by),
        back: (curve) => this.putBack(curve),
        say
      });
      chart.onView(() => this.refresh());
      store.subscribe(() => this.refresh());
      chart.element.addEventListener("pointerdown", (event) => this.grab(event), { capture: true });
      chart.element.addEventListener("pointermove", (event) => this.hint(event));
    }
    chart;
    store;
    placed = [];
    pen = document.createElement("canvas").getContext("2d");
    widths = [];
    waiting = false;
    handles;
    /** What can be focused, over the plot. */
    get element() {
      return this.handles.element;
    }
    /** Place again before the next frame. */
    refresh() {
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
    update() {
      const { model, frame: frame2 } = this.chart;
      const order = model.curves.map((_, i) => i).filter((i) => this.chart.shown[i]);
      order.sort((a, b) => this.rank(a) - this.rank(b));
      const scale = this.chart.scale();
      const candidates = order.map((curve) => this.candidates(curve, scale));
      const wishes = candidates.map((at, i) => ({
        at: at.map((p) => pixel(p, scale)),
        width: this.width(order[i]),
        fixed: this.moved.has(order[i])
      }));
      this.placed = place(wishes, frame2).flatMap(
        (choice2, i) => choice2 === null ? [] : [{ curve: order[i], at: candidates[i][choice2], text: model.curves[order[i]].label }]
      );
      this.chart.setLabels(this.placed);
      this.handles.show(this.placed.map(({ curve, text: text2, at }) => ({ curve, text: text2, box: this.box(curve, at, scale) })));
    }
    get moved() {
      return this.store.state.moved;
    }
    /** Moved by hand first, then the reader's own curves. */
    rank(curve) {
      return this.moved.has(curve) ? -2 : this.chart.model.curves[curve].own ? -1 : 0;
    }
    candidates(curve, scale) {
      const moved = this.moved.get(curve);
      if (moved) {
        return [moved];
      }
      const line2 = this.chart.model.curves[curve];
      const by = this.chart.factors[curve];
      const inside = this.inside(curve, scale);
      const vertices = inside.length ? FRACTIONS.map((f) => inside[Math.round(f * (inside.length - 1))]) : [];
      const chosen = vertices.map((i) => ({ x: line2.x[i], y: line2.y[i] * by }));
      return line2.label_at ? [{ x: line2.label_at[0], y: line2.label_at[1] * by }, ...chosen] : chosen;
    }
    /** Positions of the vertices of a curve that are in view. */
    inside(curve, { x, y }) {
      const { left, right, top, bottom } = this.chart.frame;
      const { lx, ly } = this.chart.paths[curve];
      const shift = Math.log10(this.chart.factors[curve]);
      const found = [];
      lx.forEach((value2, i) => {
        const px = x.origin + x.slope * value2;
        const py = y.origin + y.slope * (ly[i] + shift);
        if (px >= left && px <= right && py >= top && py <= bottom) {
          found.push(i);
        }
      });
      return found;
    }
    width(curve) {
      const text2 = this.chart.model.curves[curve].label;
      const known = this.widths[curve];
      if (known !== void 0 || !this.pen) {
        return known ?? text2.length * 7;
      }
      this.pen.font = "12px sans-serif";
      return this.widths[curve] = this.pen.measureText(text2).width;
    }
    box(curve, at, scale) {
      return boxOf(pixel(at, scale), this.width(curve));
    }
    under(event) {
      const origin = this.chart.element.getBoundingClientRect();
      const [x, y] = [event.clientX - origin.left, event.clientY - origin.top];
      const scale = this.chart.scale();
      return this.placed.find((label) => {
        const box = this.box(label.curve, label.at, scale);
        return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
      });
    }
    hint(event) {
      this.chart.element.classList.toggle("vre-on-label", this.under(event) !== void 0);
    }
    /** Taken before Bokeh sees it, else the plot would pan with the label. */
    grab(event) {
      const label = this.under(event);
      if (!label || event.button !== 0) {
        return;
      }
      event.stopImmediatePropagation();
      event.preventDefault();
      const start = pixel(label.at, this.chart.scale());
      const move = (now) => this.put(label.curve, { x: start.x + now.clientX - event.clientX, y: start.y + now.clientY - event.clientY });
      const done = () => {
        window.removeEventListener("pointermove", move);
        ["pointerup", "pointercancel"].forEach((end) => window.removeEventListener(end, done));
      };
      window.addEventListener("pointermove", move);
      ["pointerup", "pointercancel"].forEach((end) => window.addEventListener(end, done));
    }
    /** By pixels from where it stands. */
    move(curve, by) {
      const at = this.moved.get(curve) ?? this.placed.find((each) => each.curve === curve)?.at;
      if (at) {
        const from = pixel(at, this.chart.scale());
        this.put(curve, { x: from.x + by.x, y: from.y + by.y });
      }
    }
    /** Anchor a name at a pixel, kept in terms of the data so that it follows the view. */
    put(curve, wanted) {
      const { x, y } = this.chart.scale();
      const at = kept(wanted, this.width(curve), this.chart.frame);
      const point = { x: 10 ** ((at.x - x.origin) / x.slope), y: 10 ** ((at.y - y.origin) / y.slope) };
      this.store.update({ moved: new Map(this.moved).set(curve, point) });
    }
    putBack(curve) {
      const moved = new Map(this.moved);
      moved.delete(curve);
      this.store.update({ moved });
    }
  };
  function pixel(point, { x, y }) {
    return { x: x.origin + x.slope * Math.log10(point.x), y: y.origin + y.slope * Math.log10(point.y) };
  }

  // src/limits/parse.ts
  var ModelError = class extends Error {
  };
  var MOST = {
    curves: 2e3,
    points: 3e5,
    vertices: 5e4,
    names: 100,
    entries: 1e3,
    choices: 50,
    letters: 1e5
  };
  function parseModel(value2) {
    const model = fields(value2, "model");
    if (model.version !== 2) {
      const said = typeof model.version === "number" ? `is ${model.version}` : "is not stated";
      refuse("version", `${said}, this vre-dm draws version 2`);
    }
    all(model, "", {
      title: text,
      theme: oneOf("auto", "light", "dark"),
      colour_by: oneOf("experiment", "technique", "none"),
      x: axis,
      y: axis,
      curves: list(line, 1, MOST.curves),
      sliders: list(slider),
      years: optional(pair),
      notes: list(text),
      palette: list(colour, 1),
      palette_dark: list(colour, model.palette?.length),
      dashes: list(list(positive), 1)
    });
    bounded(value2);
    return value2;
  }
  function bounded({ curves: curves2 }) {
    const points = curves2.reduce((sum, { x, band: band2 }) => sum + x.length + (band2?.x.length ?? 0), 0);
    if (points > MOST.points) {
      refuse("curves", `have ${points} points, the most is ${MOST.points}`);
    }
    if (new Set(curves2.flatMap(({ text: text2 }) => Object.keys(text2))).size > MOST.names) {
      refuse("curves", `name more than ${MOST.names} facts`);
    }
    const pieces2 = curves2.reduce(
      (sum, { x, valid }) => sum + (valid ? crossings(x, valid.low) + crossings(x, valid.high) : 0),
      0
    );
    if (pieces2 > MOST.curves) {
      refuse("curves", "enter and leave their validity too often");
    }
  }
  function crossings(x, border) {
    return x.filter((here, i) => i > 0 && here < border !== x[i - 1] < border).length;
  }
  function axis(value2, place2) {
    all(value2, place2, { label: text, unit: text, range: pair, units: list(unit, 1) });
    if (value2.range[0] >= value2.range[1]) {
      refuse(place2, "range must rise");
    }
  }
  function unit(value2, place2) {
    all(value2, place2, { name: text, factor: positive });
  }
  function line(value2, place2) {
    all(value2, place2, {
      id: text,
      label: text,
      experiment: text,
      technique: text,
      kind: text,
      geometry: text,
      year: optional(positive),
      cl: optional(positive),
      own: flag,
      visible: flag,
      x: list(positive, 1, MOST.vertices),
      y: list(positive, 1, MOST.vertices),
      style: whole,
      style_technique: whole,
      fill: oneOf("above", "below", "inside", "none"),
      label_at: optional(pair),
      band: optional(band),
      valid: optional((item, at) => all(item, at, { low: positive, high: positive, reason: text })),
      superseded_by: text,
      scalings: list(scaling),
      assumptions: texts,
      text: texts
    });
    sameLength(value2, ["x", "y"], place2);
  }
  function band(value2, place2) {
    all(value2, place2, {
      name: text,
      x: list(positive, 0, MOST.vertices),
      low: list(positive, 0, MOST.vertices),
      high: list(positive, 0, MOST.vertices)
    });
    sameLength(value2, ["x", "low", "high"], place2);
  }
  function scaling(value2, place2) {
    all(value2, place2, { parameter: word, reference: positive, power: number, form: oneOf("power", "odds") });
  }
  function slider(value2, place2) {
    all(value2, place2, {
      parameter: word,
      symbol: text,
      unit: text,
      value: positive,
      low: positive,
      high: positive
    });
  }
  function sameLength(value2, names, place2) {
    const lengths = new Set(names.map((name) => value2[name].length));
    if (lengths.size > 1) {
      refuse(place2, `${names.join(", ")} differ in length`);
    }
  }
  function all(value2, place2, checks) {
    const found = fields(value2, place2);
    for (const [name, check] of Object.entries(checks)) {
      check(found[name], place2 ? `${place2}.${name}` : name);
    }
  }
  function fields(value2, place2) {
    if (typeof value2 !== "object" || value2 === null || Array.isArray(value2)) {
      refuse(place2, "must be an object");
    }
    return value2;
  }
  function list(check, least = 0, most = MOST.choices) {
    return (value2, place2) => {
      if (!Array.isArray(value2) || value2.length < least) {
        refuse(place2, `must be a list of at least ${least}`);
      }
      if (value2.length > most) {
        refuse(place2, `has ${value2.length} items, the most is ${most}`);
      }
      value2.forEach((item, index) => check(item, `${place2}[${index}]`));
    };
  }
  function optional(check) {
    return (value2, place2) => value2 === null ? void 0 : check(value2, place2);
  }
  function oneOf(...allowed) {
    return (value2, place2) => {
      if (!allowed.includes(value2)) {
        refuse(place2, `must be one of ${allowed.join(", ")}`);
      }
    };
  }
  var pair = (value2, place2) => {
    list(positive, 2)(value2, place2);
    if (value2.length !== 2) {
      refuse(place2, "must be two numbers");
    }
  };
  var text = (value2, place2) => {
    if (typeof value2 !== "string") {
      refuse(place2, "must be text");
    }
    if (value2.length > MOST.letters) {
      refuse(place2, `is longer than ${MOST.letters} letters`);
    }
  };
  var word = (value2, place2) => {
    text(value2, place2);
    if (value2 in {}) {
      refuse(place2, "must be a parameter");
    }
  };
  var texts = (value2, place2) => {
    const entries = Object.entries(fields(value2, place2));
    if (entries.length > MOST.entries) {
      refuse(place2, `has ${entries.length} entries, the most is ${MOST.entries}`);
    }
    entries.forEach(([name, item]) => text(item, `${place2}.${name}`));
  };
  var flag = (value2, place2) => {
    if (typeof value2 !== "boolean") {
      refuse(place2, "must be true or false");
    }
  };
  var number = (value2, place2) => {
    if (!Number.isFinite(value2)) {
      refuse(place2, "must be a number");
    }
  };
  var whole = (value2, place2) => {
    if (!Number.isInteger(value2)) {
      refuse(place2, "must be a whole number");
    }
  };
  var positive = (value2, place2) => {
    if (!Number.isFinite(value2) || value2 <= 0) {
      refuse(place2, "must be a positive number");
    }
  };
  var colour = (value2, place2) => {
    if (typeof value2 !== "string" || !/^#[0-9a-f]{6}$/i.test(value2)) {
      refuse(place2, "must be a colour like #0072b2");
    }
  };
  function refuse(place2, why) {
    throw new ModelError(`this overlay cannot be drawn: ${place2.slice(0, 80)} ${why}; save it again with this vre-dm`);
  }

  // src/limits/record.ts
  function record(model) {
    const names = [...new Set(model.curves.flatMap((line2) => Object.keys(line2.text)))];
    const head = ["curve", ...names].map((name) => el("th", { scope: "col" }, name));
    const body = model.curves.map(
      (line2) => el("tr", {}, el("th", { scope: "row" }, line2.label), ...names.map((name) => el("td", {}, line2.text[name] ?? "")))
    );
    const table = el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body));
    return el(
      "details",
      { class: "vre-record" },
      el("summary", {}, `All ${model.curves.length} curves as a table`),
      el("div", { class: "vre-scroll", tabindex: 0, role: "region", "aria-label": "Table of the curves" }, table)
    );
  }

  // src/limits/renewal.ts
  var NUMBERS = { x: 0, y: 0, band: 0, valid: 0, label_at: 0, scalings: 0, assumptions: 0 };
  function renewed(model, other) {
    if (outline(model) !== outline(other)) {
      return false;
    }
    model.curves.forEach((line2, i) => Object.assign(line2, other.curves[i]));
    return true;
  }
  function outline(model) {
    return JSON.stringify({ ...model, curves: model.curves.map(outlineOf) });
  }
  function outlineOf(line2) {
    return { ...line2, ...NUMBERS, text: Object.keys(line2.text) };
  }

  // src/limits/sliders.ts
  var STEPS = 1e3;
  function sliders(model, store) {
    if (!model.sliders.length) {
      return null;
    }
    const reset = el("button", { type: "button", click: () => store.update({ values: {} }) }, "As published");
    const rows2 = model.sliders.map((slider2) => row(slider2, store, references(model, slider2.parameter) > 1));
    return el("fieldset", { class: "vre-sliders" }, el("legend", {}, "What if"), ...rows2, reset);
  }
  function references(model, parameter) {
    const scalings = model.curves.flatMap((line2) => line2.scalings).filter((each) => each.parameter === parameter);
    return new Set(scalings.map((each) => each.reference)).size;
  }
  function row(slider2, store, several) {
    const input = el("input", {
      type: "range",
      min: 0,
      max: STEPS,
      step: 1,
      input: () => store.update({ values: { ...store.state.values, [slider2.parameter]: value2() } })
    });
    const shown = el("output", {});
    const value2 = () => atPosition(slider2.low, slider2.high, Number(input.value) / STEPS);
    const refresh = ({ values }) => {
      const moved = values[slider2.parameter];
      input.value = String(Math.round(positionOf(slider2.low, slider2.high, moved ?? slider2.value) * STEPS));
      const text2 = `${written(moved ?? slider2.value)} ${slider2.unit === "1" ? "" : slider2.unit}`.trim();
      shown.textContent = moved !== void 0 ? text2 : several ? "as published" : `${text2} (as published)`;
      input.setAttribute("aria-valuetext", `${slider2.symbol} ${shown.textContent}`);
    };
    refresh(store.state);
    store.subscribe(refresh);
    return el("label", {}, el("span", {}, slider2.symbol), input, shown);
  }
  function yearSlider(model, store) {
    const years = model.years;
    if (!years || years[0] === years[1]) {
      return null;
    }
    const [first, last] = years;
    const input = el("input", {
      type: "range",
      min: first,
      max: last,
      step: 1,
      input: () => store.update({ until: Number(input.value) < last ? Number(input.value) : null })
    });
    const shown = el("output", {});
    const refresh = ({ until }) => {
      input.value = String(until ?? last);
      shown.textContent = until === null ? "all years" : `known in ${until}`;
      input.setAttribute("aria-valuetext", shown.textContent);
    };
    refresh(store.state);
    store.subscribe(refresh);
    return el("label", { class: "vre-year" }, el("span", {}, "Year"), input, shown);
  }

  // src/limits/style.ts
  var STYLE = `
.vre-limits { color: var(--vre-text); background: var(--vre-background); font: 13px/1.4 system-ui, sans-serif;
  container-type: inline-size; }
.vre-limits * { box-sizing: border-box; }
.vre-body { display: grid; grid-template-columns: minmax(0, 1fr) 340px; gap: 10px; }
@container (max-width: 760px) { .vre-body { grid-template-columns: minmax(0, 1fr); } }
.vre-plot { position: relative; height: var(--vre-height, 560px); min-width: 0; direction: ltr; }
.vre-canvas { position: absolute; inset: 0; }
.vre-canvas .vre-on-label { cursor: grab; }
.vre-handles { position: absolute; inset: 0; pointer-events: none; overflow: hidden; }
.vre-limits .vre-handles button { min-height: 0; position: absolute; top: 0; left: 0; padding: 0; border: 0; background: none; }
.vre-controls, .vre-buttons { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; padding: 4px 2px; }
.vre-limits button, .vre-limits select, .vre-limits input[type=search] { font: inherit; color: inherit;
  background: var(--vre-background); border: 1px solid var(--vre-line); border-radius: 4px; padding: 2px 8px; }
.vre-limits button { cursor: pointer; }
.vre-limits button:hover { border-color: var(--vre-text); }
.vre-limits button[aria-pressed=true] { background: var(--vre-text); color: var(--vre-background); }
.vre-limits button, .vre-limits select { min-height: 24px; }
.vre-limits label { display: inline-flex; gap: 4px; align-items: center; min-height: 24px; }
.vre-limits input[type=checkbox], .vre-limits input[type=range] { accent-color: #0072b2; margin: 0;
  vertical-align: middle; }
.vre-limits[data-theme=dark] input { accent-color: #56b4e9; color-scheme: dark; }
.vre-limits[data-theme=dark] select { color-scheme: dark; }
.vre-limits :focus-visible { outline: 2px solid #0072b2; outline-offset: 1px; }
.vre-limits[data-theme=dark] :focus-visible { outline-color: #56b4e9; }
.vre-side { display: flex; flex-direction: column; gap: 6px; max-height: var(--vre-height, 560px); min-width: 0; padding-top: 4px; }
.vre-limits fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 10px; min-width: 0; }
.vre-limits legend { float: inline-start; padding: 0; padding-inline-end: 8px; font-weight: 600; line-height: 24px; }
.vre-scroll { overflow: auto; min-height: 0; }
.vre-side .vre-scroll { flex: 1; border-top: 1px solid var(--vre-grid); }
.vre-limits table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.vre-limits th, .vre-limits td { text-align: start; padding: 2px; padding-inline-end: 6px; font-weight: normal; vertical-align: top;
  border-bottom: 1px solid var(--vre-grid); color: inherit; background: none; white-space: normal; }
.vre-limits thead th { font-weight: 600; font-size: 11px; position: sticky; top: 0; background: var(--vre-background); }
.vre-side tbody tr { height: 26px; }
.vre-side td button { padding: 0 5px; font-size: 11px; }
.vre-limits .vre-name { border: 0; padding: 0; text-align: start; background: none; }
.vre-limits .vre-off .vre-name { color: var(--vre-line); }
.vre-off .vre-swatch { opacity: 0.35; }
.vre-swatch { display: inline-block; width: 26px; height: 3px; margin-inline-end: 6px; vertical-align: middle; }
.vre-sliders { padding: 6px 2px !important; gap: 4px 22px !important; align-items: center; }
.vre-sliders label, .vre-year { display: inline-flex; gap: 8px; align-items: center; }
.vre-limits :is(.vre-sliders label, .vre-year) { max-width: 100%; }
.vre-sliders input { flex: 0 1 170px; min-width: 3em; }
.vre-year input { flex: 0 1 260px; min-width: 3em; }
.vre-limits output { min-width: 5em; font-variant-numeric: tabular-nums; }
.vre-tip { position: absolute; z-index: 5; max-width: 340px; padding: 8px 10px; pointer-events: none; font-size: 12px;
  background: var(--vre-background); border: 1px solid var(--vre-line); border-radius: 6px;
  box-shadow: 0 3px 14px rgb(0 0 0 / 25%); overflow-wrap: anywhere; }
.vre-tip[hidden] { display: none; }
.vre-reading { font-size: 13px; font-variant-numeric: tabular-nums; margin: 2px 0 4px; }
.vre-warning { color: var(--vre-warning); }
.vre-tip dl { display: grid; grid-template-columns: auto 1fr; gap: 0 8px; margin: 0; }
.vre-tip dt { opacity: 0.7; }
.vre-tip dd { margin: 0; }
.vre-compare table { width: auto; min-width: 50%; margin: 6px 0; }
.vre-compare th, .vre-compare td { padding-inline-end: 18px; }
.vre-compare caption { text-align: start; font-weight: 600; padding: 4px 2px; }
.vre-compare p { margin: 4px 2px; }
.vre-record { padding: 6px 2px; }
.vre-record summary { cursor: pointer; }
.vre-record .vre-scroll { max-height: 320px; }
.vre-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`;

  // src/limits/table.ts
  var Table = class {
    constructor(chart, store, hover) {
      this.chart = chart;
      this.store = store;
      const { model } = chart;
      this.rows = model.curves.map((line2, i) => new Row(line2, i, chart, store, hover));
      const head = ["shown", "curve", "year", "alone", "compare"].map((name) => el("th", { scope: "col" }, name));
      const body = el("tbody", {}, ...this.rows.map((row2) => row2.element));
      this.element = el(
        "div",
        { class: "vre-side" },
        this.search(),
        ...facets(model, store),
        this.everything(),
        el("div", { class: "vre-scroll" }, el("table", {}, el("thead", {}, el("tr", {}, ...head)), body))
      );
      store.subscribe(() => this.refresh());
      this.refresh();
    }
    chart;
    store;
    element;
    rows;
    /** Follow the state, the colours too. */
    refresh() {
      this.rows.forEach((row2) => row2.refresh(this.store.state, this.chart));
    }
    search() {
      const input = el("input", {
        type: "search",
        placeholder: "Search curves",
        "aria-label": "Search curves",
        input: () => this.rows.forEach((row2) => row2.find(input.value))
      });
      return input;
    }
    everything() {
      const { model } = this.chart;
      const set = (ticked) => () => this.store.update({
        ticked: model.curves.map(() => ticked),
        isolated: null,
        ...ticked ? { without: /* @__PURE__ */ new Set(), until: null } : {}
      });
      const button = (text2, click) => el("button", { type: "button", click }, text2);
      return el("div", { class: "vre-buttons" }, button("Show all", set(true)), button("Hide all", set(false)));
    }
  };
  var Row = class {
    constructor(line2, index, chart, store, hover) {
      this.line = line2;
      this.index = index;
      this.chart = chart;
      this.store = store;
      this.hover = hover;
      const { label } = line2;
      this.haystack = [label, line2.id, line2.technique, ...Object.values(line2.text)].join("\n").toLowerCase();
      this.box = el("input", { type: "checkbox", "aria-label": `Show ${label}`, change: () => this.tick() });
      this.compare = el("input", { type: "checkbox", "aria-label": `Compare ${label}`, change: () => this.pick() });
      this.alone = el("button", { type: "button", "aria-label": `Only ${label}`, click: () => this.isolate() }, "only");
      const name = el(
        "button",
        {
          type: "button",
          class: "vre-name",
          focus: () => this.walk(0),
          blur: () => this.hover.leave(),
          mouseenter: () => this.chart.mark(index, null),
          mouseleave: () => this.chart.mark(null, null),
          keydown: (event) => this.key(event)
        },
        this.swatch,
        label
      );
      const year = String(line2.year ?? line2.text.year ?? "");
      this.element = el(
        "tr",
        {},
        el("td", {}, this.box),
        el("th", { scope: "row" }, name),
        el("td", {}, year),
        el("td", {}, this.alone),
        el("td", {}, this.compare)
      );
    }
    line;
    index;
    chart;
    store;
    hover;
    element;
    box;
    compare;
    alone;
    swatch = el("span", { class: "vre-swatch", "aria-hidden": "true" });
    haystack;
    at = 0;
    find(text2) {
      const words = text2.toLowerCase().split(/\s+/);
      this.element.hidden = !words.every((word2) => this.haystack.includes(word2));
    }
    refresh(state, chart) {
      this.box.checked = state.ticked[this.index];
      this.compare.checked = state.compared.includes(this.index);
      this.alone.setAttribute("aria-pressed", String(state.isolated === this.index));
      this.swatch.style.background = chart.pattern(this.index);
      this.element.classList.toggle("vre-off", !chart.shown[this.index]);
    }
    tick() {
      const ticked = this.store.state.ticked.map((was, i) => i === this.index ? this.box.checked : was);
      this.store.update({ ticked, isolated: null });
    }
    isolate() {
      this.store.update({ isolated: this.store.state.isolated === this.index ? null : this.index });
    }
    pick() {
      const others = this.store.state.compared.filter((i) => i !== this.index);
      this.store.update({ compared: this.compare.checked ? [...others.slice(-1), this.index] : others });
    }
    key(event) {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) {
        event.preventDefault();
        this.walk(step);
      }
    }
    /** Read the curve at its next point, as a pointer would. */
    walk(step) {
      const { x, y } = this.line;
      this.at = step ? Math.min(Math.max(this.at + step, 0), x.length - 1) : Math.floor((x.length - 1) / 2);
      this.hover.show(this.index, { x: x[this.at], y: y[this.at] * this.chart.factors[this.index] });
    }
  };
  function facets(model, store) {
    return ["technique", "kind"].flatMap((name) => {
      const lines = new Map(model.curves.map((line2) => [facet(name, line2), line2[name]]));
      return lines.size < 2 ? [] : [group(name, lines, store)];
    });
  }
  function group(name, values, store) {
    const boxes = [...values].map(([key, text2]) => {
      const toggle = () => {
        const without = new Set(store.state.without);
        if (box.checked) {
          without.delete(key);
        } else {
          without.add(key);
        }
        store.update({ without });
      };
      const box = el("input", { type: "checkbox", checked: !store.state.without.has(key), change: toggle });
      store.subscribe(({ without }) => box.checked = !without.has(key));
      return labelled(text2, box);
    });
    return el("fieldset", { class: "vre-facet" }, el("legend", {}, name), ...boxes);
  }

  // src/limits/theme.ts
  var LIGHT = {
    dark: false,
    text: "#1c1c1c",
    line: "#6b6b6b",
    grid: "#e4e4e4",
    background: "#ffffff",
    warning: "#8a4b00"
  };
  var DARK = {
    dark: true,
    text: "#ededed",
    line: "#9a9a9a",
    grid: "#333333",
    background: "#141414",
    warning: "#ffbf69"
  };
  function themeOf(model, host) {
    const base = isDark(model) ? DARK : LIGHT;
    const inLab = "jpThemeLight" in document.body.dataset && model.theme === "auto";
    const background = inLab ? getComputedStyle(host).getPropertyValue("--jp-layout-color0").trim() : "";
    return background ? { ...base, background } : base;
  }
  function isDark(model) {
    if (model.theme !== "auto") {
      return model.theme === "dark";
    }
    const lab = document.body.dataset.jpThemeLight;
    return lab === void 0 ? systemIsDark().matches : lab === "false";
  }
  function systemIsDark() {
    return window.matchMedia("(prefers-color-scheme: dark)");
  }
  function onThemeChange(listener) {
    const observer = new MutationObserver(listener);
    observer.observe(document.body, { attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"] });
    const system = systemIsDark();
    system.addEventListener("change", listener);
    return () => {
      observer.disconnect();
      system.removeEventListener("change", listener);
    };
  }
  function paint(host, theme) {
    host.dataset.theme = theme.dark ? "dark" : "light";
    const { text: text2, line: line2, grid, background, warning } = theme;
    Object.entries({ text: text2, line: line2, grid, background, warning }).forEach(
      ([name, colour2]) => host.style.setProperty(`--vre-${name}`, colour2)
    );
  }

  // src/limits/draw.ts
  async function drawLimits(host, value2, bokeh, memory) {
    const model = structuredClone(parseModel(value2));
    const identity = () => JSON.stringify(model);
    const first = memory?.get(identity()) ?? initialState(model);
    const store = new Store(first);
    host.classList.add("vre-limits");
    paint(host, themeOf(model, host));
    const place2 = frame(host, model);
    const chart = await Chart.draw(place2.canvas, model, bokeh, store.state, themeOf(model, host));
    store.subscribe((state, before) => chart.apply(state, before));
    const { refresh, renew } = furnish(place2, chart, store);
    const stop = onThemeChange(() => {
      paint(host, themeOf(model, host));
      chart.setTheme(themeOf(model, host), store.state);
      refresh();
    });
    return {
      take: (value3) => {
        if (!renewed(model, parseModel(value3))) {
          return false;
        }
        chart.renew(store.state);
        renew();
        return true;
      },
      dispose: () => {
        const view = chart.inSight;
        const key = memory ? identity() : "";
        if (store.state !== first || view || memory?.has(key)) {
          memory?.set(key, { ...store.state, view });
        }
        stop();
        chart.dispose();
        host.replaceChildren();
      }
    };
  }
  function frame(host, model) {
    const summary = `${model.title || "Limits"}: ${model.y.label} against ${model.x.label}, ${model.curves.length} curves`;
    const canvas = el("div", { class: "vre-canvas", role: "img", "aria-label": summary });
    const plot = el("div", { class: "vre-plot" }, canvas);
    const body = el("div", { class: "vre-body" }, plot);
    host.replaceChildren(el("style", {}, STYLE), body);
    return { body, plot, canvas };
  }
  function furnish({ body, plot }, chart, store) {
    const hover = new Hover(chart, store);
    const labels2 = new Labels(chart, store, (text2) => hover.say(text2));
    const table = new Table(chart, store, hover);
    let last = record(chart.model);
    plot.append(labels2.element, hover.box, hover.live);
    body.append(table.element);
    body.before(controls(chart, store));
    body.after(...beside(chart.model, store), last);
    labels2.refresh();
    return {
      refresh: () => {
        table.refresh();
        labels2.refresh();
      },
      renew: () => {
        const next = record(chart.model);
        next.open = last.open;
        last.replaceWith(next);
        last = next;
        hover.leave();
        store.update({ compared: [...store.state.compared] });
      }
    };
  }
  function beside(model, store) {
    const parts = [yearSlider(model, store), sliders(model, store), comparison(model, store)];
    return parts.filter((part) => part !== null);
  }

  // src/limits/page.ts
  async function draw(host, model) {
    try {
      return await drawLimits(host, model, globalThis.Bokeh);
    } catch (error) {
      host.setAttribute("role", "alert");
      host.textContent = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }
  globalThis.vreDmLimits = { draw };
})();
