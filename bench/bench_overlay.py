"""CPU seconds from curves to a plot, beside hvplot, HoloViews, Plotly and Bokeh with one glyph a curve.

Wanted: 100 curves in 20 ms, 1000 in 50 ms. Sizes of what is saved stand beside them.
"""

import gc
import importlib
import time
from collections.abc import Callable, Sequence
from typing import Any

import nbformat
import numpy as np
import pytest

from bench.figures import Figures
from vre_dm.limits.catalogue import SHIPPED, load
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.curve import Curve
from vre_dm.limits.overlay import overlay

POINTS = 200
ROUNDS = 9
# HoloViews and hvplot take a minute for a thousand.
SLOW = 100


def curves(count: int) -> list[Curve]:
    """Lines as they occur: a wall at low mass, a valley, a rise."""
    masses = np.geomspace(1, 1e4, POINTS)
    depth = 1e-46 * 10 ** np.random.default_rng(count).uniform(0, 5, count)
    return [
        Curve(
            id=f"curve_{i}",
            experiment=f"experiment {i % 20}",
            quantity="sigma_SI",
            year=2000 + i % 25,
            cl=0.9,
            columns=(
                mass_column(masses),
                limit_column(depth[i] * np.exp(np.abs(np.log(masses / 30))), "sigma_SI"),
            ),
        )
        for i in range(count)
    ]


def with_bokeh(lines: Sequence[Curve]) -> object:
    from bokeh.plotting import figure

    plot = figure(x_axis_type="log", y_axis_type="log", tools="pan,wheel_zoom,box_zoom,reset,save,hover")
    for line in lines:
        plot.line(line.x, line.y, legend_label=line.label)
    return plot


def with_holoviews(lines: Sequence[Curve]) -> object:
    import holoviews as hv

    hv.extension("bokeh", logo=False)
    drawn = [hv.Curve((line.x, line.y), label=line.id) for line in lines]
    return hv.render(hv.Overlay(drawn).opts(logx=True, logy=True), backend="bokeh")


def with_hvplot(lines: Sequence[Curve]) -> object:
    import holoviews as hv
    import hvplot.pandas  # noqa: F401
    import pandas as pd

    parts = [pd.DataFrame({"m": line.x, "limit": line.y, "curve": line.id}) for line in lines]
    drawn = pd.concat(parts).hvplot.line(x="m", y="limit", by="curve", logx=True, logy=True)
    return hv.render(drawn, backend="bokeh")


def with_plotly(lines: Sequence[Curve]) -> object:
    import plotly.graph_objects as go

    plot = go.Figure([go.Scatter(x=line.x, y=line.y, name=line.label) for line in lines])
    plot.update_xaxes(type="log")
    plot.update_yaxes(type="log")
    return plot


PEERS: dict[str, Callable[[Sequence[Curve]], object]] = {
    "bokeh": with_bokeh,
    "holoviews": with_holoviews,
    "hvplot": with_hvplot,
    "plotly": with_plotly,
}


def cpu(call: Callable[[Any], object], lines: Sequence[Curve], rounds: int = ROUNDS) -> list[float]:
    """CPU seconds of some calls, after one that warms up, each without the rubbish of the one before.

    A figure of Bokeh holds itself: what is timed is to draw it, not to sweep up the last one.
    """
    call(lines)
    times = []
    for _ in range(rounds):
        gc.collect()
        begun = time.process_time()
        call(lines)
        times.append(time.process_time() - begun)
    return times


@pytest.mark.parametrize("count", [10, 100, 1000])
def test_build(figures: Figures, count: int) -> None:
    load()
    lines = curves(count)
    figures.add(f"overlay of {count} curves, the model", cpu(overlay, lines), note="CPU")
    # What a notebook waits for: the data that its browser draws, and the picture for where nothing can run.
    shown = cpu(lambda given: overlay(given)._repr_mimebundle_(), lines, 3)
    figures.add(f"overlay of {count} curves, all of a notebook's output", shown, note="CPU")
    ours = cpu(lambda given: overlay(given).bokeh(), lines)
    for name, draw in PEERS.items():
        try:
            importlib.import_module(name)
        except ImportError:
            figures.add(f"overlay of {count} curves with Bokeh figure", ours, note=f"CPU; no {name} here")
            continue
        slow = name in ("holoviews", "hvplot")
        theirs = cpu(draw, lines, 1 if slow else ROUNDS) if count <= SLOW or not slow else ()
        figures.add(f"overlay of {count} curves with Bokeh figure", ours, theirs, note=f"CPU; {name}")


def test_load_the_shipped_catalogue(figures: Figures) -> None:
    figures.add("read and check the shipped catalogue", cpu(lambda _: load(SHIPPED), ()), note="CPU")


def test_sizes(figures: Figures) -> None:
    figures.add("HTML of 100 curves", [len(overlay(curves(100)).html())], unit="B", note="wanted ≤ 2.5 MB")
    notebook = nbformat.v4.new_notebook()
    for _ in range(5):
        output = nbformat.v4.new_output("display_data", data=overlay(curves(20))._repr_mimebundle_())
        notebook.cells.append(nbformat.v4.new_code_cell("plot", outputs=[output]))
    size = len(nbformat.writes(notebook))
    figures.add("notebook with 5 overlays of 20 curves", [size], unit="B", note="wanted ≤ 2 MB")
