"""Distributions behind Yellin's methods: how large the emptiest intervals of a pure signal are."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtrc

LEAST_LEVEL = 0.5
"""Tables are exact for levels from here on; they leave out intervals that can never reach this."""
MOST_KEPT = 400_000_000
"""Bytes; a table of 100 events in 10 000 experiments has 4 MB."""


def largest_gap_probability(gap: float, mean: float) -> float:
    r"""Probability :math:`C_0(x, \mu)` that every gap between events is smaller than `gap`.

    .. math:: C_0(x, \mu) = 1 + \sum_{k=1}^{\lfloor \mu/x \rfloor} \frac{(-1)^k e^{-kx}}{k!}
              \left[ (\mu - kx)^k + k (\mu - kx)^{k-1} \right]

    Parameters
    ----------
    gap
        Size x in expected signal events, above 0 and up to `mean`. The ends of the range bound gaps too.
    mean
        Expected signal events in the whole range, :math:`\mu`.

    References
    ----------
    physics/0203002, eq. 2, with its factor ``1 + k / (mu - k x)`` multiplied out.
    """
    total = 1.0
    for k in range(1, math.floor(mean / gap) + 1):
        rest = mean - k * gap
        size = math.exp((k - 1) * math.log(rest) - k * gap - math.lgamma(k + 1)) if rest > 0 else 0.0
        if rest <= 0 and k == 1:  # 0⁰ = 1: the gap is the whole range
            size = math.exp(-gap)
        total += (-1) ** k * size * (rest + k)
    return total


@dataclass(frozen=True, slots=True, eq=False)
class IntervalTable:
    """Random experiments without background, of one expected signal.

    Attributes
    ----------
    mean
        Expected signal events.
    sizes : ndarray, shape (intervals, experiments)
        Row n, sorted: the largest interval with at most n events in each experiment, in expected events.
    best : ndarray, shape (experiments,)
        Sorted: of each experiment the largest :math:`C_n`, called :math:`C_{Max}`.
    """

    mean: float
    sizes: NDArray[np.float32]
    best: NDArray[np.float64]

    def emptiness(self, fractions: NDArray[np.float64]) -> float:
        """Largest :math:`C_n` of an observation: how rarely a pure signal leaves an interval so empty.

        Parameters
        ----------
        fractions : ndarray, shape (m,)
            Share of the signal in the largest interval with n events, for n = 0 … m - 1.
        """
        sizes = (fractions * self.mean).astype(np.float32)
        known = range(min(len(sizes), len(self.sizes)))
        return max(int(np.searchsorted(self.sizes[n], sizes[n])) for n in known) / self.best.size

    def confidence(self, fractions: NDArray[np.float64]) -> float:
        """Share of experiments whose :math:`C_{Max}` is below that of an observation."""
        return float(np.searchsorted(self.best, self.emptiness(fractions))) / self.best.size


def interval_table(mean: float, experiments: int, seed: int) -> IntervalTable:
    """Simulate experiments that see nothing but a signal of `mean` events.

    The same seed gives the same events on a longer or shorter range, so that tables of neighbouring means
    differ as little as they can.
    """
    times = _event_times(mean, experiments, seed)
    counts = range(_useful_counts(mean))
    sizes = np.stack([(times[n + 1 :] - times[: -n - 1]).max(axis=0) for n in counts])
    ordered = np.sort(sizes, axis=1)
    below = np.stack([np.searchsorted(row, size) for row, size in zip(ordered, sizes, strict=True)])
    return IntervalTable(mean, ordered, np.sort(below.max(axis=0)) / experiments)


@dataclass(slots=True, eq=False)
class IntervalTables:
    """Tables of one set of experiments, simulated when first asked for and kept as long as this object.

    Attributes
    ----------
    experiments, seed
        As of `interval_table`.
    """

    experiments: int
    seed: int
    _kept: dict[float, IntervalTable] = field(init=False, repr=False, default_factory=dict)

    def at(self, mean: float) -> IntervalTable:
        """Table of one mean."""
        table = self._kept.get(mean) or interval_table(mean, self.experiments, self.seed)
        if sum(one.sizes.nbytes for one in list(self._kept.values())) > MOST_KEPT:
            self._kept = {}
        self._kept[mean] = table
        return table

    def __reduce__(self) -> tuple[type[IntervalTables], tuple[int, int]]:
        return type(self), (self.experiments, self.seed)  # what travels to other processes stays small


def largest_fractions(quantiles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the signal in the largest interval with n events, for n = 0 … all of them.

    Parameters
    ----------
    quantiles : ndarray, shape (events,), rising, 0 to 1
        Share of the signal below each event.
    """
    points = np.concatenate([[0.0], quantiles, [1.0]])
    return np.array([(points[n + 1 :] - points[: -n - 1]).max() for n in range(points.size - 1)])


def _event_times(mean: float, experiments: int, seed: int) -> NDArray[np.float32]:
    """Events of unit density from 0 to `mean`, with both ends, shape (points, experiments)."""
    points = math.ceil(mean + 7 * math.sqrt(mean) + 10)
    steps = np.random.default_rng(seed).standard_exponential((points, experiments), dtype=np.float32)
    times = np.zeros((points + 1, experiments), dtype=np.float32)
    np.minimum(np.cumsum(steps, axis=0), np.float32(mean), out=times[1:])
    return times


def _useful_counts(mean: float) -> int:
    """How many n have a C_n that can reach the least level: C_n ≤ P(N > n)."""
    n = np.arange(math.ceil(mean) + 2)
    return max(1, int(np.count_nonzero(pdtrc(n, mean) >= LEAST_LEVEL)))
