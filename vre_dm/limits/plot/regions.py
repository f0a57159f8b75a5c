"""The areas of a curve: the side it excludes, its sensitivity band, and the range in which it holds."""

from __future__ import annotations

from typing import Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import InvalidCurve
from vre_dm.limits.column import Column
from vre_dm.limits.curve import Curve
from vre_dm.limits.display import plain
from vre_dm.limits.quantities import CEILING, header, quantity
from vre_dm.limits.technique import is_fog

Fill = Literal["above", "below", "inside", "none"]

LOW, HIGH = "_m1sigma", "_p1sigma"
NAMES = {"sensitivity": "±1σ expected"}


class Band(TypedDict):
    """Area around a curve, with the same x as its bounds."""

    name: str
    x: list[float]
    low: list[float]
    high: list[float]


class Valid(TypedDict):
    """Range of x inside which a curve may be used, and why not beyond."""

    low: float
    high: float
    reason: str


def outline(curve: Curve) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Vertices to draw: of a limit with a ceiling the whole way round what is excluded, up and back."""
    for column in curve.columns[2:]:
        if column.stem == CEILING:
            return np.concatenate([curve.x, curve.x[::-1]]), np.concatenate([curve.y, column.values[::-1]])
    corners = _corners(curve) if curve.geometry == "contour" else []
    return np.append(curve.x, [x for x, _ in corners]), np.append(curve.y, [y for _, y in corners])


def _corners(curve: Curve) -> list[tuple[float, float]]:
    """Corner round which an open contour closes: its ends lie on neighbouring edges of what it covers."""
    x, y = curve.x, curve.y
    columns, rows = (x.min(), x.max()), (y.min(), y.max())
    for one, other in ((0, -1), (-1, 0)):
        if x[one] in columns and y[one] not in rows and y[other] in rows and x[other] != x[one]:
            return [(float(x[one]), float(y[other]))]
    return []


def is_closed(curve: Curve) -> bool:
    """Whether the line that is drawn goes round an area."""
    return curve.geometry == "contour" or any(column.stem == CEILING for column in curve.columns[2:])


def fill(curve: Curve) -> Fill:
    """Side that the curve shades: what an observation excludes, a signal's inside, what the fog hides."""
    if curve.kind == "signal region":
        return "inside" if curve.geometry == "contour" else "none"
    if is_fog(curve):
        return "below"
    if curve.kind != "observed" or curve.geometry == "band":
        return "none"
    if is_closed(curve):
        return "inside"
    side = quantity(curve.quantity).excludes
    # A line bounds no inside.
    return "none" if side == "inside" else side


def band(curve: Curve, factor: float) -> Band:
    """Band between the columns one sigma below and above; x is multiplied by `factor`.

    Raises
    ------
    InvalidCurve
        The curve has no such columns.
    """
    if curve.geometry == "band" and len(curve.columns) > 2:
        return _between(curve, curve.columns[1], curve.columns[2], "range", factor)
    for low in curve.columns:
        stem = low.stem.removesuffix(LOW)
        if low.stem.endswith(LOW):
            name = header(stem + HIGH, low.unit)
            high = next((column for column in curve.columns if column.name == name), None)
            if high is not None:
                return _between(curve, low, high, NAMES.get(stem, f"±1σ {stem}"), factor)
    msg = f"curve {curve.id} has no band: no columns …{LOW} and …{HIGH}; leave it out of bands"
    raise InvalidCurve(msg)


def valid(curve: Curve, factor: float) -> Valid | None:
    """Range of validity in the unit of the axis."""
    known = curve.validity
    if known is None:
        return None
    return Valid(low=known.low * factor, high=known.high * factor, reason=plain(known.reason))


def _between(curve: Curve, low: Column, high: Column, name: str, factor: float) -> Band:
    x = (curve.x * factor).tolist()
    return Band(name=plain(name), x=x, low=low.values.tolist(), high=high.values.tolist())
