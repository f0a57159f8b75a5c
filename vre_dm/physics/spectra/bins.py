"""Particles and energy of a spectrum in bins of energy: exact for tables, by quadrature for functions."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.physics.spectra.spectrum import Integrable, Spectrum, require_edges, require_mass

NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)
PANELS_PER_DECADE = 10
DOUBLINGS = 9
SETTLED = 1e-6
"""Share of the whole integral that may still change when the panels are halved."""


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
    """Energy that goes into bins of energy, GeV per annihilation; otherwise as `counts_in_bins`."""
    return _integrals(spectrum, require_mass(spectrum, mass_gev), require_edges(edges_gev), 1)


def _integrals(
    spectrum: Spectrum, mass: float, edges: NDArray[np.float64], power: int
) -> NDArray[np.float64]:
    if isinstance(spectrum, Integrable):
        return spectrum.in_bins(mass, edges, power)
    ends = np.log(
        np.minimum(edges, mass)
    )  # the mass is an end of a bin, so no panel straddles the drop there
    panels = np.ceil(np.diff(ends) / np.log(10) * PANELS_PER_DECADE).astype(int)
    before = _gauss(spectrum, mass, ends, panels, power)
    for _ in range(DOUBLINGS):
        panels = 2 * panels
        result = _gauss(spectrum, mass, ends, panels, power)
        if np.max(np.abs(result - before), initial=0.0) <= SETTLED * result.sum():
            return result
        before = result
    msg = f"spectrum {spectrum.name} at {mass:g} GeV is too narrow to integrate; give a TabulatedSpectrum"
    raise OutOfRange(msg)


def _gauss(
    spectrum: Spectrum, mass: float, ends: NDArray[np.float64], panels: NDArray[np.int64], power: int
) -> NDArray[np.float64]:
    """Gauss-Legendre in ln E, each bin in its number of panels; a bin above the mass has none."""
    owner = np.repeat(np.arange(panels.size), panels)
    if not owner.size:
        return np.zeros(panels.size)
    place = np.arange(owner.size) - np.repeat(np.cumsum(panels) - panels, panels)
    width = (np.diff(ends) / np.maximum(panels, 1))[owner]
    energy = np.exp((ends[owner] + place * width)[:, None] + width[:, None] * (NODES + 1) / 2)
    # rounding must not lift the last node above the mass
    density = np.asarray(spectrum.dn_de(mass, np.minimum(energy, mass).ravel()), dtype=np.float64)
    _require_density(spectrum, mass, density, energy.size)
    per_panel = (density.reshape(energy.shape) * energy ** (power + 1)) @ WEIGHTS * width / 2
    return np.asarray(np.bincount(owner, per_panel, panels.size), dtype=np.float64)


def _require_density(spectrum: Spectrum, mass: float, density: NDArray[np.float64], size: int) -> None:
    if density.shape != (size,):
        msg = f"spectrum {spectrum.name}: dn_de gave the shape {density.shape} for {size} energies"
        raise OutOfRange(msg)
    if not np.all(np.isfinite(density) & (density >= 0)):
        bad = density[~(np.isfinite(density) & (density >= 0))][0]
        msg = f"spectrum {spectrum.name} at {mass:g} GeV: dN/dE = {bad:g} must be finite and not negative"
        raise OutOfRange(msg)
