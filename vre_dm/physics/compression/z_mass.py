"""The mass of the Z from its peak: a Voigt profile on a falling background, fitted without bins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.floats import floats

if TYPE_CHECKING:
    from iminuit import Minuit

Array = NDArray[np.float64]
WIDTH_GEV = 2.4952
WINDOW_GEV = (70.0, 110.0)
FEWEST = 100
STEP_GEV = 0.005
LATTICE_GEV = np.linspace(*WINDOW_GEV, 8001)
"""Where the density is computed; the logarithm of a pair's is interpolated between, linearly."""
LIMITS = {"mass": (80.0, 100.0), "resolution": (0.1, 8.0), "signal": (0.0, 1.0), "slope": (-0.5, 0.5)}
NO_PEAK, MARGIN = ("mass", "resolution"), 1e-3
"""What means that there is none, when it ends within this share of its range from a limit."""


@dataclass(frozen=True, slots=True)
class ZMass:
    """What a fit found.

    Attributes
    ----------
    mass_gev, error_gev
        Position of the peak, and its statistical error from the curvature of the likelihood.
    resolution_gev
        Standard deviation of the Gaussian that the Breit-Wigner is folded with.
    signal
        Share of the pairs in the window that are in the peak.
    slope_per_gev
        Of the background, which falls exponentially.
    pairs
        How many were in the window.
    """

    mass_gev: float
    error_gev: float
    resolution_gev: float
    signal: float
    slope_per_gev: float
    pairs: int


def fit_z_mass(mass_gev: ArrayLike, start: ZMass | None = None) -> ZMass:
    """Fit the peak of the Z between 70 and 110 GeV.

    The width is fixed at 2.4952 GeV, for it and the resolution can hardly be told apart. Final state
    radiation, the shape of the background and the scale of momenta are not looked at: the position of the
    peak is not a measurement of the mass.

    Parameters
    ----------
    mass_gev : array_like, shape (n,), GeV
        Every pair once; pairs outside of the window are left out.
    start
        A fit of almost the same pairs to begin at; its errors are then not computed again, but migrad's.

    Raises
    ------
    OutOfRange
        Masses that are not finite, fewer than 100 in the window, or no peak that a fit finds.

    References
    ----------
    Width: Particle Data Group, Z width, "our fit" 2.4952(23) GeV.
    """
    masses = floats(mass_gev, "mass of pairs", "GeV").ravel()
    low, high = WINDOW_GEV
    if not np.all(finite := np.isfinite(masses)):
        msg = f"mass of pair {int(np.argmin(finite)) + 1} is not finite"
        raise OutOfRange(msg)
    inside = masses[(masses > low) & (masses < high)]
    if inside.size < FEWEST:
        msg = (
            f"{inside.size} of {masses.size} pairs lie between {low:g} and {high:g} GeV; a fit needs {FEWEST}"
        )
        raise OutOfRange(msg)
    found = _minimised(inside, start)
    values = found.values.to_dict()
    near = [name for name in NO_PEAK if not _inside(values[name], *LIMITS[name])]
    if not found.valid or near:
        why = f"{near[0]} ends at {values[near[0]]:g}, its limit" if near else "the fit does not converge"
        msg = f"no peak of the Z in {inside.size} masses between {low:g} and {high:g} GeV: {why}"
        raise OutOfRange(msg)
    return ZMass(
        values["mass"],
        found.errors["mass"],
        values["resolution"],
        values["signal"],
        values["slope"],
        inside.size,
    )


def _inside(value: float, least: float, most: float) -> bool:
    margin = MARGIN * (most - least)
    return least + margin < value < most - margin


def _minimised(inside: Array, start: ZMass | None) -> Minuit:
    from iminuit import Minuit

    begin = (91.0, 1.5, 0.9, 0.05)
    if start:
        begin = (start.mass_gev, start.resolution_gev, start.signal, start.slope_per_gev)
    weights = _on_lattice(inside)

    def twice_nll(mass: float, resolution: float, signal: float, slope: float) -> float:
        return -2.0 * float(np.sum(weights * np.log(density(mass, resolution, signal, slope))))

    minuit = Minuit(twice_nll, *begin)
    for name, limits in LIMITS.items():
        minuit.limits[name] = limits
    minuit.tol = 1e-3  # shifts far below the statistical error are what is looked for
    minuit.migrad()
    if not start:
        minuit.hesse()
    return minuit


def density(mass: float, resolution: float, signal: float, slope: float) -> Array:
    """Probability density of pair masses at the nodes of `LATTICE_GEV`, 1/GeV."""
    from scipy.special import voigt_profile

    peak = voigt_profile(LATTICE_GEV - mass, resolution, WIDTH_GEV / 2)
    background = np.exp(-slope * (LATTICE_GEV - WINDOW_GEV[0]))
    total: Array = signal * peak / _integral(peak) + (1 - signal) * background / _integral(background)
    return total


def _integral(values: Array) -> float:
    return float(values.sum() - (values[0] + values[-1]) / 2) * STEP_GEV


def _on_lattice(inside: Array) -> Array:
    """Weights of the nodes, with which a sum over nodes is the sum over pairs of what lies between."""
    place = (inside - WINDOW_GEV[0]) / STEP_GEV
    left = np.minimum(place.astype(np.intp), LATTICE_GEV.size - 2)
    share = place - left
    size = LATTICE_GEV.size
    nearer = np.bincount(left, 1 - share, minlength=size)
    further = np.bincount(left + 1, share, minlength=size)
    return (nearer + further).astype(np.float64)
