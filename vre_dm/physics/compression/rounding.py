"""Fewer bits in the mantissa, rounded to the nearest even, so that an error bound holds for each number."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.spelling import shown

Floats = NDArray[np.floating[Any]]
LARGEST_RELATIVE, LARGEST_ABSOLUTE = 0.5, 1e300
"""The first leaves nothing but sign and power of two; twice the second is still a number."""


@dataclass(frozen=True, slots=True)
class Relative:
    """Largest error of each number, as a share of it.

    Attributes
    ----------
    error
        From above 0 to 0.5.

    Raises
    ------
    OutOfRange
        The error is outside.
    """

    error: float

    def __post_init__(self) -> None:
        if not (isinstance(self.error, Real) and 0 < self.error <= LARGEST_RELATIVE):
            msg = (
                f"relative error bound {shown(self.error)} must lie above 0 and not above {LARGEST_RELATIVE}"
            )
            raise OutOfRange(msg)

    def __str__(self) -> str:
        return f"relative {self.error:g}"

    @property
    def bits(self) -> int:
        """Bits of the mantissa that have to be kept; the leading one, which is not stored, does not count."""
        return -math.frexp(self.error)[1]

    def rounded(self, values: Floats) -> Floats:
        """Round; numbers below the smallest normal one, which have fewer bits, stay as they are."""
        values = values.astype(values.dtype.newbyteorder("="), copy=False)  # the bits are counted below
        bits = np.finfo(values.dtype).nmant
        drop = bits - self.bits
        if drop <= 0:
            return values.copy()
        kind = np.dtype(f"u{values.dtype.itemsize}").type
        raw = values.view(kind)
        odd = (raw >> kind(drop)) & kind(1)
        up = raw + kind((1 << (drop - 1)) - 1) + odd  # a carry goes into the exponent, as it should
        kept = (up >> kind(drop)) << kind(drop)
        normal = np.abs(values) >= np.finfo(values.dtype).tiny
        return np.where(normal, kept.view(values.dtype), values)


@dataclass(frozen=True, slots=True)
class Absolute:
    """Largest error of each number in the unit of its column.

    Attributes
    ----------
    error
        Above 0, below 1e300.
    unit
        As the column's attribute ``units`` has it; a column in another unit is refused.

    Raises
    ------
    OutOfRange
        The error is outside.
    """

    error: float
    unit: str

    def __post_init__(self) -> None:
        if not (isinstance(self.error, Real) and 0 < self.error < LARGEST_ABSOLUTE):
            told = f"absolute error bound {shown(self.error)} {self.unit}"
            msg = f"{told} must lie between 0 and {LARGEST_ABSOLUTE}"
            raise OutOfRange(msg)

    def __str__(self) -> str:
        return f"absolute {self.error:g} {self.unit}"

    def rounded(self, values: Floats) -> Floats:
        """Round to multiples of the largest power of two that is not above twice the bound."""
        step = math.ldexp(1.0, math.frexp(self.error)[1])
        wide = values.astype(np.float64)
        moves = np.abs(wide) < step * 2.0**52  # larger ones are multiples already
        wide[moves] = np.rint(wide[moves] / step) * step
        with np.errstate(over="ignore"):
            return wide.astype(values.dtype)


Bound = Relative | Absolute


def rounded(name: str, values: Floats, bound: Bound, unit: str) -> Floats:
    """Round one column so that no number of it moves further than allowed.

    Parameters
    ----------
    name, unit
        Of the column, as in its attributes.
    values : ndarray, shape (n,), float32 or float64
    bound

    Returns
    -------
    ndarray, shape (n,), of the same type
        As short as the bound allows: the bits that are not needed are zero.

    Raises
    ------
    OutOfRange
        The bound is none, or has another unit, a number is not finite, or would no longer be after rounding.

    References
    ----------
    IEEE 754, roundTiesToEven; that what is left compresses well: doi 10.1038/s43588-021-00156-2
    """
    if not isinstance(bound, Bound):
        msg = f"error bound {shown(bound)} of column {name} must be Relative(error) or Absolute(error, unit)"
        raise OutOfRange(msg)
    if isinstance(bound, Absolute) and bound.unit != unit:
        msg = (
            f"column {name} is in {unit!r}, the error bound in {bound.unit!r}; give each column its own bound"
        )
        raise OutOfRange(msg)
    _require_finite(name, values, "is not finite; no error bound can hold for it")
    short = bound.rounded(values)
    _require_finite(name, short, f"is too large to be rounded at {bound}")
    return short


def _require_finite(name: str, values: Floats, told: str) -> None:
    if not np.all(np.isfinite(values)):
        row = int(np.argmin(np.isfinite(values)))
        msg = f"column {name}, row {row + 1}: the number {told}"
        raise OutOfRange(msg)
