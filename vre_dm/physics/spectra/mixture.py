"""Several channels at once: spectra weighted with their branching fractions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number
from vre_dm.physics.spectra.bins import counts_in_bins, energy_in_bins
from vre_dm.physics.spectra.spectrum import Range, Spectrum, require_mass, require_spectrum

ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """Spectra by branching fraction: ``Mixture({bb: 0.7, tautau: 0.3})``.

    Parameters
    ----------
    fractions
        Spectrum to share of the annihilations, 0 to 1. What is left to 1 makes no particle of this kind.
    name
        Made of the parts if left out.

    Raises
    ------
    OutOfRange
        No part, a share outside 0 to 1, shares that add up to more than 1 or to nothing, parts of different
        particles, or parts that are known at no common mass.
    """

    fractions: Mapping[Spectrum, float]
    name: str = ""
    particle: str = field(init=False, default="")
    mass_range_gev: Range | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        for part in self.fractions:
            require_spectrum(part)
        parts = {
            part: number(f"share of {part.name}", share, 0, 1 + ROUNDING, low_included=True)
            for part, share in self.fractions.items()
        }
        total = sum(parts.values())
        if not 0 < total <= 1 + ROUNDING:
            msg = f"shares of {_listed(parts)} add up to {total:g}; they must be above 0 and at most 1"
            raise OutOfRange(msg)
        particles = {given for part in parts if (given := getattr(part, "particle", ""))}
        if len(particles) > 1:
            msg = f"{_listed(parts)} count {' and '.join(sorted(particles))}; mix spectra of one particle"
            raise OutOfRange(msg)
        named = " + ".join(f"{share:.3g} {part.name}" for part, share in parts.items())
        parts = {part: share for part, share in parts.items() if share}  # a closed channel asks for no mass
        object.__setattr__(self, "fractions", parts)
        object.__setattr__(self, "name", self.name or named)
        object.__setattr__(self, "particle", next(iter(particles), ""))
        object.__setattr__(self, "mass_range_gev", _common(parts))

    def dn_de(self, mass_gev: float, energy_gev: ArrayLike) -> NDArray[np.float64]:
        """Particles per annihilation and energy, 1/GeV, in the shape of `energy_gev`."""
        mass = require_mass(self, mass_gev)
        return np.asarray(sum(share * part.dn_de(mass, energy_gev) for part, share in self.fractions.items()))

    def in_bins(self, mass_gev: float, edges_gev: NDArray[np.float64], power: int) -> NDArray[np.float64]:
        """Integral of E to the `power` (0 or 1) times dN/dE between neighbouring edges."""
        mass = require_mass(self, mass_gev)
        of = (counts_in_bins, energy_in_bins)[power]
        return np.asarray(sum(share * of(part, mass, edges_gev) for part, share in self.fractions.items()))


def _listed(parts: Mapping[Spectrum, float]) -> str:
    return ", ".join(part.name for part in parts) or "no spectrum"


def _common(parts: Mapping[Spectrum, float]) -> Range | None:
    """Masses at which every part is known."""
    ranges = [part.mass_range_gev for part in parts if part.mass_range_gev]
    if not ranges:
        return None
    low, high = max(low for low, _ in ranges), min(high for _, high in ranges)
    if low > high:
        msg = f"{_listed(parts)} are known at no common mass"
        raise OutOfRange(msg)
    return low, high
