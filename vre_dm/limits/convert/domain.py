"""Where a formula holds: what enters is asked here, so that nothing gives a plausible wrong result."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.convert.constants import PERTURBATIVE
from vre_dm.limits.curve import Curve, Geometry
from vre_dm.limits.floats import floats, plain
from vre_dm.limits.spelling import shown

Array = NDArray[np.float64]
P = ParamSpec("P")


def elementwise(function: Callable[P, Array]) -> Callable[P, Array]:
    """Let a formula take numbers and arrays alike: numbers alone give a float, which prints as one.

    Raises
    ------
    OutOfRange
        Arguments of the formula have shapes that do not go together.
    """

    @wraps(function)
    def formula(*args: P.args, **kwargs: P.kwargs) -> Array:
        shapes = [shape for value in (*args, *kwargs.values()) if (shape := _shape(value))]
        try:
            np.broadcast_shapes(*shapes)
        except ValueError:
            listed = " and ".join(map(str, shapes))
            msg = f"{function.__name__}: numbers of shapes {listed} do not go together; give as many of each"
            raise OutOfRange(msg) from None
        return plain(function(*args, **kwargs))  # type: ignore[return-value]

    return formula


def positive(name: str, value: ArrayLike, *, zero: bool = False) -> Array:
    """Finite numbers above zero as floats.

    Parameters
    ----------
    name
        Said in the message, with the unit: ``mass in GeV``.
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
    what, _, unit = name.partition(" in ")
    numbers = floats(value, what, unit)
    above = numbers >= low if low_included else numbers > low
    bad = numbers[~(np.isfinite(numbers) & above & (numbers < high))]
    if bad.size:
        bounds = f"above {low:g}" if np.isinf(high) else f"between {low:g} and {high:g}"
        msg = f"{name} = {bad.flat[0]:g} must lie {bounds}{' or be it' if low_included else ''}"
        raise OutOfRange(msg)
    return numbers


def number(
    name: str, value: float, low: float = 0.0, high: float = np.inf, *, low_included: bool = False
) -> float:
    """One number, as `between` wants it.

    Raises
    ------
    OutOfRange
        Something else, or several.
    """
    numbers = between(name, value, low, high, low_included=low_included)
    if numbers.ndim:
        msg = f"{name} is one number, not an array of the shape {numbers.shape}; call once for each"
        raise OutOfRange(msg)
    return float(numbers)


def coupling(name: str, value: float, *, zero: bool = False) -> float:
    """A coupling for which leading order means something: above zero and at most √(4π).

    Raises
    ------
    OutOfRange
        It is negative, not finite, or too strong.
    """
    strength = number(name, value, low_included=zero)
    if strength > PERTURBATIVE:
        msg = f"{name} = {strength:g} exceeds √(4π) = {PERTURBATIVE:.3f}: no perturbative result exists"
        raise OutOfRange(msg)
    return strength


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


def _shape(value: object) -> tuple[int, ...]:
    """Shape of a list or an array; empty for all else, also for rows of unequal length."""
    if not isinstance(value, list | tuple) and not hasattr(value, "__array__"):
        return ()
    try:
        return np.shape(value)
    except ValueError:
        return ()
