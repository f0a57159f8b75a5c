"""Where each curve's name stands: on one of its own points, clear of other names and lines if possible."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vre_dm.limits.axes import Range

Points = NDArray[np.float64]

# The plot as a grid of cells about one line of text high.
ROWS, COLUMNS = 36, 120
CELLS_PER_CHARACTER = 1.05
CANDIDATES = 24
# Nobody reads more names on one plot; the side table has them all.
MOST = 60
# Up to this many curves every one in view is named, even where names must touch.
ALWAYS = 12
NAME_ON_NAME = 20.0


def place(
    curves: Sequence[tuple[str, Points, Points]], first: Sequence[int], x_range: Range, y_range: Range
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

    Returns
    -------
    list
        For each curve ``[x, y]`` of one of its points, or ``None`` where it is out of view or has no room.
    """
    order = [*first, *(i for i in range(len(curves)) if i not in set(first))][:MOST]
    seen = {i: _in_view(curves[i][1], curves[i][2], x_range, y_range) for i in order}
    lines, names = _lines(seen.values()), np.zeros((ROWS, COLUMNS + 1))
    places: list[list[float] | None] = [None] * len(curves)
    for i in order:
        label, x, y = curves[i]
        wide = min(round(CELLS_PER_CHARACTER * len(label)) + 2, COLUMNS)
        found = _best(*seen[i], wide, lines, names, forced=len(curves) <= ALWAYS)
        if found is not None:
            places[i] = [float(x[found]), float(y[found])]
    return places


def _best(u: Points, v: Points, wide: int, lines: Points, names: Points, *, forced: bool) -> int | None:
    """Point with the least under its text, which is then taken."""
    last = max(1 - wide / COLUMNS, 0.05)
    inside = np.flatnonzero((u >= 0) & (u <= last) & (v >= 0.0) & (v < 1 - 2 / ROWS))
    if inside.size == 0:
        return None
    inside = inside[np.linspace(0, inside.size - 1, min(CANDIDATES, inside.size)).astype(int)]
    column = (u[inside] * COLUMNS).astype(int)
    row = (v[inside] * ROWS).astype(int) + 1
    cost = NAME_ON_NAME * _covered(names, row, column, wide) + _covered(lines, row, column, wide)
    # All else equal, near the middle of the curve's visible part.
    cost += np.abs(np.linspace(-1, 1, inside.size)) * 0.5
    best = int(np.argmin(cost))
    if not forced and cost[best] >= NAME_ON_NAME:
        return None
    # A name needs air above and below.
    names[max(row[best] - 1, 0) : row[best] + 2, column[best] : column[best] + wide] += 1
    return int(inside[best])


def _covered(grid: Points, row: NDArray[np.intp], column: NDArray[np.intp], wide: int) -> Points:
    """How much of the grid lies under a text of this width, for every candidate."""
    total = np.concatenate([np.zeros((ROWS, 1)), np.cumsum(grid[:, :COLUMNS], axis=1)], axis=1)
    row = np.minimum(row, ROWS - 1)
    result: Points = total[row, np.minimum(column + wide, COLUMNS)] - total[row, column]
    return result


def _lines(seen: object) -> Points:
    """Cells through which a curve runs."""
    grid = np.zeros((ROWS, COLUMNS + 1))
    for u, v in seen:  # type: ignore[attr-defined]
        steps = np.linspace(0, u.size - 1, max(4 * COLUMNS, 2)) if u.size > 1 else np.zeros(1)
        at = np.arange(u.size)
        a, b = np.interp(steps, at, u), np.interp(steps, at, v)
        inside = (a >= 0) & (a < 1) & (b >= 0) & (b < 1)
        grid[(b[inside] * ROWS).astype(int), (a[inside] * COLUMNS).astype(int)] = 1
    return grid


def _in_view(x: Points, y: Points, x_range: Range, y_range: Range) -> tuple[Points, Points]:
    """Position in the plot, 0 at the lower and 1 at the upper end of a logarithmic axis."""
    (a, b), (c, d) = np.log(x_range), np.log(y_range)
    return (np.log(x) - a) / (b - a), (np.log(y) - c) / (d - c)
