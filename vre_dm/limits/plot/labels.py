"""Where each curve's name stands: on one of its own points, clear of other names and lines if possible."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vre_dm.limits.plot.axes import Range

Points = NDArray[np.float64]

COLUMNS = 120
CANDIDATES = 24
# Nobody reads more names on one plot; the side table has them all.
MOST = 40
# Up to this many curves every one in view is named, even where names must touch.
ALWAYS = 12
NAME_ON_NAME = 20.0


@dataclass(frozen=True, slots=True)
class Room:
    """How much text a plot holds: lines of text in its height, characters in its width."""

    rows: int
    characters: float

    def cells(self, label: str) -> int:
        """How many of the plot's `COLUMNS` a label covers, with some air."""
        return min(round(COLUMNS * len(label) / self.characters) + 2, COLUMNS)


SCREEN = Room(36, 114)


def place(
    curves: Sequence[tuple[str, Points, Points]],
    first: Sequence[int],
    x_range: Range,
    y_range: Range,
    room: Room = SCREEN,
) -> list[list[float] | None]:
    """Choose a point for every label.

    Parameters
    ----------
    curves
        Label, x and y of each.
    first
        Positions of the curves that choose before the others.
    x_range, y_range
        What is in view.
    room
        Size of the text against the plot.

    Returns
    -------
    list
        For each curve ``[x, y]`` of one of its points, or ``None`` where it is out of view or has no room.
    """
    order = [*first, *(i for i in range(len(curves)) if i not in set(first))][:MOST]
    seen = {i: _in_view(curves[i][1], curves[i][2], x_range, y_range) for i in order}
    lines, names = _lines(seen.values(), room.rows), np.zeros((room.rows, COLUMNS + 1))
    places: list[list[float] | None] = [None] * len(curves)
    for i in order:
        label, x, y = curves[i]
        found = _best(*seen[i], room.cells(label), lines, names, forced=len(curves) <= ALWAYS)
        if found is not None:
            places[i] = [float(x[found]), float(y[found])]
    return places


def _best(u: Points, v: Points, wide: int, lines: Points, names: Points, *, forced: bool) -> int | None:
    """Point with the least under its text, which is then taken."""
    rows = names.shape[0]
    last = max(1 - wide / COLUMNS, 0.05)
    inside = np.flatnonzero((u >= 0) & (u <= last) & (v >= 0) & (v < 1 - 2 / rows))
    if inside.size == 0:
        return None
    along = _spread(min(CANDIDATES, inside.size))
    inside = inside[(along * (inside.size - 1)).astype(int)]
    column = (u[inside] * COLUMNS).astype(int)
    row = np.minimum((v[inside] * rows).astype(int) + 1, rows - 1)
    cost = NAME_ON_NAME * _covered(names, row, column, wide)
    cost += _covered(lines, row, column, wide)
    # All else equal, near the middle of the curve's visible part.
    best = int(np.argmin(cost + np.abs(along - 0.5)))
    if not forced and cost[best] >= NAME_ON_NAME:
        return None
    # A name needs air above and below.
    _cover(names[row[best] - 1 : row[best] + 2], int(column[best]), wide)
    return int(inside[best])


def _cover(total: Points, column: int, wide: int) -> None:
    """Add a text to rows that are summed from the left."""
    end = min(column + wide, COLUMNS)
    total[:, column + 1 : end + 1] += np.arange(1, end - column + 1)
    total[:, end + 1 :] += end - column


def _covered(total: Points, row: NDArray[np.intp], column: NDArray[np.intp], wide: int) -> Points:
    """How much of a summed grid lies under a text of this width, for every candidate."""
    result: Points = total[row, np.minimum(column + wide, COLUMNS)] - total[row, column]
    return result


def _lines(seen: Iterable[tuple[Points, Points]], rows: int) -> Points:
    """Cells through which a curve runs, each row summed from the left."""
    grid = np.zeros((rows, COLUMNS))
    along = _spread(2 * COLUMNS)
    for u, v in seen:
        # Between two vertices far apart the line runs on.
        vertices = _spread(u.size)
        a, b = (np.interp(along, vertices, path) for path in (u, v))
        inside = (a >= 0) & (a < 1) & (b >= 0) & (b < 1)
        grid[(b[inside] * rows).astype(int), (a[inside] * COLUMNS).astype(int)] = 1
    return np.concatenate([np.zeros((rows, 1)), np.cumsum(grid, axis=1)], axis=1)


def _spread(count: int) -> Points:
    """Numbers from 0 to 1 in equal steps."""
    return np.arange(count) / max(count - 1, 1)


def _in_view(x: Points, y: Points, x_range: Range, y_range: Range) -> tuple[Points, Points]:
    """Position in the plot, 0 at the lower and 1 at the upper end of a logarithmic axis."""
    (a, b), (c, d) = np.log(x_range), np.log(y_range)
    return (np.log(x) - a) / (b - a), (np.log(y) - c) / (d - c)
