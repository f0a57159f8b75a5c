"""The sliders' side in the kernel: a halo comes, a limit is computed, and the plot gets its numbers."""

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import anywidget
import traitlets
from IPython.display import display

from vre_dm.errors import OutOfRange, VreDmError
from vre_dm.lake.tables import clean
from vre_dm.limits.curve import Curve
from vre_dm.limits.overlay import MIME, Overlay, overlay
from vre_dm.limits.plot.payload import payload
from vre_dm.physics.halo import StandardHalo

LONGEST = 300
"""Characters of what is said of a halo without a limit."""
_FOLDER = Path(__file__).parent
# name of the parameter, what is written beside the slider, unit, lowest, highest, step
_SLIDERS: tuple[tuple[str, str, str, float, float, float], ...] = (
    ("rho0_gev_cm3", "ρ₀", "GeV/cm³", 0.1, 1.0, 0.01),
    ("v0_km_s", "v₀", "km/s", 150.0, 300.0, 1.0),
    ("vesc_km_s", "v esc", "km/s", 450.0, 700.0, 1.0),
    ("ve_km_s", "v E", "km/s", 180.0, 300.0, 0.5),
)


class HaloSliders(anywidget.AnyWidget):
    """A limit that follows the halo, laid over others; shows itself below its cell.

    Works in JupyterLab and Notebook 7, between cells and not while one runs. Where a halo gives no limit, the
    plot has only the others, and a line says why.

    Parameters
    ----------
    limit
        Gives the curve, or curves, of a halo; asked at every step, so it should take milliseconds.
    others
        Curves that stay as they are, such as published ones.
    start
        Halo to begin with, and to go back to; the default is ``StandardHalo()``.
    **options
        As for `vre_dm.limits.overlay.overlay`. Highlighted is, if they do not say otherwise, the limit that
        follows; the view is the one of the first plot, so that a step moves the curve and not the axes.

    Raises
    ------
    VreDmError
        The halo to begin with gives no limit, or the overlay cannot be drawn.

    Attributes
    ----------
    halo
        What the sliders say; may be set.
    overlay
        What is shown, to save, to compare, to take a curve from; ``None`` where there is nothing to show.

    Examples
    --------
    >>> import vre_dm as dm
    >>> dm.HaloSliders(lambda halo: my_limit(halo), dm.curves("si_lz_2024"))  # doctest: +SKIP
    """

    _esm = _FOLDER.joinpath("sliders.js").read_text(encoding="utf-8")
    _css = _FOLDER.joinpath("sliders.css").read_text(encoding="utf-8")
    sliders: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    start = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        limit: Callable[[StandardHalo], Curve | Iterable[Curve]],
        others: Curve | Iterable[Curve] = (),
        *,
        start: StandardHalo | None = None,
        **options: Any,
    ) -> None:
        self._limit, self._options = limit, dict(options)
        self._start = self._halo = StandardHalo() if start is None else _checked(start)
        self._others, self._shown_as = _listed(others), f"vre-dm-{uuid4().hex}"
        self.overlay: Overlay | None = self._with(_listed(limit(self._halo)))
        for axis in ("x", "y"):
            self._options.setdefault(f"{axis}_range", tuple(self.overlay.model[axis]["range"]))
        drawn = self._drawn(self._halo)
        super().__init__(sliders=drawn, start=_values(self._halo), values=_values(self._halo))
        self.observe(self._moved, "values")

    @property
    def halo(self) -> StandardHalo:
        """What the sliders say; setting it moves them, and the plot follows once.

        Raises
        ------
        OutOfRange
            What is set is no StandardHalo; nothing has changed.
        """
        return self._halo

    @halo.setter
    def halo(self, halo: StandardHalo) -> None:
        self._halo = _checked(halo)
        self.unobserve(self._moved, "values")
        try:
            self.sliders, self.values = self._drawn(halo), _values(halo)
        finally:
            self.observe(self._moved, "values")
        self._moved()

    def _moved(self, _: object = None) -> None:
        try:
            self._halo = replace(self._halo, **self._asked())
            self.overlay = self._with(_listed(self._limit(self._halo)))
            self.said = ""
        # Whatever a user's function raises: a curve of another halo must not stay as if it were of this one.
        except Exception as error:
            said = str(error) if isinstance(error, VreDmError) else f"{type(error).__name__}: {error}"
            self.said = clean(f"no limit with this halo: {' '.join(said.split())}", LONGEST)
            self.overlay = self._without()
        display(self._live(), raw=True, display_id=self._shown_as, update=True)

    def _drawn(self, halo: StandardHalo) -> list[dict[str, str | float]]:
        """Sliders for a halo, and what they can say: the page may change its own copy of them."""
        drawn = _sliders(halo, self._start)
        self._ends = {str(each["name"]): (float(each["low"]), float(each["high"])) for each in drawn}
        return drawn

    def _asked(self) -> dict[str, Any]:
        """What a page asks for, if its sliders can say so."""
        if set(self.values) != set(self._ends):
            msg = f"asked for other parameters than {', '.join(self._ends)}"
            raise OutOfRange(msg)
        for name, (low, high) in self._ends.items():
            value = self.values[name]
            if type(value) not in (int, float) or not (math.isfinite(value) and low <= value <= high):
                msg = f"{name} must be a number from {low:g} to {high:g}"
                raise OutOfRange(msg)
        return {name: float(value) for name, value in self.values.items()}

    def _with(self, own: list[Curve]) -> Overlay:
        return overlay([*own, *self._others], **{"highlight": [curve.id for curve in own], **self._options})

    def _without(self) -> Overlay | None:
        ids = {curve.id for curve in self._others}
        left = {
            name: [id for id in self._options.get(name, ()) if id in ids] for name in ("highlight", "bands")
        }
        return overlay(self._others, **{**self._options, **left}) if ids else None

    def _live(self) -> dict[str, Any]:
        """What a step sends: data and text; a picture would take a hundred times as long."""
        data = {} if self.overlay is None else {MIME: payload(self.overlay.model)}
        return {**data, "text/plain": self.said if self.overlay is None else repr(self.overlay)}

    def __repr__(self) -> str:
        now = (f"{title} {getattr(self._halo, name):g} {unit}" for name, title, unit, *_ in _SLIDERS)
        return f"Halo: {', '.join(now)}. Run the cell again to move it."

    def _ipython_display_(self) -> None:
        display(*(self._repr_mimebundle_() or ())[:1], raw=True)
        shown = self._live() if self.overlay is None else self.overlay._repr_mimebundle_()
        display(shown, raw=True, display_id=self._shown_as)


def _listed(curves: Curve | Iterable[Curve]) -> list[Curve]:
    return [curves] if isinstance(curves, Curve) else list(curves)


def _checked(halo: object) -> StandardHalo:
    if not isinstance(halo, StandardHalo):
        msg = f"halo must be a StandardHalo, not {type(halo).__name__}; change one by dataclasses.replace"
        raise OutOfRange(msg)
    return halo


def _values(halo: StandardHalo) -> dict[str, float]:
    return {name: float(getattr(halo, name)) for name, *_ in _SLIDERS}


def _sliders(*halos: StandardHalo) -> list[dict[str, str | float]]:
    """As a page draws them, wide enough for these halos."""
    found: list[dict[str, str | float]] = []
    for name, title, unit, low, high, step in _SLIDERS:
        values = [float(getattr(halo, name)) for halo in halos]
        ends = {"low": min(low, *values), "high": max(high, *values)}
        found.append({"name": name, "title": title, "unit": unit, "step": step, **ends})
    return found
