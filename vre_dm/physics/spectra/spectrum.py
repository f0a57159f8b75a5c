"""What a spectrum is: anything with a name, a range of masses and dN/dE; and the checks all of them share."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number, positive
from vre_dm.limits.spelling import shown

Range = tuple[float, float]


class Spectrum(Protocol):
    """Number of particles of one kind that one annihilation makes, by energy.

    Any object with these three members is one; `vre_dm.physics.spectra.bins` integrates it.

    Attributes
    ----------
    name
        Said in labels and messages: ``bb``.
    mass_range_gev
        Dark-matter masses for which it is known; ``None`` where any will do.
    """

    @property
    def name(self) -> str:
        """Said in labels and messages."""
        ...

    @property
    def mass_range_gev(self) -> Range | None:
        """Dark-matter masses for which it is known, GeV."""
        ...

    def dn_de(self, mass_gev: float, energy_gev: ArrayLike) -> NDArray[np.float64]:
        """Particles per annihilation and energy, 1/GeV, in the shape of `energy_gev`."""
        ...


@runtime_checkable
class Integrable(Protocol):
    """A spectrum that knows its own integrals; others are integrated numerically."""

    def in_bins(self, mass_gev: float, edges_gev: NDArray[np.float64], power: int) -> NDArray[np.float64]:
        """Integral of E to the `power` times dN/dE between neighbouring edges."""
        ...


def require_mass(spectrum: Spectrum, mass_gev: float) -> float:
    """One mass that the spectrum is known for, as a float.

    Raises
    ------
    OutOfRange
        Another one; the message names the channel, the mass and the range.
    """
    require_spectrum(spectrum)
    mass = number("dark-matter mass in GeV", mass_gev)
    low, high = spectrum.mass_range_gev or (0.0, np.inf)
    if not low <= mass <= high:
        msg = f"spectrum {spectrum.name} covers masses of {low:g} to {high:g} GeV, not {mass:g} GeV"
        raise OutOfRange(msg)
    return mass


def require_spectrum(given: object) -> None:
    """Refuse a channel's name or anything else in place of a spectrum.

    Raises
    ------
    OutOfRange
        With what was given.
    """
    if not all(hasattr(given, member) for member in ("name", "mass_range_gev", "dn_de")):
        take = "take read_pppc(path)['bb'], or FunctionSpectrum(function, name)"
        msg = f"{shown(given)} is not a spectrum; {take}"
        raise OutOfRange(msg)


def require_edges(edges_gev: ArrayLike) -> NDArray[np.float64]:
    """Edges of energy bins in GeV: positive, rising, two or more.

    Raises
    ------
    OutOfRange
        Something else.
    """
    edges = positive("edge of an energy bin in GeV", edges_gev)
    if edges.ndim != 1 or edges.size < 2 or not np.all(np.diff(edges) > 0):
        msg = f"edges of energy bins must be two or more that rise, not {edges.size} of shape {edges.shape}"
        raise OutOfRange(msg)
    return edges


def require_particle(spectrum: Spectrum, particle: str) -> None:
    """Refuse a spectrum that says it counts something else, such as neutrinos where photons are meant.

    Raises
    ------
    OutOfRange
        With both. A spectrum that does not say what it counts passes.
    """
    require_spectrum(spectrum)
    counted = getattr(spectrum, "particle", "")
    if counted and counted != particle:
        msg = f"spectrum {spectrum.name} counts {counted}s, and {particle}s are needed here"
        raise OutOfRange(msg)
