"""Checks of single numbers: finite, positive, and of a size that the quantity can have."""

from collections.abc import Iterator

import numpy as np

from vre_dm.limits.checks.problem import Finding
from vre_dm.limits.column import Column
from vre_dm.limits.curve import Curve
from vre_dm.limits.quantities import quantity

# Masses in GeV that published curves cover: a table in keV or eV under a header in GeV lies outside.
MASSES = {"g_ae": (1e-22, 1e-2), "kappa": (1e-22, 1e-2), "sigma_e": (1e-6, 1e4)}
OTHER_MASSES = (1e-6, 1e20)
# Narrower than the quantity's own range: above 150 GeV no dilepton search ever was as weak as 0.5 pb.
CHANNELS = {("sigma_B", "dilepton"): (1e-9, 0.5), ("sigma_B_A", "dilepton"): (1e-9, 0.5)}


def positive_finite(curve: Curve) -> Iterator[Finding]:
    """Every number is finite and above zero."""
    for column in curve.columns:
        # One comparison settles the usual case: a NaN makes the least value a NaN.
        if column.values.min() > 0 and column.values.max() < np.inf:
            continue
        bad = int(np.flatnonzero(~(np.isfinite(column.values) & (column.values > 0)))[0])
        yield Finding(f"{column.values[bad]:g} is not a positive finite number", bad + 1, column.name)


def magnitude(curve: Curve) -> Iterator[Finding]:
    """Values and masses lie where those of published curves do; else a unit is wrong."""
    known = quantity(curve.quantity)
    low, high = CHANNELS.get((curve.quantity, curve.channel), (known.low, known.high))
    for column in curve.columns[1:]:
        if column.unit == known.unit and known.unit != "GeV":
            yield from _outside(column, low, high, f"{known.unit} of {known.name}")
    masses = MASSES.get(curve.quantity, OTHER_MASSES)
    yield from _outside(curve.columns[0], *masses, f"GeV of a {known.mass} for {known.name}")


def _outside(column: Column, low: float, high: float, what: str) -> Iterator[Finding]:
    if low <= column.values.min() and column.values.max() <= high:
        return
    outside = np.flatnonzero((column.values < low) | (column.values > high))
    if outside.size:
        row = int(outside[0]) + 1
        text = f"{column.values[row - 1]:g} is outside {low:g} to {high:g} {what}; wrong unit or sentinel?"
        yield Finding(text, row, column.name)
