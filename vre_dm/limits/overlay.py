"""Lay limit curves over each other: one object that shows itself, saves itself and prints.

The renderers are `bokeh_figure` (interactive, with the hover) and `figure` (print); both draw `model`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vre_dm.errors import NotWritable
from vre_dm.limits.curve import Curve
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.model import Model, Range, build

if TYPE_CHECKING:
    from bokeh.plotting import figure as BokehFigure
    from matplotlib.figure import Figure

MIME = "application/vnd.vre.limits+json"
FRAME_PX = 640


class Overlay:
    """Limit curves on one pair of logarithmic axes.

    Attributes
    ----------
    curves
        What is drawn, in drawing order.
    model
        The plot as plain JSON data, see `vre_dm.limits.model`; every renderer draws exactly this.
    """

    __slots__ = ("curves", "model")

    def __init__(self, curves: CurveSet, model: Model) -> None:
        self.curves = curves
        self.model = model

    def bokeh(self) -> BokehFigure:
        """Give the interactive figure, to be changed or embedded elsewhere."""
        from vre_dm.limits import bokeh_figure

        return bokeh_figure.draw(self.model)

    def matplotlib(self) -> Figure:
        """Give the figure for print; same vertices as the interactive one."""
        from vre_dm.limits import figure

        return figure.draw(self.model)

    def html(self) -> str:
        """Write a complete, interactive HTML document that loads nothing from anywhere."""
        from vre_dm.limits import bokeh_figure

        return bokeh_figure.page(self.model)

    def save(self, path: str | Path) -> Path:
        """Write the plot; the ending says how.

        Parameters
        ----------
        path
            ``.html`` (interactive, works offline), ``.png``, ``.pdf`` or ``.svg``.

        Returns
        -------
        Path
            Where it was written.

        Raises
        ------
        ValueError
            Another ending.
        NotWritable
            The folder does not exist or cannot be written.
        """
        target = Path(path)
        ending = target.suffix.lower()
        if ending not in (".html", ".png", ".pdf", ".svg"):
            msg = f"cannot write {target.name!r}: end it in .html, .png, .pdf or .svg"
            raise ValueError(msg)
        # Drawn before the file is opened: a plot that cannot be drawn leaves no half file.
        data = self.html().encode() if ending == ".html" else self._printed(ending[1:])
        try:
            target.write_bytes(data)
        except OSError as error:
            msg = f"cannot write {str(target)!r}: {error.strerror}; choose a folder that exists and is yours"
            raise NotWritable(msg) from error
        return target

    def _printed(self, form: str) -> bytes:
        buffer = BytesIO()
        self.matplotlib().savefig(buffer, format=form, dpi=200)
        return buffer.getvalue()

    def __repr__(self) -> str:
        return f"Overlay of {self.curves!r}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Offer the data, an interactive page, a picture and a table; the front end takes what it can."""
        from vre_dm.limits import figure

        return {
            MIME: self.model,
            "text/html": self._frame(),
            "image/svg+xml": figure.svg(self.model),
            "text/plain": repr(self),
        }

    def _frame(self) -> str:
        """Put the page into a frame of its own: no clash with the notebook, no right to touch it."""
        names = ", ".join(escape(line["label"]) for line in self.model["curves"])
        return (
            f'<figure style="margin:0"><iframe sandbox="allow-scripts allow-downloads" '
            f'title="Interactive limit plot" style="width:100%;height:{FRAME_PX}px;border:0" '
            f'srcdoc="{escape(self.html())}"></iframe><figcaption>Limits: {names}</figcaption></figure>'
        )


def overlay(
    curves: Curve | Iterable[Curve],
    *,
    highlight: Collection[str] = (),
    bands: Collection[str] = (),
    title: str = "",
    x_range: Range | None = None,
    y_range: Range | None = None,
) -> Overlay:
    """Lay curves of one quantity over each other.

    Parameters
    ----------
    curves
        Published ones, your own, or both; ids must differ.
    highlight
        Ids drawn in black and wide, for your own result.
    bands
        Ids whose ±1σ expected band is drawn.
    title
        Above the plot.
    x_range, y_range
        Lower and upper end of the view; all points when left out.

    Returns
    -------
    Overlay

    Raises
    ------
    InvalidCurve
        No curve, an id in place of a curve, two with one id, different quantities, or an id to highlight
        that is not among them.
    OutOfRange
        A view that is not two positive numbers, the lower first.

    Examples
    --------
    >>> from vre_dm.limits.catalogue import curves
    >>> plot = overlay(curves("si_lz_2024", "si_xenonnt_2025"), title="Direct detection")
    >>> len(plot.model["curves"])
    2
    """
    chosen = CurveSet([curves] if isinstance(curves, Curve) else curves)
    model = build(chosen, highlight=highlight, bands=bands, title=title, x_range=x_range, y_range=y_range)
    return Overlay(chosen, model)
