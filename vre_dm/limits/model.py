"""The plot as data: curves, bands, styles and view as plain JSON, without code, for every renderer alike."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.curve import Curve
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.display import level, plain
from vre_dm.limits.metadata import UNKNOWN
from vre_dm.limits.palette import OWN_COLOUR, style
from vre_dm.limits.quantities import header, quantity

VERSION = 1
BAND = ("sensitivity_m1sigma", "sensitivity_p1sigma")


class Axis(TypedDict):
    """One logarithmic axis."""

    label: str
    unit: str
    range: list[float]


class Band(TypedDict):
    """Area around a curve, with the same x as its bounds."""

    name: str
    x: list[float]
    low: list[float]
    high: list[float]


class Line(TypedDict):
    """One drawn curve; ``text`` holds what a tooltip says, as text and never as markup."""

    id: str
    label: str
    x: list[float]
    y: list[float]
    colour: str
    dash: list[int]
    width: float
    own: bool
    label_at: list[float] | None
    band: Band | None
    text: dict[str, str]


class Model(TypedDict):
    """What `application/vnd.vre.limits+json` carries."""

    version: int
    title: str
    x: Axis
    y: Axis
    curves: list[Line]


Range = tuple[float, float]


def build(
    curves: CurveSet,
    *,
    highlight: Collection[str] = (),
    bands: Collection[str] = (),
    title: str = "",
    x_range: Range | None = None,
    y_range: Range | None = None,
) -> Model:
    """Turn curves into the model; see `vre_dm.limits.overlay.overlay` for the arguments.

    Raises
    ------
    InvalidCurve
        No curve, curves of different quantities, or an id to highlight that is not among them.
    OutOfRange
        A view that is not two positive numbers, the lower first.
    """
    _require_one_quantity(curves)
    _require_drawn(curves, highlight, "highlight")
    _require_drawn(curves, bands, "bands")
    view_x = _view(x_range, "x_range") or _padded([curve.x for curve in curves])
    view_y = _view(y_range, "y_range") or _padded([curve.y for curve in curves])
    positions = {c.id: i for i, c in enumerate(c for c in curves if c.id not in highlight)}
    lines = [_line(c, positions.get(c.id), c.id in bands) for c in curves]
    _place_labels(lines, view_x, view_y)
    known, first = quantity(curves[0].quantity), curves[0].columns[0]
    return Model(
        version=VERSION,
        title=plain(title),
        x=Axis(label=f"dark-matter mass [{first.unit}]", unit=first.unit, range=list(view_x)),
        y=Axis(
            label=f"{known.symbol} [{shown_unit(known.unit)}]",
            unit=shown_unit(known.unit),
            range=list(view_y),
        ),
        curves=lines,
    )


def shown_unit(unit: str) -> str:
    """Write the unit of a column header as people write it."""
    return {"cm2": "cm²"}.get(unit, unit)


def _require_one_quantity(curves: CurveSet) -> None:
    if not curves:
        msg = "an overlay needs at least one curve; dm.curves() shows what there is"
        raise InvalidCurve(msg)
    kinds = sorted({curve.quantity for curve in curves})
    if len(kinds) > 1:
        msg = f"one axis cannot show {' and '.join(kinds)}; convert them first or draw two overlays"
        raise InvalidCurve(msg)


def _require_drawn(curves: CurveSet, ids: Collection[str], argument: str) -> None:
    if isinstance(ids, str):
        msg = f"{argument} takes a list of ids; write {argument}=[{ids!r}]"
        raise InvalidCurve(msg)
    for name in ids:
        curves[name]


def _view(view: Range | None, argument: str) -> Range | None:
    if view is None:
        return None
    try:
        low, high = (float(end) for end in view)
        if 0 < low < high < np.inf:
            return low, high
    except (TypeError, ValueError):  # not a pair, or not of numbers
        pass
    msg = f"{argument} {view!r}: the axis is logarithmic; give two positive numbers, the lower first"
    raise OutOfRange(msg)


def _line(curve: Curve, position: int | None, with_band: bool) -> Line:
    """Style by position among the published curves; ``None`` is the user's own, black and wide."""
    colour, dash = style(position) if position is not None else (OWN_COLOUR, ())
    return Line(
        id=plain(curve.id),
        label=plain(curve.label),
        x=curve.x.tolist(),
        y=curve.y.tolist(),
        colour=colour,
        dash=list(dash),
        width=1.6 if position is not None else 3.2,
        own=position is None,
        label_at=None,
        band=_band(curve) if with_band else None,
        text=_text(curve),
    )


def _band(curve: Curve) -> Band:
    low, high = (curve.column(header(stem, curve.columns[1].unit)) for stem in BAND)
    return Band(name="±1σ expected", x=curve.x.tolist(), low=low.tolist(), high=high.tolist())


def _text(curve: Curve) -> dict[str, str]:
    assumed = ", ".join(f"{key} {value}" for key, value in curve.assumptions.items())
    facts = {
        "experiment": curve.experiment,
        "year": str(curve.year or UNKNOWN),
        "kind": curve.kind,
        "cl": level(curve),
        "statistic": curve.statistic,
        "reference": curve.reference.text,
        "doi": curve.reference.doi,
        "provenance": curve.provenance.type,
        "licence": curve.licence,
        "assumptions": assumed or UNKNOWN,
        "sha256": curve.sha256,
    }
    return {key: plain(value) for key, value in facts.items()}


def _padded(values: list[NDArray[np.float64]]) -> Range:
    """Span all values, with a twentieth of their decades as margin on both sides."""
    low, high = min(float(v.min()) for v in values), max(float(v.max()) for v in values)
    margin = max((high / low) ** 0.05, 1.1)
    return low / margin, high * margin


def _place_labels(lines: list[Line], x_range: Range, y_range: Range) -> None:
    """Give each label the vertex of its curve that is farthest from the labels placed before."""
    placed: list[tuple[float, float]] = []
    for line in sorted(lines, key=lambda line: not line["own"]):
        u, v = _in_view(line["x"], x_range), _in_view(line["y"], y_range)
        # Text runs to the right, so the right fifth of the plot is no place to start.
        inside = np.flatnonzero((u >= 0) & (u <= 0.8) & (v >= 0.02) & (v <= 0.96))
        if inside.size == 0:
            continue
        # A label is wide and low: horizontal distance counts a fifth.
        distances = [np.hypot((u[inside] - a) / 5, v[inside] - b) for a, b in placed]
        nearest = np.min(distances, axis=0) if distances else -np.abs(u[inside] - 0.5)
        best = int(inside[int(np.argmax(nearest))])
        placed.append((float(u[best]), float(v[best])))
        line["label_at"] = [line["x"][best], line["y"][best]]


def _in_view(values: list[float], view: Range) -> NDArray[np.float64]:
    """Position in the plot, 0 at the lower and 1 at the upper end of a logarithmic axis."""
    low, high = np.log(view)
    result: NDArray[np.float64] = (np.log(values) - low) / (high - low)
    return result
