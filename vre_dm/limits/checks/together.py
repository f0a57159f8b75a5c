"""Checks that need two curves: the same numbers twice, one result in two sizes, κ against g_ae."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from vre_dm.limits.checks.problem import Problem
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import UNKNOWN

COPY_DEX = 0.2
"""Two readings of one smooth figure agree to 0.02 decades, of a jagged one to 0.1; this is double that."""
DECADE_DEX, SPREAD_DEX = 0.8, 0.1
"""Of one publication, two curves of equal shape a decade apart: a slipped exponent, not two results."""
RATIO_DEX = 0.2
"""κ and g_ae of one absorption search follow each other to 0.01 decades."""
KAPPA_PER_GAE_AND_GEV = 5596.6
"""√(3 / 4πα) / 2mₑ in 1/GeV: κ = g_ae m √(3/4πα) / 2mₑ."""
ABSORPTION = frozenset({"kappa", "g_ae"})


def check_together(curves: Sequence[Curve]) -> list[Problem]:
    """Find what only shows when curves are seen side by side; each has passed the checks of its numbers."""
    return [*_doubled(curves), *_of_one_publication(curves)]


def _doubled(curves: Sequence[Curve]) -> Iterator[Problem]:
    """The same values under two identifiers, whatever the header or the other columns say."""
    seen: dict[bytes, Curve] = {}
    for curve in curves:
        twin = seen.setdefault(_signature(curve), curve)
        if twin is not curve:
            text = f"the same numbers as {twin.id} ({twin.quantity} there, {curve.quantity} here)"
            yield Problem("equal numbers", curve.id, text)


def _signature(curve: Curve) -> bytes:
    """The values of a line; where they are few or all equal, the masses with them."""
    values = next((c.values for c in curve.columns[1:] if c.stem != "m"), curve.y)
    if curve.geometry == "line" and values.size > 4 and values.min() < values.max():
        return values.tobytes()
    return b"".join(column.values.tobytes() for column in curve.columns)


def _of_one_publication(curves: Sequence[Curve]) -> Iterator[Problem]:
    groups: dict[tuple[str, ...], list[Curve]] = defaultdict(list)
    for curve in curves:
        if curve.kind != "theory":
            technique = "absorption" if curve.quantity in ABSORPTION else curve.quantity
            groups[(technique, curve.kind, curve.channel, *_publication(curve))].append(curve)
    for group in groups.values():
        for first, second in combinations(group, 2):
            yield from _compared(first, second)


def _publication(curve: Curve) -> tuple[str, str]:
    """Experiment, however it is spelled, and preprint, article or year."""
    experiment = re.sub(r"[^a-z0-9]", "", curve.experiment.casefold())
    known = (word for word in (curve.reference.arxiv, curve.reference.doi) if word != UNKNOWN)
    return experiment, next(known, str(curve.year))


def _compared(first: Curve, second: Curve) -> Iterator[Problem]:
    if first.quantity != second.quantity:
        yield from _absorption(first, second)
        return
    apart = _distances(first, second)
    if apart.size == 0:
        return
    middle = _median(apart)
    spread = _median(np.abs(apart - middle))
    same = _variant(first) == _variant(second)
    if (same and abs(middle) > COPY_DEX) or (abs(middle) > DECADE_DEX and spread < SPREAD_DEX):
        text = f"{middle:+.2f} decades from {first.id}, a curve of the same publication"
        yield Problem("cross-source distance", second.id, text)


def _absorption(first: Curve, second: Curve) -> Iterator[Problem]:
    kappa, gae = (first, second) if first.quantity == "kappa" else (second, first)
    masses = _common_masses(kappa, gae)
    if masses.size == 0:
        return
    ratio = kappa.at(masses) / (gae.at(masses) * masses * KAPPA_PER_GAE_AND_GEV)
    middle = _median(np.log10(ratio))
    if abs(middle) > RATIO_DEX:
        text = f"{middle:+.2f} decades from g_ae of {gae.id} times mass, which gives kappa; wrong unit?"
        yield Problem("kappa against g_ae", kappa.id, text)


def _median(values: NDArray[np.float64]) -> float:
    """As `numpy.median`, which imports masked arrays for it and takes longer than the whole check."""
    ordered = np.sort(values)
    return float(ordered[(ordered.size - 1) // 2] + ordered[ordered.size // 2]) / 2


def _variant(curve: Curve) -> tuple[object, ...]:
    """What tells two results of one publication apart: words of the title, a signal, a figure."""
    words = re.sub(r"\b(19|20)\d\d\b", "", curve.label.replace(curve.experiment, "")).strip().casefold()
    return words, tuple(curve.assumptions.items()), curve.reference.figure


def _distances(first: Curve, second: Curve) -> NDArray[np.float64]:
    """Decades from the first to the second curve, where both have values."""
    if first.geometry == second.geometry == "grid":
        return _grid_distances(first, second)
    masses = _common_masses(first, second)
    if masses.size == 0:
        return masses
    apart: NDArray[np.float64] = np.log10(second.at(masses) / first.at(masses))
    return apart


def _common_masses(first: Curve, second: Curve) -> NDArray[np.float64]:
    """Masses of both tables inside both ranges; none where a curve is no line or fewer than four are left."""
    none = np.empty(0)
    if not first.geometry == second.geometry == "line":
        return none
    low, high = max(first.range[0], second.range[0]), min(first.range[1], second.range[1])
    masses = np.concatenate([first.x, second.x])
    inside = masses[(masses >= low) & (masses <= high)]
    return inside if inside.size >= 4 else none


def _grid_distances(first: Curve, second: Curve) -> NDArray[np.float64]:
    """At the nodes that two grids share."""
    rows = [{(x, y): value for x, y, value in _nodes(grid)} for grid in (first, second)]
    shared = rows[0].keys() & rows[1].keys()
    return np.array([np.log10(rows[1][node] / rows[0][node]) for node in shared])


def _nodes(grid: Curve) -> Iterator[tuple[float, float, float]]:
    columns = [column.values.tolist() for column in grid.columns[:3]]
    return zip(*columns, strict=True) if len(columns) == 3 else iter(())
