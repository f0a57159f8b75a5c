"""Draw the model with Matplotlib, for print: PDF, SVG and PNG without a browser and without LaTeX."""

from __future__ import annotations

from io import StringIO

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from vre_dm.limits.model import Line, Model

SIZE_IN = (8.0, 5.6)


def draw(model: Model) -> Figure:
    """Make a Matplotlib figure of a model; labels are text and never parsed as mathematics."""
    drawing = Figure(figsize=SIZE_IN, layout="constrained")
    axes = drawing.subplots()
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(*model["x"]["range"])
    axes.set_ylim(*model["y"]["range"])
    axes.set_xlabel(model["x"]["label"], parse_math=False)
    axes.set_ylabel(model["y"]["label"], parse_math=False)
    axes.set_title(model["title"], parse_math=False)
    axes.grid(visible=True, which="major", alpha=0.3)
    for line in model["curves"]:
        _draw_line(axes, line)
    return drawing


def svg(model: Model) -> str:
    """Write the figure as SVG text."""
    buffer = StringIO()
    # Text stays text, and the same model gives the same bytes.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "vre-dm"}):
        draw(model).savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def _draw_line(axes: Axes, line: Line) -> None:
    band = line["band"]
    if band:
        axes.fill_between(band["x"], band["low"], band["high"], color=line["colour"], alpha=0.15, lw=0)
    style = (0, tuple(line["dash"])) if line["dash"] else "solid"
    axes.plot(line["x"], line["y"], color=line["colour"], lw=line["width"], ls=style, gid=line["id"])
    at = line["label_at"]
    if at:
        axes.annotate(
            line["label"],
            (at[0], at[1]),
            xytext=(3, 3),
            textcoords="offset points",
            fontsize=7,
            color=line["colour"],
            parse_math=False,
            clip_on=True,
            path_effects=[withStroke(linewidth=2, foreground="white")],
            zorder=3,
        )
