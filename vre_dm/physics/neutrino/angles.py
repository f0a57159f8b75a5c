"""Angles that enter, in degrees: their ranges include both ends."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.floats import floats

Array = NDArray[np.float64]


def angles(name: str, value: ArrayLike, low: float, high: float) -> Array:
    """Finite angles from `low` to `high`, any shape.

    Raises
    ------
    OutOfRange
        Something else; the message shows the first one.
    """
    given = floats(value, name, "deg")
    bad = given[~((given >= low) & (given <= high))]
    if bad.size:
        msg = f"{name} = {bad.flat[0]:g} deg must lie from {low:g} to {high:g} deg"
        raise OutOfRange(msg)
    return given


def declination(value: float) -> float:
    """One declination."""
    return float(angles("declination", value, -90, 90))


def rising(name: str, value: ArrayLike) -> Array:
    """Edges of bins from 0 to 180 deg: two or more that rise.

    Raises
    ------
    OutOfRange
        Something else.
    """
    limits = angles(name, value, 0, 180)
    if limits.ndim != 1 or limits.size < 2 or not np.all(np.diff(limits) > 0):
        msg = f"{name}: give two or more edges that rise, not {limits.size} of shape {limits.shape}"
        raise OutOfRange(msg)
    return limits
