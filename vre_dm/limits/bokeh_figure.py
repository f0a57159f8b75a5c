"""Draw the model with Bokeh: one data source for all curves, so a hundred of them stay quick."""

from __future__ import annotations

from typing import Any

from bokeh.embed import file_html
from bokeh.models import ColumnDataSource, CustomJSHover, HoverTool, LabelSet, PlainText, Title
from bokeh.plotting import figure
from bokeh.resources import INLINE

from vre_dm.limits.display import table_html
from vre_dm.limits.model import Line, Model

HEIGHT_PX = 560
# Text under the pointer: the label in front, then what the column of that name holds, escaped by Bokeh.
TOOLTIP = (
    ("curve", "label"),
    ("kind", "kind"),
    ("CL", "cl"),
    ("reference", "reference"),
    ("provenance", "provenance"),
    ("licence", "licence"),
)
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
# Blocks of Bokeh's page: a text alternative below the plot, and nothing that is fetched.
PAGE = """
{% block contents %}
{{ super() }}
<details style="font: 13px sans-serif; margin: 8px">
<summary>Curves shown</summary>{{ curves_table }}
</details>
{% endblock %}
"""


def draw(model: Model) -> figure:
    """Make a Bokeh figure of a model."""
    plot = figure(
        x_axis_type="log",
        y_axis_type="log",
        x_range=tuple(model["x"]["range"]),
        y_range=tuple(model["y"]["range"]),
        height=HEIGHT_PX,
        sizing_mode="stretch_width",
        tools="pan,wheel_zoom,box_zoom,reset,save",
        active_scroll="wheel_zoom",
    )
    # As plain text: anything that looks like TeX would make Bokeh fetch MathJax from the net.
    plot.title = Title(text=PlainText(text=model["title"]))
    plot.xaxis.axis_label = PlainText(text=model["x"]["label"])
    plot.yaxis.axis_label = PlainText(text=model["y"]["label"])
    plot.toolbar.logo = None
    source = ColumnDataSource(_columns(model["curves"]))
    plot.patches("band_xs", "band_ys", source=source, fill_color="colour", fill_alpha=0.15, line_color=None)
    lines = plot.multi_line(
        "xs",
        "ys",
        source=source,
        line_color="colour",
        line_width="width",
        line_dash="dash",
        line_alpha=0.9,
        hover_line_color="colour",
        hover_line_alpha=1.0,
        hover_line_width=5,
    )
    plot.add_tools(_hover(lines, source, model))
    plot.add_layout(_labels(model["curves"]))
    return plot


def page(model: Model) -> str:
    """Write a complete HTML document that needs no network: BokehJS and the data are inside."""
    return str(
        file_html(
            draw(model),
            INLINE,
            title=model["title"] or "Limits",
            template=PAGE,
            template_variables={"curves_table": curves_table(model)},
        )
    )


def curves_table(model: Model) -> str:
    """Text alternative of the plot, one curve a row."""
    header = ("curve", "experiment", "year", "kind", "CL", "reference", "provenance", "licence")
    rows = [(line["label"], *(line["text"][key.lower()] for key in header[1:])) for line in model["curves"]]
    return table_html(header, rows)


def _columns(lines: list[Line]) -> dict[str, list[Any]]:
    bands = [line["band"] for line in lines]
    return {
        "xs": [line["x"] for line in lines],
        "ys": [line["y"] for line in lines],
        "band_xs": [band["x"] + band["x"][::-1] if band else [] for band in bands],
        "band_ys": [band["low"] + band["high"][::-1] if band else [] for band in bands],
        "colour": [line["colour"] for line in lines],
        "width": [line["width"] for line in lines],
        "dash": [" ".join(map(str, line["dash"])) or "solid" for line in lines],
        "label": [line["label"] for line in lines],
        **{key: [line["text"][key] for line in lines] for _, key in TOOLTIP[1:]},
    }


def _hover(lines: Any, source: ColumnDataSource, model: Model) -> HoverTool:
    values = {
        axis: CustomJSHover(
            args={"source": source, "axis": axis, "unit": model[axis]["unit"]}, code=LOGLOG_JS
        )
        for axis in ("x", "y")
    }
    return HoverTool(
        renderers=[lines],
        # With "prev" the segment under the pointer is named, which the formatter needs.
        line_policy="prev",
        attachment="horizontal",
        tooltips=[
            *((name, f"@{column}") for name, column in TOOLTIP),
            ("mass", "$x{custom}"),
            ("σ", "$y{custom}"),
        ],
        formatters={"$x": values["x"], "$y": values["y"]},
    )


def _labels(lines: list[Line]) -> LabelSet:
    placed = [(line, line["label_at"]) for line in lines if line["label_at"]]
    source = ColumnDataSource(
        {
            "x": [at[0] for _, at in placed],
            "y": [at[1] for _, at in placed],
            "text": [line["label"] for line, _ in placed],
            "colour": [line["colour"] for line, _ in placed],
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
        background_fill_color="white",
        background_fill_alpha=0.6,
        source=source,
    )
