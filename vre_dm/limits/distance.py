"""How far a curve passes from a point of its plane, in decades."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from vre_dm.errors import OutOfRange
from vre_dm.limits.spelling import shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vre_dm.limits.curve import Curve


def distance(curve: Curve, mass: float, value: float) -> float:
    """Shortest distance from a point to a curve, along both logarithmic axes alike.

    Parameters
    ----------
    mass : float, GeV
    value : float, unit of the curve's second column

    Returns
    -------
    float
        Decades, 0 on the curve.
    """
    path = np.log10(np.column_stack([curve.x, curve.y]))
    point = np.log10([mass, value])
    if curve.geometry == "grid" or len(path) == 1:
        return float(np.hypot(*(path - point).T).min())
    return float(_to_segments(path, point).min())


def point_of_plane(point: object) -> tuple[float, float]:
    """Two positive numbers, mass and value.

    Raises
    ------
    OutOfRange
        It is something else.
    """
    if isinstance(point, tuple | list) and len(point) == 2 and all(isinstance(item, Real) for item in point):
        mass, value = float(point[0]), float(point[1])
        if 0 < mass < np.inf and 0 < value < np.inf:
            return mass, value
    msg = f"near {shown(point)} is not a point; give a mass in GeV and a value, such as near=(40, 1e-46)"
    raise OutOfRange(msg)


def _to_segments(path: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
    start, along = path[:-1], np.diff(path, axis=0)
    squared = np.maximum((along**2).sum(axis=1), np.finfo(float).tiny)
    part = np.clip(((point - start) * along).sum(axis=1) / squared, 0.0, 1.0)
    nearest = start + part[:, None] * along
    apart: NDArray[np.float64] = np.hypot(*(nearest - point).T)
    return apart
