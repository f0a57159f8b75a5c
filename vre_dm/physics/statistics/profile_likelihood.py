"""Limits by the profile likelihood ratio: asymptotic formulae, or toys where events are few."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number
from vre_dm.physics.statistics.likelihood import Likelihood, likelihood
from vre_dm.physics.statistics.observation import Observation, require_resolved

LEAST_EVENTS = 5
"""At five the asymptotic limit is off by 10 to 20 %; with none it would exclude 0.8 events instead of 2.3."""
LEAST_SIGNAL, MOST_EVENTS = 1e-3, 1e7
SAME = 1e-9

PValue = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Toys:
    """Simulated experiments that give the test statistic its distribution.

    Parameters
    ----------
    rng
        Asked once, for the seed of all toys.
    number
        At each hypothesis; 2000 place a 90 % limit within about 2 %.
    """

    rng: np.random.Generator = field(repr=False, compare=False)
    number: int = 2000
    seed: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        if not (isinstance(self.number, int) and self.number >= 100):
            msg = f"number of toys = {self.number} must be at least 100, so that a level means something"
            raise OutOfRange(msg)
        object.__setattr__(self, "seed", int(self.rng.integers(2**63)))


@dataclass(frozen=True, slots=True)
class ProfileLikelihood:
    r"""One-sided profile likelihood ratio :math:`\tilde q_\mu`, background and efficiency profiled.

    Uses the shapes of signal and background, where the observation has them. Asymptotic formulae want five
    events where the signal is: each counts by the share of signal in its bin, over the highest such share.

    Parameters
    ----------
    toys
        How the distribution of :math:`\tilde q_\mu` is found; asymptotic formulae without.
    cls
        Divide the p value by that of the background alone (CLs), so that no signal is excluded to which the
        search is blind.

    References
    ----------
    arXiv:1007.1727, eqs. 16 (the statistic), 64 to 66 (its distribution) and section 2; A. L. Read,
    J. Phys. G 28 (2002) 2693 (CLs).
    """

    toys: Toys | None = None
    cls: bool = False

    @property
    def name(self) -> str:
        """What a limit curve says of how it was set."""
        way = f"{self.toys.number} toys" if self.toys else "asymptotic"
        return f"profile likelihood ratio, {'CLs, ' if self.cls else ''}{way}"

    def upper_limit(self, seen: Observation, *, cl: float = 0.9) -> float:
        """Upper limit on the mean number of signal events.

        Raises
        ------
        OutOfRange
            The level is not between 0.5 and 1, an event lies where neither signal nor background is
            expected, there are too few events near the signal for asymptotic formulae, or they would exclude
            a signal that no event at all leaves room for, or so few that no signal is allowed.
        """
        number("confidence level", cl, 0.5, 1.0)
        if self.toys:
            require_resolved(cl, self.toys.number, "toys")
        self._require_enough(seen.observed)
        _require_explained(seen)
        p = self._p_value(seen)
        low = high = max(float(likelihood(seen).best()[0][0]), LEAST_SIGNAL)
        if p(low) <= 1 - cl:
            msg = "fewer events than the background allows: no positive limit here; ask with cls=True"
            raise OutOfRange(msg)
        while p(high) > 1 - cl:
            low, high = high, 2 * high
            if high > MOST_EVENTS:
                msg = f"the efficiency is too uncertain to exclude any signal below {MOST_EVENTS:g} events"
                raise OutOfRange(msg)
        # Toys make steps: there is no more to find within half a per mille.
        limit = _crossing(p, 1 - cl, low, high, 5e-4 if self.toys else 1e-7)
        self._require_valid(seen, limit, 1 - cl)
        return limit

    def _p_value(self, seen: Observation) -> PValue:
        return _by_toys(seen, self.toys, cls=self.cls) if self.toys else _asymptotic(seen, cls=self.cls)

    def _require_valid(self, seen: Observation, signal: float, p: float) -> None:
        """Refuse asymptotic formulae where there are too few events for them, or fewer than none."""
        if self.toys:
            return
        self._require_enough(_near(seen, signal))
        # With a known background P(s + b) ≥ exp(-s) P(b), however the data fall: CLs cannot be smaller.
        if p < math.exp(-signal) * (1 - 1e-6):
            msg = (
                f"asymptotic formulae exclude {signal:.3g} events at {1 - p:.3g}, fewer than the "
                f"{-math.log(p):.3g} that are excluded where none is seen: give toys=Toys(rng)"
            )
            raise OutOfRange(msg)

    def _require_enough(self, events: float) -> None:
        if self.toys is None and events < LEAST_EVENTS:
            msg = (
                f"{events:.3g} events near the signal are too few for asymptotic formulae, which need "
                f"{LEAST_EVENTS}: give toys=Toys(rng)"
            )
            raise OutOfRange(msg)


def _near(seen: Observation, signal: float) -> float:
    """Events, each weighted by the share of signal in its bin; 1 where that share is highest."""
    detected, background = likelihood(seen).at(signal)[0][0]
    found = detected * seen.signal
    share = np.divide(found, found + background * seen.background, out=np.zeros_like(found), where=found > 0)
    return float(seen.counts @ share / share.max())


def _asymptotic(seen: Observation, *, cls: bool) -> PValue:
    data, asimov = likelihood(seen), _background_only(seen)

    def p(signal: float) -> float:
        root, root_asimov = (math.sqrt(_q(one, signal)[0]) for one in (data, asimov))
        beyond = root > root_asimov > 0
        # Below a signal of zero the statistic grows linearly with the data, not as a square.
        z = (root**2 + root_asimov**2) / (2 * root_asimov) if beyond else root
        z_background = (root**2 - root_asimov**2) / (2 * root_asimov) if beyond else root - root_asimov
        return float(ndtr(-z) / (ndtr(-z_background) if cls else 1.0))

    return p


def _by_toys(seen: Observation, toys: Toys, *, cls: bool) -> PValue:
    data = likelihood(seen)

    def share(truth: float, tested: float, observed: float) -> float:
        rng = np.random.default_rng([toys.seed, int(truth == 0)])
        simulated = _simulated(seen, data, truth, toys.number, rng)
        return float(np.mean(_q(simulated, tested) >= observed - SAME))

    def p(signal: float) -> float:
        observed = float(_q(data, signal)[0])
        signal_like = share(signal, signal, observed)
        if not cls:
            return signal_like
        background_like = share(0.0, signal, observed)
        if not background_like:
            msg = f"none of {toys.number} toys of the background sees so few events: CLs has no answer"
            raise OutOfRange(msg)
        return signal_like / background_like

    return p


def _simulated(
    seen: Observation, data: Likelihood, truth: float, sets: int, rng: np.random.Generator
) -> Likelihood:
    """Experiments at one true signal, what is uncertain at its best fit to the data, and measured anew."""
    detected, background = data.at(max(truth, SAME))[0][0]
    efficiency = detected / truth if truth else 1.0
    shares = np.stack([seen.signal, seen.background], axis=1)
    mean = shares @ [truth * efficiency, background]
    counts, found = _drawn(mean, sets, rng)
    return Likelihood(
        counts=counts,
        shares=shares[found],
        background=rng.normal(background, seen.background_sigma, sets),
        efficiency=np.maximum(rng.normal(efficiency, seen.efficiency_sigma, sets), 0.01),
        background_sigma=seen.background_sigma,
        efficiency_sigma=seen.efficiency_sigma,
    )


def _drawn(
    mean: NDArray[np.float64], sets: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Counts of experiments, and the bin of each: all bins, or one column an event if that is shorter."""
    events = rng.poisson(mean.sum(), sets)
    columns = max(int(events.max()), 1)
    if mean.size <= columns:
        return rng.poisson(mean, (sets, mean.size)).astype(np.float64), np.arange(mean.size)[None]
    possible = mean + 1e-300  # all bins alike where nothing is expected, and so nothing drawn
    bins = rng.choice(mean.size, (sets, columns), p=possible / possible.sum())
    return (np.arange(columns) < events[:, None]).astype(np.float64), bins


def _background_only(seen: Observation) -> Likelihood:
    """The data set that has exactly what is expected without signal, after a fit to the data."""
    background = float(likelihood(seen).at(SAME)[0][0, 1])
    return Likelihood(
        counts=background * seen.background[None, :],
        shares=np.stack([seen.signal, seen.background], axis=1)[None],
        background=np.array([background]),
        efficiency=np.ones(1),
        background_sigma=seen.background_sigma,
        efficiency_sigma=seen.efficiency_sigma,
    )


def _q(data: Likelihood, signal: float) -> NDArray[np.float64]:
    best, twice = data.best()
    q = np.where(best <= signal, np.maximum(twice - data.at(signal)[1], 0.0), 0.0)
    return np.asarray(q)


def _crossing(p: PValue, level: float, low: float, high: float, precision: float) -> float:
    """Where p falls below a level: bisection, since toys make p a staircase."""
    while high - low > precision * high:
        middle = (low + high) / 2
        low, high = (middle, high) if p(middle) > level else (low, middle)
    return (low + high) / 2


def _require_explained(seen: Observation) -> None:
    expected = seen.expected_background > 0 or seen.background_sigma > 0
    if np.any((seen.counts > 0) & (seen.signal == 0) & ((seen.background == 0) | (not expected))):
        msg = "an event lies where neither signal nor background is expected: check regions and shapes"
        raise OutOfRange(msg)
