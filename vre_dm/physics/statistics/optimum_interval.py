"""Yellin's limits in the presence of an unknown background: maximum gap and optimum interval."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number
from vre_dm.physics.statistics.interval_tables import (
    LEAST_LEVEL,
    IntervalTables,
    largest_fractions,
    largest_gap_probability,
)
from vre_dm.physics.statistics.observation import Observation, require_resolved
from vre_dm.physics.statistics.poisson import poisson_upper_limit

STEP = 1.03
"""Ratio of neighbouring means between which the optimum interval's level is interpolated."""
MOST_EVENTS = 100
"""Beyond, tables grow too large; physics/0203002 is meant for few events, its sequel 0709.2701 for many."""
FEWEST, MOST = 1000, 100_000
"""Simulated experiments; the table of a hundred events takes 4 kB for each while it is made."""
FARTHEST = 16
"""Steps at a time, in which the limit is looked for: tables far beyond it take long."""


@dataclass(frozen=True, slots=True)
class MaximumGap:
    """The largest gap between events decides; the level is known in closed form.

    References
    ----------
    physics/0203002, section II.
    """

    @property
    def name(self) -> str:
        """What a limit curve says of how it was set."""
        return "maximum gap (physics/0203002)"

    def upper_limit(self, seen: Observation, *, cl: float = 0.9) -> float:
        """Upper limit on the mean number of signal events.

        Raises
        ------
        OutOfRange
            The events' values are not known, or the level is not between 0 and 1.
        """
        from scipy.optimize import brentq

        number("confidence level", cl, high=1.0)
        gap = float(largest_fractions(_quantiles(seen))[0])
        lowest = float(poisson_upper_limit(0, cl=cl))
        highest = 2 * lowest / gap
        while largest_gap_probability(gap * highest, highest) < cl:
            highest *= 2
        # An experiment without events: the gap is the whole range, and the lower end is the answer.
        excess = [largest_gap_probability(gap * mean, mean) - cl for mean in (lowest, highest)]
        if excess[0] >= -1e-12:
            return lowest
        return float(brentq(lambda mean: largest_gap_probability(gap * mean, mean) - cl, lowest, highest))


@dataclass(frozen=True, slots=True)
class OptimumInterval:
    r"""The interval with especially few events decides, whatever their number.

    For each n the largest interval with n events is compared with simulated experiments that hold nothing
    but the signal. The n that looks emptiest gives :math:`C_{Max}`; how often pure signal looks as empty
    gives the level. No background is subtracted, and none needs to be known.

    Parameters
    ----------
    rng
        Asked once, for the seed of the simulated experiments.
    experiments
        How many are simulated at each mean, 1000 to 100 000; 10 000 place the level within 0.3 %.

    References
    ----------
    physics/0203002, section III.
    """

    rng: np.random.Generator = field(repr=False, compare=False)
    experiments: int = 10_000
    seed: int = field(init=False, default=0)
    _tables: IntervalTables = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not (isinstance(self.experiments, int) and FEWEST <= self.experiments <= MOST):
            msg = (
                f"experiments = {self.experiments} must be {FEWEST} to {MOST}: fewer say nothing of a level,"
                " and the table of a hundred events takes 4 kB of memory for each"
            )
            raise OutOfRange(msg)
        object.__setattr__(self, "seed", int(self.rng.integers(2**63)))
        object.__setattr__(self, "_tables", IntervalTables(self.experiments, self.seed))

    @property
    def name(self) -> str:
        """What a limit curve says of how it was set."""
        return f"optimum interval (physics/0203002), {self.experiments} simulated experiments a mean"

    def upper_limit(self, seen: Observation, *, cl: float = 0.9) -> float:
        """Upper limit on the mean number of signal events.

        Raises
        ------
        OutOfRange
            The events' values are not known, there are more than a hundred, or the level is not between 0.5
            and 1.
        """
        number("confidence level", cl, LEAST_LEVEL, 1.0)
        require_resolved(cl, self.experiments, "simulated experiments")
        quantiles = _quantiles(seen)
        if quantiles.size > MOST_EVENTS:
            msg = f"the optimum interval takes up to {MOST_EVENTS} events, not {quantiles.size}"
            raise OutOfRange(msg)
        fractions = largest_fractions(quantiles)
        # Bisect to neighbouring means, from the limit of an experiment without events: none is stronger.
        lowest = float(poisson_upper_limit(0, cl=cl))
        if self._level(fractions, lowest, 0) >= cl or quantiles.size == 0:
            return lowest
        below, above = 0, 1
        while self._level(fractions, lowest, above) < cl:
            below, above = above, above + min(above, FARTHEST)
        while above - below > 1:
            middle = (below + above) // 2
            below, above = (middle, above) if self._level(fractions, lowest, middle) < cl else (below, middle)
        low, high = (self._level(fractions, lowest, index) for index in (below, above))
        return float(lowest * STEP ** (below + (cl - low) / (high - low)))

    def _level(self, fractions: NDArray[np.float64], lowest: float, index: int) -> float:
        return self._tables.at(lowest * STEP**index).confidence(fractions)


def _quantiles(seen: Observation) -> NDArray[np.float64]:
    if seen.quantiles is None:
        msg = "gaps and intervals need each event's value: use measured() in place of counted()"
        raise OutOfRange(msg)
    return seen.quantiles
