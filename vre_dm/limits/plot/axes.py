"""The axes of the plot: what they are called, the units they switch between, and the part in view."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.quantities import Quantity
from vre_dm.limits.spelling import shown
from vre_dm.limits.words import shown_unit

Range = tuple[float, float]


class Unit(TypedDict):
    """A unit to show: a value in it is the value in the data times the factor."""

    name: str
    factor: float


class Axis(TypedDict):
    """One logarithmic axis; the first of the units is the unit of the data."""

    label: str
    unit: str
    range: list[float]
    units: list[Unit]


# Beyond these no physics lies, and the steps of a logarithmic axis overflow.
SMALLEST, LARGEST = 1e-200, 1e200
# Size of each unit in the first of its row.
FAMILIES: tuple[dict[str, float], ...] = (
    {"GeV": 1.0, "eV": 1e-9, "keV": 1e-6, "MeV": 1e-3, "TeV": 1e3},
    # A barn is 1e-24 cm².
    {"cm²": 1.0, "pb": 1e-36, "zb": 1e-45},
    {"pb": 1.0, "fb": 1e-3},
)
OFFERED = {"GeV": ("GeV", "MeV", "TeV"), "keV": ("keV", "eV", "MeV"), "eV": ("eV", "keV", "MeV")}


def mass_factor(known: Quantity) -> float:
    """Turn a mass in GeV into the unit in which the axis of this quantity shows it."""
    return round(1 / FAMILIES[0][known.shown_mass], 9)


def x_axis(known: Quantity, view: Range) -> Axis:
    """Axis of the first column."""
    unit = known.shown_mass
    return Axis(label=known.mass, unit=unit, range=list(view), units=_units(unit))


def y_axis(known: Quantity, view: Range) -> Axis:
    """Axis of the limited quantity."""
    unit = shown_unit(known.unit)
    return Axis(label=known.symbol, unit=unit, range=list(view), units=_units(unit))


def titled(axis: Axis) -> str:
    """Label with its unit, as written along the axis."""
    return f"{axis['label']} [{axis['unit']}]" if axis["unit"] else axis["label"]


def padded(values: Iterable[NDArray[np.float64]]) -> Range:
    """Span all values, with a twentieth of their decades as margin on both sides."""
    every = np.concatenate(list(values))
    low, high = float(every.min()), float(every.max())
    margin = max((high / low) ** 0.05, 1.1)
    return low / margin, high * margin


def checked(view: Range | None, argument: str) -> Range | None:
    """Accept a view that a logarithmic axis can show.

    Raises
    ------
    OutOfRange
        It is not two positive numbers, the lower first.
    """
    if view is None:
        return None
    try:
        low, high = (float(end) for end in view)
        if SMALLEST <= low < high <= LARGEST:
            return low, high
    except (TypeError, ValueError, OverflowError):  # not a pair, or not of numbers
        pass
    msg = f"{argument} {shown(view)}: the axis is logarithmic; give two positive numbers, the lower first"
    raise OutOfRange(msg)


def _units(unit: str) -> list[Unit]:
    family = next((sizes for sizes in FAMILIES if unit in sizes), {unit: 1.0})
    offered = OFFERED.get(unit, (unit, *(name for name in family if name != unit)))
    return [Unit(name=name, factor=float(f"{family[unit] / family[name]:.12g}")) for name in offered]
