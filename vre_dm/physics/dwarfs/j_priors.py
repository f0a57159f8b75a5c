"""What is known of a J factor: the protocol that the data-driven likelihood profiles, and the Gaussian."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vre_dm.limits.convert.domain import number
from vre_dm.physics.dwarfs.envelope import envelope

Array = NDArray[np.float64]
SIGMAS = 6.0
"""Standard deviations that a Gaussian is followed for."""


class JPrior(Protocol):
    r"""Density of :math:`\log_{10} J`, J in GeV²/cm⁵."""

    @property
    def width_dex(self) -> float:
        """Length over which the density changes."""
        ...

    def lattice(self, step: float) -> Array:
        """Values of log10 J that are considered, `step` apart."""
        ...

    def profile(self, lnl: Array, step: float) -> Array:
        r"""Take the best J at every ⟨σv⟩.

        Parameters
        ----------
        lnl : ndarray, shape (n + k - 1,)
            ln L over :math:`\log_{10}(\langle\sigma v\rangle J)`, `step` apart, from the least ⟨σv⟩ times the
            least J on; k is the size of `lattice`.

        Returns
        -------
        ndarray, shape (n,)
            max over J of ln L + ln p(J), counted from the largest ln p.
        """
        ...


@dataclass(frozen=True, slots=True)
class GaussianJ:
    """Normal density of log10 J.

    Attributes
    ----------
    log10_j, width_dex
        Mean and standard deviation.

    Raises
    ------
    OutOfRange
        The standard deviation is not positive.
    """

    log10_j: float
    width_dex: float

    def __post_init__(self) -> None:
        number("spread of log10 J in dex", self.width_dex)
        number("log10 J", self.log10_j)

    def lattice(self, step: float) -> Array:
        """Six standard deviations each way, the mean in the middle."""
        reach = self._reach(step)
        return np.asarray(self.log10_j + step * np.arange(-reach, reach + 1), dtype=np.float64)

    def profile(self, lnl: Array, step: float) -> Array:
        """As `JPrior.profile`, by the lower envelope of parabolas."""
        reach = self._reach(step)
        return envelope(lnl, step / self.width_dex)[reach : lnl.size - reach]

    def _reach(self, step: float) -> int:
        return math.ceil(SIGMAS * self.width_dex / step)
