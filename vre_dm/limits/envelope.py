"""The strongest of several limits at each mass, as a curve that says which limit holds where."""

from __future__ import annotations

from itertools import groupby
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from vre_dm.errors import OutOfRange
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.curve import Curve
from vre_dm.limits.floats import floats
from vre_dm.limits.metadata import UNKNOWN, Assumptions, Provenance
from vre_dm.limits.quantities import quantity
from vre_dm.limits.rivals import ANY, counted, rivals, techniques
from vre_dm.limits.spelling import shown
from vre_dm.limits.technique import MIXED, TECHNIQUES, is_mapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

STEP = 1e-4
"""Relative width of the step where a limit begins or ends: a curve has one value at a mass."""
SWEEPS = 20


def most_sensitive(
    curves: Iterable[Curve], mass: float, kind: str = "observed", of: str | None = None
) -> Curve:
    """Curve with the strongest limit at a mass; see `CurveSet.most_sensitive`."""
    lines, left_out = rivals(curves, kind, of)
    holder = int(np.argmin(_strengths(lines, np.array([_mass(mass)]))[:, 0]))
    low, high = lines[holder].range
    if not low <= mass <= high:
        ends = np.array([line.range for line in lines])
        unit = f"{mass:g} GeV; they cover masses between {ends.min():g} and {ends.max():g} GeV"
        named = f"{kind} limits on {lines[0].quantity} by {techniques(lines)}"
        others = f"; technique={ANY!r} would ask {counted(left_out)} too" if left_out else ""
        msg = f"none of {len(lines)} {named} has a value at {unit}{others}"
        raise OutOfRange(msg)
    return lines[holder]


def envelope(
    curves: Iterable[Curve], masses: ArrayLike | None = None, kind: str = "observed", of: str | None = None
) -> Curve:
    """Strongest of several limits at each mass; see `CurveSet.envelope`."""
    lines, left_out = rivals(curves, kind, of)
    if masses is None:
        grid = _nodes(lines)
    else:
        grid = np.unique(floats(masses, "mass", "GeV"))
        if grid.size < 1 or not np.all((grid > 0) & np.isfinite(grid)):
            msg = "masses of an envelope are positive numbers in GeV"
            raise OutOfRange(msg)
    _refuse_gap(lines, float(grid[0]), float(grid[-1]))
    if masses is None:
        grid = _with_crossings(lines, grid)
    strengths = _strengths(lines, grid)
    holders = strengths.argmin(axis=0)
    values = np.array([lines[k].at(float(m)) for k, m in zip(holders, grid, strict=True)])
    return _described(lines, left_out, grid, values, holders, kind)


def _mass(mass: float) -> float:
    if isinstance(mass, Real) and 0 < mass < np.inf:
        return float(mass)
    msg = f"mass {shown(mass)} is not a positive number in GeV"
    raise OutOfRange(msg)


def _strengths(lines: Sequence[Curve], grid: Floats) -> Floats:
    """Logarithm of each limit, the strongest the least; shape (lines, masses), infinite outside a range."""
    sign = 1.0 if quantity(lines[0].quantity).excludes == "above" else -1.0
    found = np.full((len(lines), grid.size), np.inf)
    for row, line in zip(found, lines, strict=True):
        low, high = line.range
        inside = (grid >= low) & (grid <= high)
        row[inside] = sign * np.log(line.at(grid[inside]))
    return found


def _nodes(lines: Sequence[Curve]) -> Floats:
    """Masses of all tables, and both sides of each step."""
    ends = np.array([line.range for line in lines])
    tables = [
        line.x[(line.x >= low) & (line.x <= high)] for line, (low, high) in zip(lines, ends, strict=True)
    ]
    nodes = np.unique(
        np.concatenate([*tables, ends.ravel(), ends[:, 0] * (1 - STEP), ends[:, 1] * (1 + STEP)])
    )
    kept: Floats = nodes[(nodes >= ends.min()) & (nodes <= ends.max())]
    return kept


def _with_crossings(lines: Sequence[Curve], grid: Floats) -> Floats:
    """Add the masses at which one limit overtakes another: between them the strongest is a straight line."""
    for _ in range(SWEEPS):
        strengths, logs = _strengths(lines, grid), np.log(grid)
        holders = strengths.argmin(axis=0)
        change = np.flatnonzero(holders[1:] != holders[:-1])
        first, second = holders[change], holders[change + 1]
        before = strengths[second, change] - strengths[first, change]
        after = strengths[first, change + 1] - strengths[second, change + 1]
        real = np.isfinite(before) & np.isfinite(after) & (before > 1e-12) & (after > 1e-12)
        change, part = change[real], (before / np.where(real, before + after, 1.0))[real]
        added = np.exp(logs[change] + part * (logs[change + 1] - logs[change]))
        finer = np.unique(np.concatenate([grid, added]))
        if finer.size == grid.size:
            break
        grid = finer
    return grid


def _refuse_gap(lines: Sequence[Curve], low: float, high: float) -> None:
    reach = low
    for start, end in sorted(line.range for line in lines):
        if start > reach * (1 + STEP):
            break
        reach = max(reach, end)
    if reach < high or min(line.range[0] for line in lines) > low:
        msg = (
            f"no limit covers the masses from {reach:g} GeV on, below {high:g} GeV; "
            "an envelope has no gap, so give masses= on one side"
        )
        raise OutOfRange(msg)


def _described(
    lines: Sequence[Curve],
    left_out: Sequence[Curve],
    grid: Floats,
    values: Floats,
    holders: NDArray[np.intp],
    kind: str,
) -> Curve:
    sources = [lines[k] for k in dict.fromkeys(holders.tolist())]
    levels = sorted({line.cl for line in sources}, key=lambda level: level or 0.0)
    of = sources[0].quantity
    apart = [f"left out, another technique: {counted(left_out)}"] if left_out else []
    fields: dict[str, Any] = {"kind": kind, "cl": levels[0] if len(levels) == 1 else None}
    return Curve(
        id=f"envelope_{of.lower()}",
        label=f"strongest of {len(lines)} limits, {techniques(lines)}",
        experiment="several",
        quantity=of,
        channel=sources[0].channel,
        columns=(mass_column(grid), limit_column(values, of)),
        statistic=_common([line.statistic for line in sources]),
        provenance=Provenance(
            "derived", formula="strongest-envelope", inputs=tuple(line.id for line in sources)
        ),
        assumptions=_assumptions(sources, levels),
        licence=_common([line.licence for line in sources]),
        notes="; ".join([*_where(lines, grid, holders), *apart]),
        **fields,
    )


def _common(words: Sequence[str]) -> str:
    return words[0] if len(set(words)) == 1 else UNKNOWN


def _assumptions(sources: Sequence[Curve], levels: Sequence[float | None]) -> Assumptions:
    """What all sources assume alike; of the rest, that they differ."""
    names = dict.fromkeys(name for line in sources for name in line.assumptions)
    found: dict[str, str | float] = {}
    for name in names:
        stated = [line.assumptions.get(name, UNKNOWN) for line in sources]
        found[name] = stated[0] if len(set(stated)) == 1 else "differs between the sources"
    if len(levels) > 1:
        shown = ", ".join(UNKNOWN if level is None else f"{level:.0%}" for level in levels)
        found["confidence_level"] = f"mixed: {shown}"
    found["technique"] = _one_or_mixed(sources)
    return Assumptions(found)


def _one_or_mixed(sources: Sequence[Curve]) -> str:
    """The techniques, and which of several hold in a model only."""
    words = techniques(sources)
    if words in TECHNIQUES:
        return words
    mapped = techniques(line for line in sources if is_mapped(line))
    return f"{MIXED}{words}" + (f"; {mapped} in a model only" if mapped else "")


def _where(lines: Sequence[Curve], grid: Floats, holders: NDArray[np.intp]) -> list[str]:
    """Which curve holds in which range of masses, in order."""
    parts = []
    for holder, group in groupby(range(grid.size), key=lambda j: int(holders[j])):
        at = list(group)
        parts.append(f"{lines[holder].id} from {grid[at[0]]:.4g} to {grid[at[-1]]:.4g} GeV")
    return parts
