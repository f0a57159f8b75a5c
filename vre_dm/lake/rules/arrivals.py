"""How long the files of a rule still take, from the files that were seen to arrive, and how sure that is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from vre_dm.lake.rules.spans import rough

_KEPT = 30  # looks that count; older ones tell of another hour's network
_Z = 1.2816  # normal quantile of 90 %: between -z and z lie 80 %
_STRAGGLERS = 2  # files of one's own that the last ones, alone on the wire, are worth
_LONGEST = math.log(10 * 365 * 86_400)  # beyond ten years a number says no more
_EVEN = 2.0  # looks' worth of belief that files arrive one by one, not in heaps


@dataclass(frozen=True, slots=True)
class Forecast:
    """Time to go: the median, and bounds between which it lies in four cases of five."""

    middle: timedelta
    soonest: timedelta
    latest: timedelta

    def __str__(self) -> str:
        bounds = f"{rough(self.soonest)} to {rough(self.latest)}"
        return f"about {rough(self.middle)} to go (80 %: {bounds})"


class Arrivals:
    """Looks at the number of files that have arrived.

    A rule counts files that were there when it was made as arrived, so only what was seen to arrive tells
    the speed.
    """

    def __init__(self) -> None:
        self._looks: list[tuple[float, int]] = []

    def look(self, at: float, arrived: int) -> None:
        """Add a look, at unix seconds; a count that falls or a clock that goes back starts anew."""
        if self._looks and (at <= self._looks[-1][0] or arrived < self._looks[-1][1]):
            self._looks.clear()
        self._looks = [*self._looks[-_KEPT + 1 :], (at, arrived)]

    def still(self, at: float) -> float:
        """Seconds for which no file was seen to arrive."""
        last = self._looks[-1][1] if self._looks else 0
        return max(0.0, at - next((when for when, count in self._looks if count == last), at))

    def forecast(self, moving: int) -> Forecast | None:
        """Time until so many more files have arrived; ``None`` until one was seen to arrive."""
        if len(self._looks) < 2 or not moving:
            return None
        (start, before), (end, after) = self._looks[0], self._looks[-1]
        seen = after - before
        return _forecast(seen, end - start, moving, _heaps(self._looks)) if seen else None


def _forecast(seen: int, seconds: float, moving: int, heaps: float) -> Forecast:
    past = max(seen / heaps, 0.5)
    soonest, middle = (_span(seconds, past, moving / heaps, z) for z in (-_Z, 0.0))
    latest = _span(seconds, past, (moving + _STRAGGLERS) / heaps, _Z)
    return Forecast(middle, soonest, latest)


def _span(seconds: float, past: float, future: float, z: float) -> timedelta:
    """Quantile of the time of so many more arrivals, a ratio of gamma variates taken as log-normal.

    ``past`` arrivals took ``seconds``; arrivals in heaps count as fewer independent ones.
    """
    centre = math.log(seconds) + _digamma(future) - _digamma(past)
    width = math.sqrt(_trigamma(future) + _trigamma(past))
    return timedelta(seconds=math.exp(min(centre + z * width, _LONGEST)))


def _heaps(looks: Sequence[tuple[float, int]]) -> float:
    """Variance over mean of the counts between looks: 1 for files one by one, more for heaps."""
    rate = (looks[-1][1] - looks[0][1]) / (looks[-1][0] - looks[0][0])
    excess = 0.0
    for (start, before), (end, after) in pairwise(looks):
        expected = rate * (end - start)
        excess += (after - before - expected) ** 2 / expected
    return max(1.0, (excess + _EVEN) / (len(looks) - 2 + _EVEN))


def _digamma(x: float) -> float:
    shift = 0.0
    while x < 6:
        shift, x = shift - 1 / x, x + 1
    return shift + math.log(x) - 1 / (2 * x) - 1 / (12 * x**2) + 1 / (120 * x**4)


def _trigamma(x: float) -> float:
    shift = 0.0
    while x < 6:
        shift, x = shift + 1 / x**2, x + 1
    return shift + 1 / x + 1 / (2 * x**2) + 1 / (6 * x**3) - 1 / (30 * x**5)
