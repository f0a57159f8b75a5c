"""One column of a curve's table: a name, a unit, and numbers that cannot change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import InvalidCurve
from vre_dm.limits.construction import require_types
from vre_dm.limits.floats import floats
from vre_dm.limits.quantities import header, quantity

if TYPE_CHECKING:
    from vre_dm.limits.curve import Curve


@dataclass(frozen=True, slots=True)
class Column:
    """One column of numbers.

    Attributes
    ----------
    name
        As in the header, unit included: ``m_GeV``, ``limit_cm2``.
    unit
        The same unit alone: ``GeV``, ``cm2``.
    values : ndarray, read-only

    Raises
    ------
    InvalidCurve
        The values are no plain list of numbers, or carry a unit.
    """

    name: str
    unit: str
    values: NDArray[np.float64] = field(repr=False)

    def __post_init__(self) -> None:
        require_types(self, {"name": str, "unit": str}, "column")
        # An array over immutable bytes: not even setflags can make it writeable again.
        frozen = np.frombuffer(_listed(self.values, self.name, self.unit).tobytes(), dtype=np.float64)
        object.__setattr__(self, "values", frozen)

    @property
    def stem(self) -> str:
        """Name without the unit: ``limit``, ``median``, ``m``."""
        return self.name.removesuffix(header("", self.unit))


def mass_column(values: ArrayLike) -> Column:
    """First column of a curve over the dark-matter mass in GeV."""
    return Column("m_GeV", "GeV", _listed(values, "m_GeV", "GeV"))


def limit_column(values: ArrayLike, of: str) -> Column:
    """Second column of a curve, in the unit of the quantity `of`."""
    unit = quantity(of).unit
    name = header("limit", unit)
    return Column(name, unit, _listed(values, name, unit))


def multiplied(curve: Curve, factor: float | NDArray[np.float64]) -> tuple[Column, ...]:
    """Columns of a curve with all that are in the unit of its limit, bands included, times a factor.

    Parameters
    ----------
    curve
        Of a quantity with another unit than the masses.
    factor
        One number, or one a row.
    """
    unit = quantity(curve.quantity).unit
    return tuple(Column(c.name, unit, c.values * factor) if c.unit == unit else c for c in curve.columns)


def _listed(values: object, name: str, unit: str) -> NDArray[np.float64]:
    numbers = floats(values, f"column {name[:60]}:", unit, error=InvalidCurve)
    if numbers.ndim != 1:
        msg = f"column {name[:60]}: the numbers have the shape {numbers.shape}; give one value a point"
        raise InvalidCurve(msg)
    return numbers
