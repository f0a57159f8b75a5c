"""Numbers that a user gives, as floats: text, a unit or a mask would silently make them other numbers."""

from __future__ import annotations

from numbers import Number
from typing import TYPE_CHECKING

import numpy as np

from vre_dm.errors import OutOfRange, VreDmError
from vre_dm.limits.spelling import shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SUPERSCRIPTS = str.maketrans("²³⁵", "235")


def floats(given: object, what: str, unit: str = "", *, error: type[VreDmError] = OutOfRange) -> Floats:
    """Plain numbers as floats, of any shape; NaN and infinity are for the caller to judge.

    Parameters
    ----------
    given
        A number, or a list or an array of them.
    what
        How a message names them.
    unit
        What they are in, empty for pure numbers. Quantities of astropy, pint and unyt are refused, whatever
        their unit; one that is noted as text, as in xarray, must be this one.
    error
        Which error to raise.

    Raises
    ------
    VreDmError
        The `error`: these are no numbers, or they are in another unit.
    """
    wanted = f" in {unit}" if unit else ""
    stated = _unit(given)
    if isinstance(stated, str):
        if stated.translate(SUPERSCRIPTS) != (unit or "1").translate(SUPERSCRIPTS):
            msg = f"{what} is noted as in {stated[:20]!r}; give plain numbers{wanted}"
            raise error(msg)
    elif stated is not None:
        msg = f"{what} {shown(given)} has a unit; give plain numbers{wanted}, such as x.to_value({unit!r})"
        raise error(msg)
    try:
        numbers = np.asarray(given)
        plain = numbers.dtype.kind in "iuf" or (
            numbers.dtype.kind == "O" and all(isinstance(item, Number) for item in numbers.flat)
        )
        # A masked array would show what its mask hides; numpy.ma is slow to import.
        if plain and not hasattr(given, "filled"):
            return numbers.astype(np.float64)
    except (TypeError, ValueError, OverflowError):  # rows of unequal length, 1j among objects, 10**400
        pass
    msg = f"{what} {shown(given)} is not a number or an array of numbers; give plain ones{wanted}"
    raise error(msg)


def plain(values: Floats) -> float | Floats:
    """An array as it is, a single number as a float, which prints as one."""
    return values if np.ndim(values) else float(values)


def _unit(given: object) -> object:
    """Unit that numbers, or the first one of a list, say they have."""
    one = given[0] if isinstance(given, list | tuple) and given else given
    return getattr(one, "units", getattr(one, "unit", None))
