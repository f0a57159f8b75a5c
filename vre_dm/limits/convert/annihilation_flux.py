"""Flux of photons or neutrinos from annihilation or decay in an object of known J or D factor, and back."""

import math
from typing import Literal

from numpy.typing import ArrayLike

from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert.derived import Origin, derived
from vre_dm.limits.convert.domain import Array, elementwise, number, positive
from vre_dm.limits.curve import Curve
from vre_dm.limits.spelling import require

Particle = Literal["Majorana", "Dirac"]
PAIRS = {"Majorana": 8 * math.pi, "Dirac": 16 * math.pi}
"""4π times the number of particles a pair is chosen from: of Dirac ones half meet their antiparticle."""


@elementwise
def annihilation(
    sigmav: ArrayLike, mass: ArrayLike, *, j_factor: float, per_event: ArrayLike, particle: Particle
) -> Array:
    """Flux from annihilation.

    Parameters
    ----------
    sigmav, mass : array_like, cm³/s and GeV, of shapes that broadcast
    j_factor
        Square of the density integrated over line of sight and solid angle, GeV²/cm⁵.
    per_event : array_like
        Photons (or neutrinos of one flavour at Earth) of one annihilation in the energy range that counts;
        a spectrum dN/dE gives a differential flux.
    particle
        ``Majorana`` (its own antiparticle) or ``Dirac`` (as many antiparticles as particles).

    Returns
    -------
    ndarray, cm⁻² s⁻¹
        ⟨σv⟩/(8π m²) · N · J, half of it for Dirac particles.

    Raises
    ------
    OutOfRange
        A number is not positive and finite.
    InvalidCurve
        The particle is neither.

    References
    ----------
    arXiv:1012.4515, sec. on gamma rays from the Galaxy; arXiv:1611.03184
    """
    rate = positive("sigmav in cm3/s", sigmav) * positive("photons per annihilation", per_event, zero=True)
    return rate / _pair_mass(mass, particle) * number("J factor in GeV2/cm5", j_factor)


@elementwise
def sigmav(
    flux: ArrayLike, mass: ArrayLike, *, j_factor: float, per_event: ArrayLike, particle: Particle
) -> Array:
    """⟨σv⟩ in cm³/s that gives a flux in cm⁻² s⁻¹; the inverse of `annihilation`."""
    rate = positive("photons per annihilation", per_event) * number("J factor in GeV2/cm5", j_factor)
    return positive("flux per cm2 and s", flux) * _pair_mass(mass, particle) / rate


@elementwise
def decay(lifetime: ArrayLike, mass: ArrayLike, *, d_factor: float, per_event: ArrayLike) -> Array:
    """Flux from decay, N · D/(4π m τ).

    Parameters
    ----------
    lifetime, mass : array_like, s and GeV, of shapes that broadcast
    d_factor
        Density integrated over line of sight and solid angle, GeV/cm².
    per_event : array_like
        Photons of one decay in the energy range that counts.

    Returns
    -------
    ndarray, cm⁻² s⁻¹

    References
    ----------
    arXiv:1012.4515, sec. on gamma rays from the Galaxy
    """
    particles = positive("photons per decay", per_event) * number("D factor in GeV/cm2", d_factor)
    mass_lifetime = positive("mass in GeV", mass) * positive("lifetime in s", lifetime)
    return particles / (4 * math.pi * mass_lifetime)


@elementwise
def lifetime(flux: ArrayLike, mass: ArrayLike, *, d_factor: float, per_event: ArrayLike) -> Array:
    """Lifetime in s that gives a flux in cm⁻² s⁻¹; the inverse of `decay`."""
    return decay(positive("flux per cm2 and s", flux), mass, d_factor=d_factor, per_event=per_event)


def sigmav_curve(
    source: Origin,
    mass: ArrayLike,
    flux: ArrayLike,
    *,
    id: str,
    channel: str,
    j_factor: float,
    per_event: ArrayLike,
    particle: Particle,
) -> Curve:
    """Limit on ⟨σv⟩ from limits on a flux, one a mass; numbers as of `sigmav`."""
    limit = sigmav(flux, mass, j_factor=j_factor, per_event=per_event, particle=particle)
    return derived(
        source,
        id=id,
        formula=f"flux/annihilation/{particle}/1012.4515",
        quantity="sigmav",
        channel=channel,
        columns=(mass_column(mass), limit_column(limit, "sigmav")),
        inputs={"J_GeV2_cm5": j_factor, "particle": particle},
        assumptions={"J_factor": f"{j_factor:g} GeV2/cm5, no uncertainty", "particle": particle},
    )


def lifetime_curve(
    source: Origin,
    mass: ArrayLike,
    flux: ArrayLike,
    *,
    id: str,
    channel: str,
    d_factor: float,
    per_event: ArrayLike,
) -> Curve:
    """Limit on the lifetime from limits on a flux, one a mass; numbers as of `lifetime`."""
    limit = lifetime(flux, mass, d_factor=d_factor, per_event=per_event)
    return derived(
        source,
        id=id,
        formula="flux/decay/1012.4515",
        quantity="lifetime",
        channel=channel,
        columns=(mass_column(mass), limit_column(limit, "lifetime")),
        inputs={"D_GeV_cm2": d_factor},
        assumptions={"D_factor": f"{d_factor:g} GeV/cm2, no uncertainty"},
    )


def _pair_mass(mass: ArrayLike, particle: Particle) -> Array:
    require(particle, PAIRS, "particle")
    return PAIRS[particle] * positive("mass in GeV", mass) ** 2
