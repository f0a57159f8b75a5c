"""Where a formula holds: what enters is asked here, so that nothing gives a plausible wrong result."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.convert.constants import PERTURBATIVE
from vre_dm.limits.curve import Curve, Geometry
from vre_dm.limits.spelling import shown

Array = NDArray[np.float64]


def positive(name: str, value: ArrayLike, *, zero: bool = False) -> Array:
    """Finite numbers above zero as floats.

    Parameters
    ----------
    name
        Said in the message, with the unit.
    value : array_like, any shape
    zero
        Zero is allowed too.

    Raises
    ------
    OutOfRange
        Something else; the message shows the first one.
    """
    return between(name, value, 0.0, np.inf, low_included=zero)


def between(name: str, value: ArrayLike, low: float, high: float, *, low_included: bool = False) -> Array:
    """Finite numbers above `low` and below `high`, as floats.

    Raises
    ------
    OutOfRange
        Something else; the message shows the first one.
    """
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        msg = f"{name} = {shown(value)} is not a number"
        raise OutOfRange(msg) from None
    above = numbers >= low if low_included else numbers > low
    bad = numbers[~(np.isfinite(numbers) & above & (numbers < high))]
    if bad.size:
        bounds = f"above {low:g}" if np.isinf(high) else f"between {low:g} and {high:g}"
        msg = f"{name} = {bad.flat[0]:g} must lie {bounds}{' or be it' if low_included else ''}"
        raise OutOfRange(msg)
    return numbers


def coupling(name: str, value: float, *, zero: bool = False) -> float:
    """A coupling for which leading order means something: above zero and at most √(4π).

    Raises
    ------
    OutOfRange
        It is negative, not finite, or too strong.
    """
    number = float(positive(name, value, zero=zero))
    if number > PERTURBATIVE:
        msg = f"{name} = {number:g} exceeds √(4π) = {PERTURBATIVE:.3f}: no perturbative result exists"
        raise OutOfRange(msg)
    return number


def is_curve(given: object) -> None:
    """Refuse an id, a set or anything else in place of one curve.

    Raises
    ------
    InvalidCurve
        With what was given.
    """
    if not isinstance(given, Curve):
        msg = f"{shown(given)} is not a curve; take one, such as dm.curves('si_lz_2024')[0]"
        raise InvalidCurve(msg)


def require_curve(curve: Curve, quantity: str, geometry: Geometry = "line") -> None:
    """Refuse a curve of another quantity or geometry.

    Raises
    ------
    InvalidCurve
        With both.
    """
    is_curve(curve)
    if (curve.quantity, curve.geometry) != (quantity, geometry):
        msg = f"curve {curve.id} is a {curve.geometry} of {curve.quantity}, not a {geometry} of {quantity}"
        raise InvalidCurve(msg)
