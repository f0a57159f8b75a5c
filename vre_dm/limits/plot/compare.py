"""Hold curves side by side: in which assumptions they differ, and how far their numbers are apart."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, zip_longest

import numpy as np

from vre_dm.errors import InvalidCurve
from vre_dm.limits.curve import Curve
from vre_dm.limits.display import plain, table_html, table_text
from vre_dm.limits.metadata import UNKNOWN
from vre_dm.limits.plot.assumed import assumptions
from vre_dm.limits.plot.axes import mass_factor
from vre_dm.limits.quantities import quantity

POINTS = 5
WIDEST = 48


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times weaker or stronger one line is than another, at one mass.

    Attributes
    ----------
    over, under
        Ids: the value of the first divided by the value of the second.
    mass
        In GeV.
    value
        Above 1 where `over` lies higher.
    """

    over: str
    under: str
    mass: float
    value: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What tells some curves apart.

    Attributes
    ----------
    quantity
        What the curves limit.
    ids, labels
        Of the curves.
    differ
        For each assumption that is not the same for all, what each curve has, in the order of `ids`.
    same
        What all curves share.
    unstated
        Assumptions that no source states: nobody knows whether the curves differ in them.
    ratios
        Where two curves are lines with a common mass range, at points spread over it.
    """

    quantity: str
    ids: tuple[str, ...]
    labels: tuple[str, ...]
    differ: dict[str, tuple[str, ...]]
    same: dict[str, str]
    unstated: tuple[str, ...]
    ratios: tuple[Ratio, ...]

    def __repr__(self) -> str:
        lines = [line for row in self._rows for line in _wrapped(row)]
        return "\n\n".join([table_text(self._header, lines), *self._ends()])

    def _repr_html_(self) -> str:
        # Sentences of ours around text of others: a table cell escapes both.
        ends = table_html(("", ""), [("", end) for end in self._ends()])
        return table_html(self._header, self._rows) + ends

    @property
    def _header(self) -> tuple[str, ...]:
        return ("", *self.labels)

    @property
    def _rows(self) -> list[tuple[str, ...]]:
        return [(name, *values) for name, values in self.differ.items()]

    def _ends(self) -> list[str]:
        ends = [] if self.differ else ["no stated assumption differs"]
        if self.unstated:
            ends.append(f"stated by none of the sources: {', '.join(self.unstated)}")
        pairs = dict.fromkeys((ratio.over, ratio.under) for ratio in self.ratios)
        ends += [f"{over} / {under}: {self._along(over, under)}" for over, under in pairs]
        return [plain(end) for end in ends]

    def _along(self, over: str, under: str) -> str:
        """Ratios of a pair, with the mass in the unit in which its axis shows it."""
        of = quantity(self.quantity)
        mine = [r for r in self.ratios if (r.over, r.under) == (over, under)]
        return ", ".join(f"{r.value:.3g} at {r.mass * mass_factor(of):.4g} {of.shown_mass}" for r in mine)


def _wrapped(row: tuple[str, ...]) -> list[tuple[str, ...]]:
    """A row as lines that fit a terminal; a provenance may be long."""
    cells = [textwrap.wrap(plain(cell), WIDEST) for cell in row]
    return list(zip_longest(*cells, fillvalue=""))


def compare(curves: Sequence[Curve]) -> Comparison:
    """Find the assumptions in which curves differ.

    Parameters
    ----------
    curves
        Two or more of one quantity.

    Raises
    ------
    InvalidCurve
        Fewer than two curves, or curves of different quantities.
    """
    if len(curves) < 2 or len({curve.quantity for curve in curves}) > 1:
        given = ", ".join(curve.id for curve in curves) or "none"
        msg = f"a comparison needs two or more curves of one quantity, got {given}"
        raise InvalidCurve(msg)
    found = [assumptions(curve) for curve in curves]
    names = dict.fromkeys(name for one in found for name in one)
    values = {name: tuple(one.get(name, UNKNOWN) for one in found) for name in names}
    differ = {name: row for name, row in values.items() if len(set(row)) > 1}
    shared = {name: row[0] for name, row in values.items() if name not in differ}
    pairs = combinations(curves, 2)
    return Comparison(
        quantity=curves[0].quantity,
        ids=tuple(curve.id for curve in curves),
        labels=tuple(plain(curve.label) for curve in curves),
        differ=differ,
        same={name: value for name, value in shared.items() if value != UNKNOWN},
        unstated=tuple(name for name, value in shared.items() if value == UNKNOWN),
        ratios=tuple(ratio for one, other in pairs for ratio in _ratios(one, other)),
    )


def _ratios(one: Curve, other: Curve) -> list[Ratio]:
    if one.geometry != "line" or other.geometry != "line":
        return []
    low, high = max(one.range[0], other.range[0]), min(one.range[1], other.range[1])
    if not low < high:
        return []
    # Rounding in the logarithm must not step over an end.
    masses = np.clip(np.geomspace(low, high, POINTS), low, high)
    quotients = one.at(masses) / other.at(masses)
    return [
        Ratio(one.id, other.id, mass, value)
        for mass, value in zip(masses.tolist(), quotients.tolist(), strict=True)
    ]
