"""Particles and energy of a spectrum in bins of energy: exact for tables, by quadrature for functions."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.physics.spectra.spectrum import Integrable, Spectrum, require_edges, require_mass

NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)
PANELS_PER_DECADE = 40
HALVINGS, MOST_PANELS = 30, 20_000
SETTLED = 1e-8
"""Share of the whole integral by which a panel may still change when it is halved."""
ROUNDING = 1e-6


def counts_in_bins(spectrum: Spectrum, mass_gev: float, edges_gev: ArrayLike) -> NDArray[np.float64]:
    """Particles per annihilation in bins of energy.

    Parameters
    ----------
    spectrum
        Of any kind.
    mass_gev
        Dark-matter mass. There are no particles above it.
    edges_gev : array_like, shape (b + 1,), GeV
        Rising.

    Returns
    -------
    ndarray, shape (b,), particles

    Raises
    ------
    OutOfRange
        Mass or energies outside of what the spectrum is known for, or a function that is negative or too
        narrow to be integrated.
    """
    return _integrals(spectrum, require_mass(spectrum, mass_gev), require_edges(edges_gev), 0)


def energy_in_bins(spectrum: Spectrum, mass_gev: float, edges_gev: ArrayLike) -> NDArray[np.float64]:
    """Energy that goes into bins of energy, GeV per annihilation; otherwise as `counts_in_bins`.

    Raises
    ------
    OutOfRange
        As `counts_in_bins`; or it is more than the two masses that annihilate.
    """
    mass = require_mass(spectrum, mass_gev)
    energy = _integrals(spectrum, mass, require_edges(edges_gev), 1)
    if energy.sum() > 2 * mass * (1 + ROUNDING):
        there = f"has {energy.sum():.3g} GeV in its particles, of {2 * mass:g} GeV that annihilate"
        msg = f"spectrum {spectrum.name} at {mass:g} GeV {there}; dN/dE is per annihilation and GeV"
        raise OutOfRange(msg)
    return energy


def _integrals(
    spectrum: Spectrum, mass: float, edges: NDArray[np.float64], power: int
) -> NDArray[np.float64]:
    if isinstance(spectrum, Integrable):
        return spectrum.in_bins(mass, edges, power)
    ends = np.log(
        np.minimum(edges, mass)
    )  # the mass is an end of a bin, so no panel straddles the drop there
    owner, low, high = _panels(ends)
    value, result = _gauss(spectrum, mass, low, high, power), np.zeros(edges.size - 1)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        left, right = _gauss(spectrum, mass, low, middle, power), _gauss(spectrum, mass, middle, high, power)
        rough = np.abs(left + right - value) > SETTLED * (result.sum() + (left + right).sum())
        result += np.bincount(owner[~rough], (left + right)[~rough], result.size)
        if not rough.any():
            return result
        owner = np.tile(owner[rough], 2)
        low, high = np.append(low[rough], middle[rough]), np.append(middle[rough], high[rough])
        value = np.append(left[rough], right[rough])
        if owner.size > MOST_PANELS:
            break
    msg = f"spectrum {spectrum.name} at {mass:g} GeV is too narrow to integrate; give a TabulatedSpectrum"
    raise OutOfRange(msg)


def _panels(
    ends: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Bin, and lower and upper end in ln E, of panels to begin with; a bin above the mass has none."""
    number = np.ceil(np.diff(ends) / np.log(10) * PANELS_PER_DECADE).astype(int)
    owner = np.repeat(np.arange(number.size), number)
    place = np.arange(owner.size) - np.repeat(np.cumsum(number) - number, number)
    width = (np.diff(ends) / np.maximum(number, 1))[owner]
    low = ends[owner] + place * width
    return owner, low, low + width


def _gauss(
    spectrum: Spectrum, mass: float, low: NDArray[np.float64], high: NDArray[np.float64], power: int
) -> NDArray[np.float64]:
    """Gauss-Legendre in ln E on each panel."""
    if not low.size:
        return np.zeros(0)
    width = (high - low)[:, None]
    # rounding must not lift the last node above the mass
    energy = np.minimum(np.exp(low[:, None] + width * (NODES + 1) / 2), mass)
    density = np.asarray(spectrum.dn_de(mass, energy.ravel()), dtype=np.float64)
    _require_density(spectrum, mass, density, energy.size)
    return np.asarray((density.reshape(energy.shape) * energy ** (power + 1)) @ WEIGHTS * width[:, 0] / 2)


def _require_density(spectrum: Spectrum, mass: float, density: NDArray[np.float64], size: int) -> None:
    if density.shape != (size,):
        msg = f"spectrum {spectrum.name}: dn_de gave the shape {density.shape} for {size} energies"
        raise OutOfRange(msg)
    if not np.all(np.isfinite(density) & (density >= 0)):
        bad = density[~(np.isfinite(density) & (density >= 0))][0]
        msg = f"spectrum {spectrum.name} at {mass:g} GeV: dN/dE = {bad:g} must be finite and not negative"
        raise OutOfRange(msg)
