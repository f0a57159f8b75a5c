"""Limits from a number of events alone: the classical Poisson limit, and a careful variant of it."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri, ndtri

from vre_dm.errors import OutOfRange
from vre_dm.limits.floats import floats
from vre_dm.limits.spelling import require
from vre_dm.physics.statistics.observation import Observation

BackgroundUse = Literal["ignored", "subtracted", "lowered"]
NAMES = {
    "ignored": "Poisson, no background subtracted",
    "subtracted": "Poisson, expected background subtracted",
    "lowered": "Poisson, background and efficiency lowered by the normal quantile of the level",
}


@dataclass(frozen=True, slots=True)
class Poisson:
    """The classical Poisson upper limit.

    Parameters
    ----------
    background
        ``"ignored"``: every event counts as signal, which needs no knowledge of backgrounds.
        ``"subtracted"``: the expected background, taken as exact. ``"lowered"``: background and efficiency
        at their low ends, see `lowered_poisson_limit`.
    """

    background: BackgroundUse = "ignored"

    def __post_init__(self) -> None:
        require(self.background, get_args(BackgroundUse), "background")

    @property
    def name(self) -> str:
        """What a limit curve says of how it was set."""
        return NAMES[self.background]

    def upper_limit(self, seen: Observation, *, cl: float = 0.9) -> float:
        """Upper limit on the mean number of signal events.

        Raises
        ------
        OutOfRange
            The level is not between 0 and 1 (0.5 and 1 where background is lowered), or no positive answer
            exists.
        """
        if self.background == "lowered":
            lowered = lowered_poisson_limit(
                seen.observed,
                cl=cl,
                background=seen.expected_background,
                background_sigma=seen.background_sigma,
                signal_relative_sigma=seen.efficiency_sigma,
            )
            return float(lowered)
        known = seen.expected_background if self.background == "subtracted" else 0.0
        return float(poisson_upper_limit(seen.observed, cl=cl, background=known))


def poisson_upper_limit(
    observed: ArrayLike, *, cl: float = 0.9, background: ArrayLike = 0.0
) -> NDArray[np.float64]:
    r"""Classical upper limit on the mean of a Poisson signal.

    The largest signal :math:`s` for which :math:`P(N \le n \,|\, s + b) = 1 - {\rm CL}`. With the
    background left at zero every event counts as signal, which is conservative.

    Parameters
    ----------
    observed : array_like
        Counted events n.
    cl
        Confidence level, one-sided.
    background : array_like
        Expected background b, known exactly. A limit that would fall below zero is an error.

    Returns
    -------
    ndarray, events

    Raises
    ------
    OutOfRange
        A count or background is negative, the level is not between 0 and 1, or fewer events were seen
        than the background alone allows, so that this construction has no positive answer.

    References
    ----------
    Particle Data Group, Review of Particle Physics (2024), Statistics: Poisson one-sided limits.
    """
    n, b = floats(observed, "counted events"), floats(background, "expected background in events")
    cl = float(floats(cl, "confidence level"))
    if not (0 < cl < 1 and np.all(n >= 0) and np.all(b >= 0)):
        msg = f"counts and background must not be negative, and the level must be inside 0 to 1, not {cl}"
        raise OutOfRange(msg)
    limit = chdtri(2 * (n + 1), 1 - cl) / 2 - b
    if not np.all(limit > 0):
        msg = "fewer events than the background allows: the classical Poisson limit is not positive here"
        raise OutOfRange(msg)
    return np.asarray(limit)


def lowered_poisson_limit(
    observed: ArrayLike,
    *,
    cl: float = 0.9,
    background: ArrayLike = 0.0,
    background_sigma: ArrayLike = 0.0,
    signal_relative_sigma: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    r"""Poisson upper limit with background and detected signal lowered by their uncertainties.

    Signal and background are each taken at the low end that a normal error exceeds with probability
    CL, :math:`z` standard deviations down, and what is left must explain the count:

    .. math:: s = \frac{\max\left[U(n) - (b - z \sigma_b),\; U(0)\right]}{1 - z \delta_s},
              \qquad z = \Phi^{-1}({\rm CL})

    with :math:`U(n)` the limit of `poisson_upper_limit` without background. No limit is stronger than
    that of an experiment without events and without background, so few events below the expected
    background are not turned into sensitivity. Lowering both at once is conservative: at least CL of
    repeated experiments are covered, not exactly CL, and nothing is marginalised or profiled.

    Parameters
    ----------
    observed : array_like
        Counted events n.
    cl
        Confidence level, one-sided, at least 0.5; it also sets z.
    background, background_sigma : array_like
        Expected background events b and their standard deviation. A background lowered below zero is zero.
    signal_relative_sigma : array_like
        Standard deviation of the expected signal as a share of it, :math:`\delta_s`.

    Returns
    -------
    ndarray, events
        Mean of the signal, before any lowering.

    Raises
    ------
    OutOfRange
        A count, background or uncertainty is negative or not finite, the level is not between 0.5 and 1,
        or a signal is so uncertain that its lowered mean is not positive.

    References
    ----------
    Read off the ten limit tables released with arXiv:1907.11485, whose 419 rows it gives back to the last
    digit; the release itself only refers to the article for the construction.
    """
    inputs = (observed, background, background_sigma, signal_relative_sigma)
    n, b, sigma_b, delta_s = (np.asarray(part, dtype=np.float64) for part in inputs)
    if not (
        0.5 <= cl < 1 and all(np.all(np.isfinite(part) & (part >= 0)) for part in (n, b, sigma_b, delta_s))
    ):
        msg = f"counts, background and uncertainties must not be negative, and the level 0.5 to 1, not {cl}"
        raise OutOfRange(msg)
    z = float(ndtri(cl))
    kept = 1 - z * delta_s
    if not np.all(kept > 0):
        msg = f"a signal uncertain by {np.max(delta_s):.0%} has no positive lower end at {cl:.0%} CL"
        raise OutOfRange(msg)
    net = poisson_upper_limit(n, cl=cl) - np.maximum(b - z * sigma_b, 0.0)
    return np.asarray(np.maximum(net, poisson_upper_limit(0, cl=cl)) / kept)
