"""How long the files of a rule still take, from the files that were seen to arrive, and how sure that is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from vre_dm.lake.rules.schedules import remaining
from vre_dm.lake.spans import rough

_KEPT = 30  # looks that count; older ones tell of another hour's network
_EVEN = 2.0  # looks' worth of belief that files arrive one by one, not in heaps
_LONGEST = 10 * 365 * 86_400.0  # beyond ten years a number says no more


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
        self._told: tuple[int, Forecast] | None = None  # as long as nothing new is seen: it takes 50 ms

    def look(self, at: float, arrived: int) -> None:
        """Add a look, at unix seconds; a count that falls or a clock that goes back starts anew."""
        if self._looks and (at <= self._looks[-1][0] or arrived < self._looks[-1][1]):
            self._looks.clear()
        self._looks, self._told = [*self._looks[-_KEPT + 1 :], (at, arrived)], None

    def still(self, at: float) -> float:
        """Seconds for which no file was seen to arrive."""
        last = self._looks[-1][1] if self._looks else 0
        return max(0.0, at - next((when for when, count in self._looks if count == last), at))

    def forecast(self, moving: int) -> Forecast | None:
        """Time until so many more files have arrived; ``None`` until one was seen to arrive."""
        if len(self._looks) < 2 or not moving:
            return None
        (start, before), (end, after) = self._looks[0], self._looks[-1]
        if after == before:
            return None
        if self._told is None or self._told[0] != moving:
            # what comes in heaps (a batch of bookings, four streams in step) is fewer things to learn from
            counts = (math.ceil(count / _heaps(self._looks)) for count in (before, after - before, moving))
            low, middle, high = (
                timedelta(seconds=min(ratio * (end - start), _LONGEST)) for ratio in remaining(*counts)
            )
            self._told = moving, Forecast(middle, low, high)
        return self._told[1]


def _heaps(looks: Sequence[tuple[float, int]]) -> float:
    """Variance over mean of the counts between looks: 1 for files one by one, more for heaps."""
    rate = (looks[-1][1] - looks[0][1]) / (looks[-1][0] - looks[0][0])
    excess = 0.0
    for (start, before), (end, after) in pairwise(looks):
        expected = rate * (end - start)
        excess += (after - before - expected) ** 2 / expected
    return max(1.0, (excess + _EVEN) / (len(looks) - 2 + _EVEN))
