"""Fluxes of neutrinos at Earth: power laws with a cut-off, any function, annihilation of dark matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.annihilation_flux import Particle, annihilation
from vre_dm.limits.convert.domain import number
from vre_dm.limits.spelling import require
from vre_dm.physics.spectra import Spectrum, counts_in_bins, require_particle

Array = NDArray[np.float64]
Per = Literal["source", "sr", "GeV2/cm5"]
"""What a flux is for: the whole source, one sr of sky, or one unit of the source's J factor."""

TWO_SIGNS = 2.0
"""PPPC4DMID counts muon neutrinos alone: μ⁺μ⁻ gives one of them, and one antineutrino that is not counted."""

NODES, WEIGHTS = np.polynomial.legendre.leggauss(5)


class Flux(Protocol):
    """A flux of muon neutrinos and antineutrinos together, integrated in bins of energy."""

    @property
    def per(self) -> Per:
        """What it is for; must be what the source it is folded with is measured in."""
        ...

    def in_bins(self, edges_gev: Array) -> Array:
        """Flux between neighbouring edges, 1/(cm² s) and per `per`, shape (n - 1,)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerLaw:
    r"""Power law with an optional cut-off, :math:`\phi_0 (E/E_0)^{-\gamma} e^{-E/E_c}`.

    Attributes
    ----------
    norm
        Muon neutrinos and antineutrinos at the pivot, 1/(GeV cm² s), for a diffuse flux also per sr.
    index
        Positive for a spectrum that falls.
    pivot_gev, cutoff_gev
        E₀, and E_c or ``None``.
    per
        ``source`` or ``sr``.
    """

    norm: float
    index: float
    pivot_gev: float = 1e5
    cutoff_gev: float | None = None
    per: Per = "source"

    def __post_init__(self) -> None:
        number("flux at the pivot in 1/(GeV cm2 s)", self.norm, low_included=True)
        number("spectral index", self.index, -10, 10)
        number("pivot in GeV", self.pivot_gev)
        if self.cutoff_gev is not None:
            number("cut-off in GeV", self.cutoff_gev)
        require(self.per, ("source", "sr"), "reference of a power law", error=OutOfRange)

    def at(self, energy_gev: ArrayLike) -> Array:
        """Differential flux, 1/(GeV cm² s)."""
        energy = np.asarray(energy_gev, dtype=np.float64)
        cut = 0.0 if self.cutoff_gev is None else energy / self.cutoff_gev
        return np.asarray(self.norm * (energy / self.pivot_gev) ** -self.index * np.exp(-cut))

    def in_bins(self, edges_gev: Array) -> Array:
        """Flux between neighbouring edges, 1/(cm² s)."""
        return integrated(self.at, edges_gev)


@dataclass(frozen=True, slots=True)
class FunctionFlux:
    """Any differential flux that a user writes down, smooth on the scale of the effective area's bins.

    Attributes
    ----------
    at
        Energies in GeV (n,) to muon neutrinos and antineutrinos in 1/(GeV cm² s) (n,), and per `per`.
    per
        ``source``, ``sr`` or ``GeV2/cm5``.
    """

    at: Callable[[Array], Array]
    per: Per = "source"

    def in_bins(self, edges_gev: Array) -> Array:
        """Flux between neighbouring edges; `OutOfRange` if it is negative or not finite somewhere."""
        return integrated(self.at, edges_gev)


@dataclass(frozen=True, slots=True, kw_only=True)
class Annihilation:
    r"""Neutrinos of annihilating dark matter, :math:`\langle\sigma v\rangle/(8\pi m^2)\,dN/dE` per J.

    Attributes
    ----------
    spectrum
        Muon neutrinos per annihilation at production, without antineutrinos, as of PPPC4DMID.
    mass_gev
    sigma_v_cm3_s
    flavour
        Muon neutrinos at Earth for one at production. 1 holds where all three flavours are made alike:
        oscillations over galactic distances then change nothing. It is pessimistic for ττ and optimistic for
        μμ (0.57 would be right) and for hadrons, so bb, cc, tt: 0.5 for neutrinos of pions (1:2:0), 0.73 for
        those of b and c themselves. PPPC4DMID's other two flavours are not in the lake.
    particle
        ``Majorana``, or ``Dirac`` with half the flux.

    References
    ----------
    arXiv:1012.4515 (spectra; flux of neutrinos from the Galaxy)
    """

    spectrum: Spectrum
    mass_gev: float
    sigma_v_cm3_s: float = 1e-26
    flavour: float = 1.0
    particle: Particle = "Majorana"

    def __post_init__(self) -> None:
        require_particle(self.spectrum, "muon neutrino")
        number("dark-matter mass in GeV", self.mass_gev)
        number("sigma_v in cm3/s", self.sigma_v_cm3_s)
        number("muon neutrinos at Earth for one at production", self.flavour)

    @property
    def per(self) -> Per:
        """A unit of the J factor."""
        return "GeV2/cm5"

    def in_bins(self, edges_gev: Array) -> Array:
        """Flux between neighbouring edges, 1/(cm² s) for a J factor of 1 GeV²/cm⁵."""
        made = TWO_SIGNS * self.flavour * counts_in_bins(self.spectrum, self.mass_gev, edges_gev)
        flux = annihilation(
            self.sigma_v_cm3_s, self.mass_gev, j_factor=1.0, per_event=made, particle=self.particle
        )
        return np.asarray(flux, dtype=np.float64)


def integrated(at: Callable[[Array], Array], edges_gev: Array) -> Array:
    """Integral of a differential flux between neighbouring edges, by five nodes in ln E in each bin.

    Raises
    ------
    OutOfRange
        It is negative or not finite at an energy, which is named, or gives not one value an energy.
    """
    ends = np.log(edges_gev)
    half = np.diff(ends)[:, None] / 2
    energy = np.exp(ends[:-1, None] + half * (NODES + 1))
    given = np.asarray(at(energy.ravel()), dtype=np.float64)
    if given.shape != (energy.size,):
        msg = f"the flux gave the shape {given.shape} for {energy.size} energies; it must give one value each"
        raise OutOfRange(msg)
    values = given.reshape(energy.shape)
    bad = ~(np.isfinite(values) & (values >= 0))
    if bad.any():
        msg = f"the flux is {values[bad][0]:g} at {energy[bad][0]:g} GeV; it must be finite and not negative"
        raise OutOfRange(msg)
    result: Array = (values * energy) @ WEIGHTS * half[:, 0]
    return result
