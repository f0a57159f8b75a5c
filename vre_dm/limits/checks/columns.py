"""Checks of columns against each other: units as stated, bands in order, no column twice."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from vre_dm.limits.checks.problem import Finding
from vre_dm.limits.column import Column
from vre_dm.limits.curve import Curve
from vre_dm.limits.quantities import header, quantity

BANDS = ("sensitivity_m2sigma", "sensitivity_m1sigma", "median", "sensitivity_p1sigma", "sensitivity_p2sigma")
"""Stems of the columns of a sensitivity band, from below."""

# Where a power constraint never acts, the constrained and the unconstrained limit are the same.
MAY_BE_EQUAL = frozenset({"limit", "upper_limit_unconstrained"})
SPARE_DEX = 0.7
"""How far beyond its outermost bands a limit may fluctuate: at five sigma it is another column."""


def header_unit(curve: Curve) -> Iterator[Finding]:
    """Each header ends in the unit that the sidecar states."""
    for column in curve.columns:
        if not column.stem or column.name != header(column.stem, column.unit):
            yield Finding(f"header does not end in the sidecar's unit {column.unit}", column=column.name)


def quantity_unit(curve: Curve) -> Iterator[Finding]:
    """A mass comes first, then values in the unit of the quantity."""
    unit = quantity(curve.quantity).unit
    first, *others = (column.unit for column in curve.columns)
    # A grid has a second mass before its values, and a mass may follow as the parameter of a contour.
    if first != "GeV" or unit not in others or not {*others} <= {unit, "GeV"}:
        yield Finding(f"units {', '.join((first, *others))} where {curve.quantity} needs GeV and then {unit}")


def repeated(curve: Curve) -> Iterator[Finding]:
    """No column is a copy of another one: a shifted or overwritten one is."""
    seen: dict[bytes, Column] = {}
    for column in curve.columns:
        twin = seen.setdefault(column.values.tobytes(), column)
        if twin is not column and column.values.size > 1 and not {twin.stem, column.stem} <= MAY_BE_EQUAL:
            yield Finding(f"holds the numbers of column {twin.name}", column=column.name)


def bands_ordered(curve: Curve) -> Iterator[Finding]:
    """−2σ < −1σ < median < +1σ < +2σ in every row."""
    for low, high in pairwise(_bands(curve)):
        bad = np.flatnonzero(low.values > high.values * (1 + 1e-6))
        if bad.size:
            yield Finding(f"lies above {high.name}", int(bad[0]) + 1, low.name)


def limit_inside_bands(curve: Curve) -> Iterator[Finding]:
    """The limit is no further from its own sensitivity than a fluctuation can bring it."""
    bands = _bands(curve)
    limit = curve.columns[1]
    if len(bands) < 2 or limit in bands or limit.unit != bands[0].unit:
        return
    spare = 10**SPARE_DEX
    bad = np.flatnonzero((limit.values < bands[0].values / spare) | (limit.values > bands[-1].values * spare))
    if bad.size:
        row = int(bad[0])
        text = (
            f"{limit.values[row]:g} is more than {SPARE_DEX} decades outside {bands[0].name} to "
            f"{bands[-1].name}, {bands[0].values[row]:g} to {bands[-1].values[row]:g}; shifted columns?"
        )
        yield Finding(text, row + 1, limit.name)


def _bands(curve: Curve) -> list[Column]:
    by_stem = {column.stem: column for column in curve.columns} if len(curve.columns) > 2 else {}
    return [by_stem[stem] for stem in BANDS if stem in by_stem]
