"""Masses at which a model is excluded: none, one or several intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number, positive
from vre_dm.physics.dilepton.couplings import Mediator
from vre_dm.physics.dilepton.resonance import resonance
from vre_dm.physics.dilepton.search import Search


@dataclass(frozen=True, slots=True)
class Interval:
    """Excluded masses without a gap.

    Attributes
    ----------
    low_gev, high_gev
        Ends, GeV.
    low_known, high_known
        Whether the model is allowed again just beyond; else the scan or the search's knowledge ends there.
    """

    low_gev: float
    high_gev: float
    low_known: bool = True
    high_known: bool = True

    def __str__(self) -> str:
        low, high = ("" if known else " (end of the scan)" for known in (self.low_known, self.high_known))
        return f"{self.low_gev:.0f}{low} to {self.high_gev:.0f} GeV{high}"


def excluded(
    search: Search, model: Mediator, masses_gev: ArrayLike, dm_mass_gev: float
) -> tuple[Interval, ...]:
    """Intervals of the mediator's mass that a search excludes, lightest first.

    Parameters
    ----------
    search
        See `vre_dm.physics.dilepton.search`.
    model
        Couplings.
    masses_gev : array_like, shape (n,), GeV
        Rising; an interval narrower than their spacing can be missed. Between them the margin is linear in
        the logarithm of the mass.
    dm_mass_gev
        Above half the mediator's mass it does not decay to dark matter.

    Raises
    ------
    OutOfRange
        The masses do not rise, or the search knows nothing about any of them.
    """
    masses = np.atleast_1d(positive("mediator mass in GeV", masses_gev))
    if masses.size < 2 or np.any(np.diff(masses) <= 0):
        msg = "mediator masses must be two or more and rise"
        raise OutOfRange(msg)
    margin = search.margin(resonance(model, masses, number("dark-matter mass in GeV", dm_mass_gev)))
    if np.all(np.isnan(margin)):
        msg = (
            f"{model.name}: no mass from {masses[0]:g} to {masses[-1]:g} GeV is covered, or the width is not"
        )
        raise OutOfRange(msg)
    inside = np.nan_to_num(margin, nan=-1.0) > 0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(int)))
    return tuple(
        _interval(masses, margin, int(first), int(last) - 1)
        for first, last in zip(edges[::2], edges[1::2], strict=True)
    )


def _interval(masses: NDArray[np.float64], margin: NDArray[np.float64], first: int, last: int) -> Interval:
    low, low_known = _end(masses, margin, first, first - 1)
    high, high_known = _end(masses, margin, last, last + 1)
    return Interval(low, high, low_known, high_known)


def _end(
    masses: NDArray[np.float64], margin: NDArray[np.float64], inner: int, outer: int
) -> tuple[float, bool]:
    """Where the margin is zero between an excluded mass and its neighbour."""
    if not 0 <= outer < masses.size or np.isnan(margin[outer]):
        return float(masses[inner]), False
    share = margin[inner] / (margin[inner] - margin[outer])
    return float(masses[inner] * (masses[outer] / masses[inner]) ** share), True
