"""Sliders of the halo below a cell: each step is computed in the kernel, and the overlay follows."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import ipywidgets
from IPython.display import display

from vre_dm.errors import OutOfRange, VreDmError
from vre_dm.limits.curve import Curve
from vre_dm.limits.overlay import MIME, Overlay, overlay
from vre_dm.limits.plot.payload import payload
from vre_dm.physics.halo import StandardHalo

# name of the parameter, what is written beside the slider, lowest, highest, step
SLIDERS: tuple[tuple[str, str, float, float, float], ...] = (
    ("rho0_gev_cm3", "ρ₀ (GeV/cm³)", 0.1, 1.0, 0.01),
    ("v0_km_s", "v₀ (km/s)", 150.0, 300.0, 1.0),
    ("vesc_km_s", "v esc (km/s)", 450.0, 700.0, 1.0),
    ("ve_km_s", "v E (km/s)", 180.0, 300.0, 0.5),
)


class HaloSliders:
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
        As for `vre_dm.limits.overlay.overlay`. What is not highlighted by them is the limit that follows; the
        view is the one of the first plot, so that a step moves the curve and not the axes.

    Raises
    ------
    VreDmError
        The halo to begin with gives no limit, or the overlay cannot be drawn.

    Attributes
    ----------
    halo
        What the sliders say; may be set.
    overlay
        What is shown: to save, to compare, to take a curve from.

    Examples
    --------
    >>> import vre_dm as dm
    >>> view = dm.HaloSliders(lambda halo: my_limit(halo), dm.curves("si_lz_2024"))  # doctest: +SKIP
    """

    def __init__(
        self,
        limit: Callable[[StandardHalo], Curve | Iterable[Curve]],
        others: Curve | Iterable[Curve] = (),
        *,
        start: StandardHalo | None = None,
        **options: Any,
    ) -> None:
        self._limit, self._start, self._options = limit, start or StandardHalo(), dict(options)
        self._others, self._id = _listed(others), f"vre-dm-{uuid4().hex}"
        self._halo = self._start
        self.overlay: Overlay | None = self._with(_listed(limit(self._start)))
        for axis in ("x", "y"):
            self._options.setdefault(f"{axis}_range", tuple(self.overlay.model[axis]["range"]))
        self._said = ipywidgets.Label()
        self._sliders = {
            name: _slider(getattr(self._start, name), title, low, high, step)
            for name, title, low, high, step in SLIDERS
        }
        for slider in self._sliders.values():
            slider.observe(self._moved, "value")

    @property
    def halo(self) -> StandardHalo:
        """What the sliders say; setting it moves them, and the plot follows once."""
        return self._halo

    @halo.setter
    def halo(self, halo: StandardHalo) -> None:
        self._halo = halo
        for name, slider in self._sliders.items():
            value = getattr(halo, name)
            slider.unobserve(self._moved, "value")
            slider.min, slider.max = min(slider.min, value), max(slider.max, value)
            slider.value = value
            slider.observe(self._moved, "value")
        self._moved()

    def slider(self, name: str) -> ipywidgets.FloatSlider:
        """Give the slider of a parameter of `StandardHalo`, to link it or to change its range.

        Raises
        ------
        OutOfRange
            There is none of this name.
        """
        if name not in self._sliders:
            msg = f"no slider is named {name!r}; there are {', '.join(self._sliders)}"
            raise OutOfRange(msg)
        return self._sliders[name]

    def _moved(self, _: object = None) -> None:
        try:
            self._halo = replace(self._halo, **{name: each.value for name, each in self._sliders.items()})
            self.overlay = self._with(_listed(self._limit(self._halo)))
            self._said.value = ""
        # Whatever a user's function raises: a curve of another halo must not stay as if it were of this one.
        except Exception as error:
            said = str(error) if isinstance(error, VreDmError) else f"{type(error).__name__}: {error}"
            self._said.value = f"no limit with this halo: {' '.join(said.split())}"
            self.overlay = self._without()
        display(self._live(), raw=True, display_id=self._id, update=True)

    def _with(self, own: list[Curve]) -> Overlay:
        return overlay([*own, *self._others], **{"highlight": [curve.id for curve in own], **self._options})

    def _without(self) -> Overlay | None:
        ids = {curve.id for curve in self._others}
        named = {
            name: [id for id in self._options.get(name, ()) if id in ids] for name in ("highlight", "bands")
        }
        return overlay(self._others, **{**self._options, **named}) if ids else None

    def _live(self) -> dict[str, Any]:
        """What a step sends: data and text; a picture would take ten times as long as all the rest."""
        data = {} if self.overlay is None else {MIME: payload(self.overlay.model)}
        return {**data, "text/plain": self._said.value if self.overlay is None else repr(self.overlay)}

    def __repr__(self) -> str:
        values = (f"{title.partition(' (')[0]} {getattr(self._halo, name):g}" for name, title, *_ in SLIDERS)
        return f"Halo: {', '.join(values)} (GeV/cm³, km/s). Run the cell again to move it."

    def _ipython_display_(self) -> None:
        back = ipywidgets.Button(description="As at the start", layout=ipywidgets.Layout(width="auto"))
        back.on_click(lambda _: setattr(self, "halo", self._start))
        box = ipywidgets.VBox([*self._sliders.values(), ipywidgets.HBox([back, self._said])])
        display({**box._repr_mimebundle_(), "text/plain": repr(self)}, raw=True)
        shown = self._live() if self.overlay is None else self.overlay._repr_mimebundle_()
        display(shown, raw=True, display_id=self._id)


def _listed(curves: Curve | Iterable[Curve]) -> list[Curve]:
    return [curves] if isinstance(curves, Curve) else list(curves)


def _slider(value: float, title: str, low: float, high: float, step: float) -> ipywidgets.FloatSlider:
    return ipywidgets.FloatSlider(
        value=value,
        min=min(low, value),
        max=max(high, value),
        step=step,
        description=title,
        readout_format=".2f" if step < 0.1 else ".1f",
        style={"description_width": "9em"},
        layout=ipywidgets.Layout(width="36em", max_width="100%"),
    )
