"""Neutrinos and gamma rays of protons that hit gas: the hadronic sources that telescopes look for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.limits.convert.domain import number, positive
from vre_dm.physics.neutrino.density import CM_PER_KPC
from vre_dm.physics.neutrino.flux import Per, integrated

Array = NDArray[np.float64]
Part = Callable[[Array, Array], Array]
LIGHT_SPEED_CM_S = 2.99792458e10
CM2_PER_MBARN = 1e-27
PROTONS_TEV = np.geomspace(0.1, 1e5, 301)
"""Where the parametrisation holds; protons below 100 GeV are left out."""
HALF = 0.5
"""Muon neutrinos at Earth for one at production: oscillations make 1:1:1 of ν_e:ν_μ:ν_τ = 1:2:0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PionDecay:
    r"""Pions from protons on gas of one atom per cm³, their spectrum a power law with a cut-off.

    .. math:: \frac{dN_p}{dE} = N \left(\frac{E}{10\,\mathrm{TeV}}\right)^{-\alpha} e^{-E/E_c}

    Attributes
    ----------
    protons_per_ev
        N: protons in the source at 10 TeV, 1/eV, for a gas of one atom per cm³.
    index, cutoff_tev, distance_kpc
        α, E_c, and how far the source is.

    References
    ----------
    astro-ph/0606058, eqs. 58 (gamma rays), 62 (second muon neutrino), 66 (first one), 73 (cross section);
    both signs together, good to 10 % where more than a thousandth of the proton's energy is taken.
    """

    protons_per_ev: float
    index: float
    cutoff_tev: float
    distance_kpc: float

    def __post_init__(self) -> None:
        number("protons at 10 TeV per eV", self.protons_per_ev)
        number("index of the protons", self.index, -10, 10)
        number("cut-off of the protons in TeV", self.cutoff_tev)
        number("distance in kpc", self.distance_kpc)

    @property
    def per(self) -> Per:
        """The whole source."""
        return "source"

    def at(self, energy_gev: ArrayLike) -> Array:
        """Muon neutrinos and antineutrinos at Earth, flavours mixed on the way, 1/(GeV cm² s)."""
        return HALF * self._emitted(energy_gev, _first_neutrino, _second_neutrino)

    def gamma_rays(self, energy_gev: ArrayLike) -> Array:
        """Gamma rays of the same protons, none absorbed, 1/(GeV cm² s)."""
        return self._emitted(energy_gev, _photon)

    def in_bins(self, edges_gev: Array) -> Array:
        """Flux of neutrinos between neighbouring edges, 1/(cm² s)."""
        return integrated(self.at, edges_gev)

    def _emitted(self, energy_gev: ArrayLike, *parts: Part) -> Array:
        energy = positive("energy in GeV", energy_gev)[..., None] / 1e3
        log_tev = np.log(PROTONS_TEV)
        per_tev = 1e12 * self.protons_per_ev * (PROTONS_TEV / 10) ** -self.index
        per_tev = per_tev * np.exp(-PROTONS_TEV / self.cutoff_tev)
        cross_section = (34.3 + 1.88 * log_tev + 0.25 * log_tev**2) * CM2_PER_MBARN
        x = energy / PROTONS_TEV
        made = np.sum([part(np.where(x < 1, x, 0.5), log_tev) for part in parts], axis=0)
        rate = (np.where(x < 1, made, 0) * per_tev * cross_section) @ _trapezoids(log_tev)
        return np.asarray(
            1e-3 * LIGHT_SPEED_CM_S * rate / (4 * np.pi * (self.distance_kpc * CM_PER_KPC) ** 2)
        )


def _trapezoids(points: Array) -> Array:
    widths = np.diff(points)
    return np.asarray((np.append(widths, 0) + np.append(0, widths)) / 2)


def _photon(x: Array, log_tev: Array) -> Array:
    size = 1.30 + 0.14 * log_tev + 0.011 * log_tev**2
    beta = 1 / (1.79 + 0.11 * log_tev + 0.008 * log_tev**2)
    k = 1 / (0.801 + 0.049 * log_tev + 0.014 * log_tev**2)
    return _two_body(x, size, beta, k)


def _first_neutrino(x: Array, log_tev: Array) -> Array:
    """Of the pion itself, which has none above 0.427 of the proton's energy."""
    size = 1.75 + 0.204 * log_tev + 0.010 * log_tev**2
    beta = 1 / (1.67 + 0.111 * log_tev + 0.0038 * log_tev**2)
    k = 1.07 - 0.086 * log_tev + 0.002 * log_tev**2
    y = x / 0.427
    return np.where(y < 1, _two_body(np.where(y < 1, y, 0.5), size, beta, k), 0.0)


def _second_neutrino(x: Array, log_tev: Array) -> Array:
    """Of the muon that the pion leaves."""
    size = 1 / (69.5 + 2.65 * log_tev + 0.3 * log_tev**2)
    beta = (0.201 + 0.062 * log_tev + 0.00042 * log_tev**2) ** -0.25
    k = (0.279 + 0.141 * log_tev + 0.0172 * log_tev**2) / (0.3 + (2.3 + log_tev) ** 2)
    fall = (-np.log(x)) ** 5 / (x * (1 + 0.3 / x**beta))
    return np.asarray(size * (1 + k * np.log(x) ** 2) ** 3 * fall)


def _two_body(x: Array, size: Array, beta: Array, k: Array) -> Array:
    power = x**beta
    left = 1 - power
    bend = 1 + k * power * left
    slope = 1 - np.log(x) * (4 * beta * power / left + 4 * k * beta * power * (1 - 2 * power) / bend)
    return np.asarray(size / x * (left / bend) ** 4 * slope)
