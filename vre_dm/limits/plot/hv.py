"""The plot as HoloViews objects, for whoever works with hvplot; loaded on request only."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from vre_dm.errors import MissingExtra
from vre_dm.limits.plot import areas, palette, styles
from vre_dm.limits.plot.axes import titled
from vre_dm.limits.plot.styles import colour_of

if TYPE_CHECKING:
    from vre_dm.limits.curve import Curve
    from vre_dm.limits.plot.model import Model

SIZE = {"width": 800, "height": 560, "logx": True, "logy": True}


def overlay(model: Model) -> Any:
    """Lines, excluded areas and bands of a model.

    Parameters
    ----------
    model
        The plot; all its lines become one element, which a notebook shows after ``hv.extension("bokeh")``.

    Returns
    -------
    holoviews.Overlay
        ``Polygons`` (areas) and ``Contours`` (lines) with the label of each curve as value dimension.

    Raises
    ------
    MissingExtra
        HoloViews is not installed.
    """
    hv = _library("holoviews")
    _library("holoviews.plotting.bokeh")
    dark = model["theme"] == "dark"
    lines, shaded = [], []
    outlines, _ = areas.shaded(model["curves"])
    for line, outline in zip(model["curves"], outlines, strict=True):
        said = {"label": line["label"], "colour": colour_of(model, line, dark=dark)}
        lines.append({"x": line["x"], "y": line["y"], **said})
        colour = palette.FOG if styles.is_fog(line) else said["colour"]
        for xs, ys in filter(all, (outline, areas.band(line))):
            shaded.append({"x": xs, "y": ys, "label": line["label"], "colour": colour})
    x, y = (hv.Dimension(axis, label=titled(model[axis])) for axis in ("x", "y"))
    said_of = {"kdims": [x, y], "vdims": ["label", "colour"]}
    filled = hv.Polygons(shaded, **said_of).opts(color="colour", alpha=0.12, line_alpha=0)
    drawn = hv.Contours(lines, **said_of).opts(color="colour", tools=["hover"], show_legend=False)
    ends = {"xlim": tuple(model["x"]["range"]), "ylim": tuple(model["y"]["range"]), "title": model["title"]}
    return (filled * drawn).opts(**SIZE, **ends)


def curve_plot(curve: Curve, **options: Any) -> Any:
    """One curve through hvplot, on logarithmic axes.

    Parameters
    ----------
    curve
        What is drawn: its first two columns.
    **options
        For ``DataFrame.hvplot.line``.

    Raises
    ------
    MissingExtra
        hvplot is not installed.
    """
    _library("hvplot.pandas")
    first, second = curve.columns[:2]
    usual = {"x": first.name, "y": second.name, "logx": True, "logy": True, "label": curve.label}
    return curve.to_pandas().hvplot.line(**{**usual, **options})


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        msg = f"{name.partition('.')[0]} is not installed; pip install 'vre-dm[hvplot]'"
        raise MissingExtra(msg) from error
