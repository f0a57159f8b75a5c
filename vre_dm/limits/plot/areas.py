"""Polygons of a line's areas, for the renderers: what it shades, its band, and where it does not hold."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import exp, log

from vre_dm.limits.plot.model import Line
from vre_dm.limits.plot.styles import is_fog

Path = tuple[list[float], list[float]]

NOTHING: Path = ([], [])
# An area open upwards or downwards ends this far from the line: out of sight however far one pans.
BEYOND = 1e60
# With more areas nothing could be told apart; all of them together hide the lines below no deeper than this.
# `extension/src/limits/chart.ts` has the same numbers.
MOST_SHADED = 30
DEEPEST = 0.25
# Width of the hatched strip along a line that does not hold, as a factor.
HATCHED = 2.0


def shaded(lines: Sequence[Line]) -> tuple[list[Path], float]:
    """Outline of what each line shades, and the opacity of one exclusion.

    Empty where a line shades nothing, and for every exclusion where there are too many.
    """
    count = sum(line["fill"] != "none" and not is_fog(line) for line in lines)
    few = count <= MOST_SHADED
    outlines = [_outline(line) if few or is_fog(line) else NOTHING for line in lines]
    return outlines, 1 - (1 - DEEPEST) ** (1 / max(count, 2))


def band(line: Line) -> Path:
    """Outline of the band, empty without one."""
    around = line["band"]
    if around is None:
        return NOTHING
    return around["x"] + around["x"][::-1], around["low"] + around["high"][::-1]


def has_limits(line: Line) -> bool:
    """Whether a part of the line does not hold."""
    known = line["valid"]
    if known is None or line["geometry"] != "line":
        return False
    return known["low"] > line["x"][0] or known["high"] < line["x"][-1]


def holding(line: Line) -> Path:
    """Part of a line in which it holds; all of it where nothing is known against it."""
    known = line["valid"]
    if known is None or not has_limits(line):
        return line["x"], line["y"]
    return _between(line, known["low"], known["high"])


def failing(line: Line) -> list[Path]:
    """Outlines of a strip along the line where it does not hold."""
    known = line["valid"]
    if known is None or not has_limits(line):
        return []
    first, last = line["x"][0], line["x"][-1]
    parts = [_between(line, first, known["low"]), _between(line, known["high"], last)]
    side = HATCHED if line["fill"] != "below" else 1 / HATCHED
    return [(xs + xs[::-1], ys + [y * side for y in reversed(ys)]) for xs, ys in parts if xs]


def _outline(line: Line) -> Path:
    """The inside of a closed line, else the excluded side where the line holds."""
    if line["fill"] == "inside":
        return line["x"], line["y"]
    xs, ys = holding(line) if line["fill"] != "none" else NOTHING
    if not xs:
        return NOTHING
    end = ys[0] * BEYOND if line["fill"] == "above" else ys[0] / BEYOND
    return [*xs, xs[-1], xs[0]], [*ys, end, end]


def _between(line: Line, low: float, high: float) -> Path:
    """Vertices from low to high, with the ends interpolated as the axes are: in logarithms."""
    xs, ys = line["x"], line["y"]
    low, high = max(low, xs[0]), min(high, xs[-1])
    if not low < high:
        return NOTHING
    inner = slice(bisect_right(xs, low), bisect_left(xs, high))
    ends = [(x, _at(xs, ys, x)) for x in (low, high)]
    return [low, *xs[inner], high], [ends[0][1], *ys[inner], ends[1][1]]


def _at(xs: list[float], ys: list[float], x: float) -> float:
    j = min(max(bisect_left(xs, x), 1), len(xs) - 1)
    if x == xs[j]:
        return ys[j]
    t = log(x / xs[j - 1]) / log(xs[j] / xs[j - 1])
    return exp(log(ys[j - 1]) + t * log(ys[j] / ys[j - 1]))
