"""Extended likelihood of a signal over a background, both uncertain, and its exact maxima."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vre_dm.physics.statistics.observation import Observation

Array = NDArray[np.float64]
FLOOR = 1e-9
"""Events; a mean that wants to be negative rests here."""
MOST_STEPS = 200
EXACT = 1e-12
"""Events; what is known so well is taken as exact."""
FARTHEST = 8.0
"""A mean shrinks at most by this factor in one step."""


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    r"""Events over bins, for many data sets of one experiment at once.

    .. math:: \ln L = \sum_i n_i \ln(x s_i + \beta b_i) - x - \beta
              - \frac{(x/\mu - 1)^2}{2\delta^2} - \frac{(\beta - b)^2}{2\sigma_b^2}

    with the detected signal :math:`x = \mu\eta`, its efficiency :math:`\eta = 1 \pm \delta`, and the
    background :math:`\beta = b \pm \sigma_b`. In bins as fine as the densities are known this is the
    unbinned likelihood but for a constant.

    Attributes
    ----------
    counts : ndarray, shape (sets, bins)
    shares : ndarray, shape (1 or sets, bins, 2)
        Signal and background in each bin. Bins without events may be missing: both sum to one over all.
    background : ndarray, shape (sets,)
        Measured expectation b, events.
    efficiency : ndarray, shape (sets,)
        Measured relative efficiency, one in real data.
    background_sigma, efficiency_sigma
        Zero: known exactly.
    """

    counts: Array
    shares: Array
    background: Array
    efficiency: Array
    background_sigma: float
    efficiency_sigma: float

    def best(self) -> tuple[Array, Array]:
        """Signal at the maximum, and twice the log-likelihood there: two arrays of shape (sets,)."""
        centre = np.stack([np.maximum(self.counts.sum(axis=1), 1.0), self.background], axis=1)
        means, twice = self._maximum(centre, np.array([0.0, _precision(self.background_sigma)]))
        return means[:, 0] / self.efficiency, twice

    def at(self, signal: float) -> tuple[Array, Array]:
        """Means (sets, 2) of signal and background that fit best at one true signal, and twice ln L."""
        centre = np.stack([signal * self.efficiency, self.background], axis=1)
        precision = np.array([_precision(signal * self.efficiency_sigma), _precision(self.background_sigma)])
        return self._maximum(centre, precision)

    def _maximum(self, centre: Array, precision: Array) -> tuple[Array, Array]:
        """Damped Newton: the function is concave and self-concordant, so these steps always arrive."""
        means = np.maximum(centre, FLOOR)
        fixed, pull = np.isinf(precision), np.where(np.isinf(precision), 0.0, precision)
        for _ in range(MOST_STEPS):
            density = self._density(means)
            ratio = self.counts / density
            slope = np.sum(ratio[..., None] * self.shares, axis=1) - 1.0 - pull * (means - centre)
            free = ~fixed & ((means > FLOOR) | (slope > 0))
            slope = np.where(free, slope, 0.0)
            step = _newton_step(ratio / density, self.shares, pull, slope, free)
            decrement = np.sqrt(np.maximum(np.sum(slope * step, axis=1), 0.0))
            if np.all(decrement < 1e-7):
                break
            damping = np.where(decrement < 0.25, 1.0, 1 / (1 + decrement))[:, None]
            means = np.maximum(
                means + damping * step, np.maximum(np.where(fixed, means, means / FARTHEST), FLOOR)
            )
        density = self._density(means)
        penalty = np.sum(pull * (means - centre) ** 2, axis=1)
        twice = 2 * np.sum(self.counts * np.log(density), axis=1) - 2 * means.sum(axis=1) - penalty
        return means, twice

    def _density(self, means: Array) -> Array:
        expected: Array = means[:, :1] * self.shares[..., 0] + means[:, 1:] * self.shares[..., 1]
        return np.maximum(expected, 1e-300)


def likelihood(seen: Observation) -> Likelihood:
    """The likelihood of what was observed: one data set, only the bins that can matter."""
    used = seen.counts > 0
    # Bins without events enter by their shares alone, which sum to the whole: leave them out.
    shares = np.stack([seen.signal[used], seen.background[used]], axis=1)
    return Likelihood(
        seen.counts[None, used],
        shares[None],
        np.array([seen.expected_background]),
        np.ones(1),
        seen.background_sigma,
        seen.efficiency_sigma,
    )


def _precision(sigma: float) -> float:
    return np.inf if sigma < EXACT else 1 / sigma**2


def _newton_step(weights: Array, shares: Array, pull: Array, slope: Array, free: NDArray[np.bool_]) -> Array:
    """Solve the 2 × 2 system of each data set; what is not free stays."""
    s, b = shares[..., 0], shares[..., 1]
    ss, sb, bb = (np.sum(weights * product, axis=1) for product in (s * s, s * b, b * b))
    ss, bb = ss + pull[0], bb + pull[1]
    sb = np.where(free.all(axis=1), sb, 0.0)
    ss, bb = np.where(free[:, 0], ss, 1.0), np.where(free[:, 1], bb, 1.0)
    # Without events or constraint the function is linear: any finite curvature gives a long step down.
    ss, bb = np.maximum(ss, 1e-12), np.maximum(bb, 1e-12)
    determinant = np.maximum(ss * bb - sb * sb, 1e-14 * ss * bb)
    first = bb * slope[:, 0] - sb * slope[:, 1]
    second = ss * slope[:, 1] - sb * slope[:, 0]
    step: Array = np.stack([first, second], axis=1) / determinant[:, None]
    return step
