"""Checks of the path a curve draws: masses rise, no points that only close a polygon, contours close."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from vre_dm.limits.checks.problem import Finding
from vre_dm.limits.curve import Curve

WALL_SLOPE = 300.0
"""Decades of the limit in one decade of mass; the steepest published threshold (DM-electron) has 130."""
WALL_DEX = 0.8
"""Less is a jump at an energy where a background line stands."""
FAR_DEX = 3.0
CLOSER_DEX = 1.0

Floats = NDArray[np.float64]


def monotonic_mass(curve: Curve) -> Iterator[Finding]:
    """The masses of a line rise from row to row."""
    if curve.geometry != "line":
        return
    steps = np.diff(curve.x)
    if steps.size and not steps.min() > 0:
        row = int(np.flatnonzero(~(steps > 0))[0]) + 2
        text = f"mass {curve.x[row - 1]:g} does not rise above {curve.x[row - 2]:g}"
        yield Finding(text, row)


def sentinel(curve: Curve) -> Iterator[Finding]:
    """No point of a line is there only to draw a border: walls, closing points, powers of ten far away."""
    if curve.geometry != "line" or curve.x.size < 4 or curve.x.min() <= 0 or curve.y.min() <= 0:
        return
    x, y = np.log10(curve.x), np.log10(curve.y)
    for find in (_walls, _closers, _spans, _powers_of_ten):
        for row, text in find(x, y):
            yield Finding(text, row, curve.columns[1].name)
            return


def closed(curve: Curve) -> Iterator[Finding]:
    """A contour closes, or both of its ends lie on the border of what it covers."""
    if curve.geometry != "contour" or curve.x.size < 3 or min(curve.x.min(), curve.y.min()) <= 0:
        return
    path = np.log10(np.column_stack([curve.x, curve.y]))
    steps = np.hypot(*np.diff(path, axis=0).T)
    gap = float(np.hypot(*(path[-1] - path[0])))
    if gap <= steps.max() or (_on_border(path, path[0]) and _on_border(path, path[-1])):
        return
    yield Finding(f"the contour stays open: its ends are {gap:.2g} decades apart, inside what it covers")


def _on_border(path: Floats, point: Floats) -> bool:
    return bool(np.any((point == path.min(axis=0)) | (point == path.max(axis=0))))


def _walls(x: Floats, y: Floats) -> Iterator[tuple[int, str]]:
    step, rise = np.diff(x), np.abs(np.diff(y))
    steep = (rise > WALL_DEX) & (rise > WALL_SLOPE * np.abs(step))
    if steep.any():
        row = int(steep.argmax()) + 2
        yield row, f"a wall: {rise[row - 2]:.1f} decades from the row before, at almost the same mass"


def _closers(x: Floats, y: Floats) -> Iterator[tuple[int, str]]:
    last = y.size
    if y[0] == y[-1] == y.max() and y[0] - max(y[1], y[-2]) > CLOSER_DEX:
        yield last, "first and last value are equal and far above their neighbours: they close a polygon"
    if y[-1] == y[-2] and abs(y[-2] - y[-3]) > CLOSER_DEX:
        yield last, "the last two values are equal and far from the others: they close a polygon"
    if y[0] == y[1] and abs(y[1] - y[2]) > CLOSER_DEX:
        yield 1, "the first two values are equal and far from the others: they close a polygon"


def _spans(x: Floats, y: Floats) -> Iterator[tuple[int, str]]:
    """One flat step over most of the masses only carries the line to the edge of a plot."""
    whole = x[-1] - x[0]
    for row, first, second in ((1, 0, 1), (x.size, -2, -1)):
        span = x[second] - x[first]
        if y[first] == y[second] and span > max(0.6 * whole, 1.0) and x.size > 4:
            yield row, f"one flat step over {span:.1f} of {whole:.1f} decades of mass: an x-span"


def _powers_of_ten(x: Floats, y: Floats) -> Iterator[tuple[int, str]]:
    for row, end, beside in ((1, 0, 1), (y.size, -1, -2)):
        if abs(y[end] - round(y[end])) < 1e-9 and abs(y[end] - y[beside]) >= FAR_DEX:
            yield row, f"1e{round(y[end])} is {abs(y[end] - y[beside]):.1f} decades from its neighbour"
