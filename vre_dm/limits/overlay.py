"""Lay limit curves over each other: one object that shows itself, saves itself, compares and prints.

The renderers are `page` (interactive), `bokeh_figure` (in Python) and `figure` (print); all draw `model`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vre_dm.limits.bibtex import bibtex
from vre_dm.limits.catalogue import load
from vre_dm.limits.curve import Curve
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.display import counted, overview, table_text
from vre_dm.limits.placing import place
from vre_dm.limits.plot.axes import Range
from vre_dm.limits.plot.compare import Comparison, compare
from vre_dm.limits.plot.model import Model, build
from vre_dm.limits.plot.payload import payload
from vre_dm.limits.plot.saving import target_of
from vre_dm.limits.plot.script import cell, script
from vre_dm.limits.plot.view import ColourBy, Theme, View, ids
from vre_dm.limits.scaling import given, moved

if TYPE_CHECKING:
    from bokeh.plotting import figure as BokehFigure
    from matplotlib.figure import Figure

    from vre_dm.limits.plot.figure import Preset

MIME = "application/vnd.vre.limits+json"


class Overlay:
    """Limit curves on one pair of logarithmic axes; cannot change.

    Parameters
    ----------
    published
        The curves as they were given.
    view
        How they are shown.
    assume
        Values that parameters take in place of those the curves were made with.

    Attributes
    ----------
    curves
        What is drawn, in drawing order: the given curves, moved to the values of `assume`.
    model
        The plot as plain JSON data, see `vre_dm.limits.plot.model`; every renderer draws exactly this.
    """

    __slots__ = ("assume", "curves", "model", "published", "view")

    def __init__(self, published: CurveSet, view: View, assume: Mapping[str, float] | None = None) -> None:
        self.published = published
        self.view = view
        self.assume = given({} if assume is None else assume)
        self.curves = moved(published, self.assume)
        now = dict(zip(published.ids, self.curves.ids, strict=True))
        self.model: Model = build(self.curves, view.renamed(now), load())

    def set(self, **values: float) -> Overlay:
        """Give the same overlay with assumed parameters at other values; this one stays as it is.

        Parameters
        ----------
        **values
            For example ``rho0=0.4`` (GeV/cm³), ``g_q=0.1``; see `vre_dm.limits.metadata.PARAMETERS`.

        Raises
        ------
        InvalidCurve
            A parameter is unknown, or no curve says how it scales with it.
        OutOfRange
            A value that the parameter cannot take.
        """
        return Overlay(self.published, self.view, {**self.assume, **values})

    def compare(self, *names: str) -> Comparison:
        """Say in which assumptions curves differ, and how far their numbers are apart.

        Parameters
        ----------
        *names
            Two or more ids; all curves when left out.

        Raises
        ------
        InvalidCurve
            An id is not among the curves, or fewer than two are compared.
        """
        return compare(self.curves.select(*names))

    def script(self) -> str:
        """Write a Python script that draws the same plot from curve ids and checksums.

        It carries the citations as comments, and the numbers of curves that are not in the catalogue.
        """
        return script(self.published, self.view, self.assume, load())

    def cell(self) -> str:
        """Write the cell of a notebook that shows the same plot, see `vre_dm.limits.plot.script.cell`."""
        return cell(self.published, self.view, self.assume, load())

    def bibtex(self) -> str:
        """Write the BibTeX entries of everything that is drawn, see `vre_dm.limits.bibtex`."""
        return bibtex(self.published)

    def holoviews(self) -> Any:
        """Give HoloViews objects, see `vre_dm.limits.plot.hv.overlay`; needs ``vre-dm[hvplot]``."""
        from vre_dm.limits.plot import hv

        return hv.overlay(self.model)

    def bokeh(self) -> BokehFigure:
        """Give the interactive figure, to be changed or embedded elsewhere."""
        from vre_dm.limits.plot import bokeh_figure

        return bokeh_figure.draw(self.model)

    def matplotlib(self, preset: Preset | None = None) -> Figure:
        """Give the figure for print; same vertices as the interactive one.

        Parameters
        ----------
        preset
            ``single column`` (86 mm wide), ``double column`` (178 mm), or the size for a screen.

        Raises
        ------
        InvalidPlot
            There is no such preset.
        """
        from vre_dm.limits.plot import figure

        return figure.draw(self.model, preset)

    def html(self) -> str:
        """Write a complete, interactive HTML document that loads nothing from anywhere."""
        from vre_dm.limits.plot import page

        return page.page(self.model)

    def save(self, path: str | Path, *, preset: Preset | None = None) -> Path:
        """Write the plot; the ending says how.

        Parameters
        ----------
        path
            ``.html`` (interactive, works offline), ``.png``, ``.pdf`` or ``.svg``.
        preset
            Size on paper, as for `matplotlib`.

        Returns
        -------
        Path
            Where it was written.

        Raises
        ------
        InvalidPlot
            There is no such preset.
        NotWritable
            Another ending, or a folder that does not exist or cannot be written; a file that was there stays.
        """
        target, form = target_of(path)
        data = self.html() if form == "html" else self._printed(form, preset)
        return place({target.name: data}, target.parent, overwrite=True)[0]

    def _printed(self, form: str, preset: Preset | None = None) -> bytes:
        from vre_dm.limits.plot import figure

        return figure.render(self.model, form, preset)

    def __repr__(self) -> str:
        notes = "".join(f"\n! {note}" for note in self.model["notes"])
        return f"Overlay of {counted(self.curves)}\n{table_text(*overview(self.curves))}{notes}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Offer the data, a picture and a table; the front end takes what it can."""
        return {
            MIME: payload(self.model),
            "image/svg+xml": self._printed("svg").decode(),
            "text/plain": repr(self),
        }


def overlay(
    curves: Curve | Iterable[Curve],
    *,
    highlight: Collection[str] = (),
    bands: Collection[str] = (),
    title: str = "",
    x_range: Range | None = None,
    y_range: Range | None = None,
    colour_by: ColourBy = "experiment",
    theme: Theme = "auto",
    assume: Mapping[str, float] | None = None,
) -> Overlay:
    """Lay curves of one quantity over each other.

    Parameters
    ----------
    curves
        Published ones, your own, or both; ids must differ.
    highlight
        Ids drawn in black and wide, for your own result.
    bands
        Ids whose ±1σ band is drawn.
    title
        Above the plot.
    x_range, y_range
        Lower and upper end of the view, in the unit of the axis; all points when left out.
    colour_by
        ``experiment`` or ``technique``: one colour each, dashes tell its curves apart; ``none``: grey, save
        what is highlighted.
    theme
        ``light``, ``dark``, or ``auto`` for that of the reader's screen.
    assume
        Parameters at other values than the curves were made with, for example ``{"rho0": 0.4}``; the sliders
        do the same.

    Returns
    -------
    Overlay

    Raises
    ------
    InvalidCurve
        No curve, an id in place of a curve, two with one id, different quantities, a grid, an id to highlight
        that is not among them, or a parameter that no curve scales with.
    InvalidPlot
        An unknown theme or colouring, a title that is no text, or ids that are no list.
    OutOfRange
        A view that is not two positive numbers, the lower first, or a value that a parameter cannot take.

    Examples
    --------
    >>> from vre_dm.limits.catalogue import curves
    >>> plot = overlay(curves("si_lz_2024", "si_xenonnt_2025"), title="Direct detection")
    >>> len(plot.model["curves"])
    2
    """
    chosen = CurveSet([curves] if isinstance(curves, Curve) else curves)
    view = View(
        highlight=ids(highlight, "highlight"),
        bands=ids(bands, "bands"),
        title=title,
        x_range=x_range,
        y_range=y_range,
        colour_by=colour_by,
        theme=theme,
    )
    return Overlay(chosen, view, assume)
