"""Draw the model with Bokeh: one data source for all curves, so a thousand of them stay quick."""

from __future__ import annotations

from typing import Any

from bokeh.models import (
    BoxZoomTool,
    ColumnDataSource,
    CustomJSHover,
    HoverTool,
    LabelSet,
    MultiLine,
    PanTool,
    Patches,
    PlainText,
    ResetTool,
    SaveTool,
    Title,
    WheelZoomTool,
)
from bokeh.plotting import figure

from vre_dm.limits.plot import areas, palette, styles
from vre_dm.limits.plot.axes import titled
from vre_dm.limits.plot.model import Line, Model
from vre_dm.limits.plot.styles import colour_of, style_of

HEIGHT_PX = 560
WIDTH_PX, OWN_WIDTH_PX = 1.6, 3.2
FAINT = 0.35
# Facts under the pointer, escaped by Bokeh.
FACTS = ("experiment", "year", "kind", "CL", "assumptions", "reference", "provenance", "licence")
# Bokeh interpolates a segment linearly; ours is a power law between two points, as the axes are logarithmic.
LOGLOG_JS = """
const xs = source.data.xs[special_vars.index], ys = source.data.ys[special_vars.index]
const j = special_vars.segment_index, x0 = xs[j], x1 = xs[j + 1]
const low = Math.min(x0, x1), high = Math.max(x0, x1)
const x = Math.min(Math.max(special_vars.x, low), high)
const t = x1 == x0 ? 0 : Math.log(x / x0) / Math.log(x1 / x0)
const shown = axis == "x" ? x : ys[j] * Math.pow(ys[j + 1] / ys[j], t)
return shown.toPrecision(4) + " " + unit
"""


def draw(model: Model) -> figure:
    """Make a Bokeh figure of a model."""
    dark = model["theme"] == "dark"
    plot = _frame(model, dark=dark)
    source = ColumnDataSource(_columns(model, dark=dark))
    for area, inside in (
        ("fill", {"fill_color": "fill_colour", "fill_alpha": "fill_alpha"}),
        ("band", {"fill_color": "colour", "fill_alpha": 0.18}),
    ):
        if any(source.data[f"{area}_xs"]):
            plot.add_glyph(source, Patches(xs=f"{area}_xs", ys=f"{area}_ys", line_color=None, **inside))
    style: Any = {"line_color": "colour", "line_width": "width", "line_dash": "dash"}
    wide = MultiLine(xs="xs", ys="ys", line_color="colour", line_width=5)
    lines = plot.add_glyph(source, MultiLine(xs="xs", ys="ys", line_alpha="alpha", **style), hover_glyph=wide)
    if any(source.data["held_xs"]):
        plot.add_glyph(source, MultiLine(xs="held_xs", ys="held_ys", line_alpha=0.9, **style))
    plot.add_tools(_hover(lines, source, model))
    plot.add_layout(_labels(model, dark=dark))
    return plot


def _frame(model: Model, *, dark: bool) -> figure:
    plot = figure(
        # As plain text: anything that looks like TeX would make Bokeh fetch MathJax from the net.
        title=Title(text=PlainText(text=model["title"])),
        x_axis_type="log",
        y_axis_type="log",
        x_range=tuple(model["x"]["range"]),
        y_range=tuple(model["y"]["range"]),
        height=HEIGHT_PX,
        sizing_mode="stretch_width",
        # Named here, they would be compared with each other, which costs more than making them.
        tools="",
    )
    wheel = WheelZoomTool()
    plot.add_tools(PanTool(), wheel, BoxZoomTool(), ResetTool(), SaveTool())
    plot.toolbar.active_scroll = wheel
    for note in model["notes"]:
        plot.add_layout(
            Title(text=PlainText(text=note), text_font_size="11px", text_font_style="italic"), "below"
        )
    plot.xaxis.axis_label = PlainText(text=titled(model["x"]))
    plot.yaxis.axis_label = PlainText(text=titled(model["y"]))
    if dark:
        _darken(plot)
    return plot


def _darken(plot: figure) -> None:
    plot.background_fill_color = plot.border_fill_color = palette.BACKGROUND_DARK
    for title in plot.select(Title):
        title.text_color = palette.OWN_DARK
    for axis in plot.axis:
        axis.axis_label_text_color = axis.major_label_text_color = palette.OWN_DARK
        axis.axis_line_color = axis.major_tick_line_color = axis.minor_tick_line_color = palette.OWN_DARK
    plot.grid.grid_line_alpha = 0.2


def _columns(model: Model, *, dark: bool) -> dict[str, list[Any]]:
    """One row a curve: its line, its areas, and what is said of it."""
    lines = model["curves"]
    fills, faint = areas.shaded(lines)
    bands = [areas.band(line) for line in lines]
    limited = [areas.has_limits(line) for line in lines]
    held = [areas.holding(line) if part else areas.NOTHING for line, part in zip(lines, limited, strict=True)]
    colours = [colour_of(model, line, dark=dark) for line in lines]
    fog = [styles.is_fog(line) for line in lines]
    return {
        "xs": [line["x"] for line in lines],
        "ys": [line["y"] for line in lines],
        "fill_xs": [xs for xs, _ in fills],
        "fill_ys": [ys for _, ys in fills],
        "fill_colour": [palette.FOG if grey else c for grey, c in zip(fog, colours, strict=True)],
        "fill_alpha": [0.3 if grey else faint for grey in fog],
        "band_xs": [xs for xs, _ in bands],
        "band_ys": [ys for _, ys in bands],
        "held_xs": [xs for xs, _ in held],
        "held_ys": [ys for _, ys in held],
        "alpha": [FAINT if part else 0.9 for part in limited],
        "colour": colours,
        "width": [OWN_WIDTH_PX if line["own"] else WIDTH_PX for line in lines],
        "dash": [" ".join(map(str, palette.dashes(style_of(model, line)))) or "solid" for line in lines],
        "curve": [line["label"] for line in lines],
        **{name: [line["text"][name] for line in lines] for name in FACTS},
        "holds": [_holds(line) for line in lines],
        "superseded by": [line["superseded_by"] or "nothing known" for line in lines],
    }


def _holds(line: Line) -> str:
    known = line["valid"]
    return f"{known['low']:g} to {known['high']:g}: {known['reason']}" if known else "unknown"


def _hover(lines: Any, source: ColumnDataSource, model: Model) -> HoverTool:
    values = {
        axis: CustomJSHover(args={"source": source, "axis": axis, "unit": unit}, code=LOGLOG_JS)
        for axis, unit in (("x", model["x"]["unit"]), ("y", model["y"]["unit"]))
    }
    return HoverTool(
        renderers=[lines],
        # With "prev" the segment under the pointer is named, which the formatter needs.
        line_policy="prev",
        attachment="horizontal",
        tooltips=[
            *((name, f"@{{{name}}}") for name in ("curve", *FACTS, "holds", "superseded by")),
            ("x", "$x{custom}"),
            ("y", "$y{custom}"),
        ],
        formatters={"$x": values["x"], "$y": values["y"]},
    )


def _labels(model: Model, *, dark: bool) -> LabelSet:
    placed = [(line, line["label_at"]) for line in model["curves"] if line["label_at"]]
    source = ColumnDataSource(
        {
            "x": [at[0] for _, at in placed],
            "y": [at[1] for _, at in placed],
            "text": [line["label"] for line, _ in placed],
            "colour": [colour_of(model, line, dark=dark) for line, _ in placed],
        }
    )
    return LabelSet(
        x="x",
        y="y",
        text="text",
        text_color="colour",
        x_offset=4,
        y_offset=3,
        text_font_size="11px",
        background_fill_color=palette.BACKGROUND_DARK if dark else palette.BACKGROUND,
        background_fill_alpha=0.6,
        source=source,
    )
