"""Polygons kept ready to be filled: walls and corners that are no limits, and the lines between them."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange.draft import Draft, RawColumn

CEILING = 1.0
"""Where the collections close their areas, above every limit they show."""


def drafts(whole: Draft) -> list[Draft]:
    """The lines of a polygon, each a draft of its own; what was dropped is said.

    Raises
    ------
    InvalidCurve
        Nothing is left between the walls.
    """
    kept, dropped = pieces(np.stack([column.values for column in whole.columns], axis=1))
    if not kept:
        msg = f"{whole.where}: no two points are left between the walls of the polygon"
        raise InvalidCurve(msg)
    if dropped:
        whole.treatment.append(f"{dropped} points dropped that only close a polygon")
    if len(kept) == 1:
        return [_part(whole, kept[0], "")]
    return [_part(whole, index, f"part {place} of {len(kept)}") for place, index in enumerate(kept, start=1)]


def _part(whole: Draft, index: NDArray[np.intp], part: str) -> Draft:
    columns = [RawColumn(column.stem, column.unit, column.values[index]) for column in whole.columns]
    said = [*whole.treatment, f"{part}, split at walls"] if part else whole.treatment
    rows = [whole.rows[i] for i in index]
    return replace(whole, columns=columns, facts=dict(whole.facts), treatment=list(said), rows=rows)


def pieces(values: NDArray[np.float64]) -> tuple[list[NDArray[np.intp]], int]:
    """Positions of the curves between the walls, and how many points belong to none.

    Parameters
    ----------
    values : ndarray, shape (n, 2)
        Masses and limits.
    """
    wall = values[:, 1] >= CEILING
    runs = np.split(np.arange(len(values)), np.flatnonzero(np.diff(wall)) + 1)
    kept = [_without_ends(run, values) for run in runs if not wall[run[0]]]
    kept = [run for run in kept if run.size > 1]
    return kept, len(values) - sum(run.size for run in kept)


def _without_ends(run: NDArray[np.intp], values: NDArray[np.float64]) -> NDArray[np.intp]:
    """The run without a vertical wall at its ends, unless it is a closed contour."""
    if run.size > 3 and np.array_equal(values[run[0]], values[run[-1]]):
        return run
    while run.size > 1 and _rises(values[run[0]], values[run[1]]):
        run = run[1:]
    while run.size > 1 and _rises(values[run[-1]], values[run[-2]]):
        run = run[:-1]
    return run


def _rises(end: NDArray[np.float64], inner: NDArray[np.float64]) -> bool:
    """Tell whether the end stands above its neighbour at the same mass."""
    return bool(end[0] == inner[0] and end[1] > inner[1])
