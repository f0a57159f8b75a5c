"""The annihilation cross section with which a thermal relic makes up all dark matter.

Solves the Boltzmann equation for a constant ⟨σv⟩ (s-wave), for all masses at once; needs numpy only.
"""

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from vre_dm.errors import OutOfRange
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert import degrees_of_freedom
from vre_dm.limits.convert.constants import CM3_S_GEV2
from vre_dm.limits.convert.derived import derived, theory
from vre_dm.limits.convert.domain import Array, elementwise, number
from vre_dm.limits.curve import Curve
from vre_dm.limits.floats import floats
from vre_dm.limits.spelling import require

Particle = Literal["Majorana", "Dirac"]

PLANCK_MASS = 1.220890e19
"""GeV (CODATA 2018)."""
ABUNDANCE_OF_YIELD = 2891.2 / 1.05371e-5
"""Ωh² per GeV of mass times yield: entropy per cm³ over critical density in GeV/cm³ (PDG 2024, table 2.1)."""
MASS_RANGE = (0.3, 1e5)
"""GeV: below, the plasma loses its neutrinos during freeze-out; above, ⟨σv⟩ exceeds unitarity."""

SPINS = 2.0
# Masses over temperature between which the equation is solved, and up to which annihilation is then summed.
START, DECOUPLED, END = 10.0, 100.0, 1e4
STEPS = 600
POINTS = 200


@elementwise
def cross_section(mass: ArrayLike, *, particle: Particle, abundance: float = 0.12) -> Array:
    """⟨σv⟩ of a relic that makes up all dark matter.

    Parameters
    ----------
    mass : array_like, any shape, GeV
        0.3 GeV to 100 TeV.
    particle
        ``Majorana``: the particle is its own antiparticle. ``Dirac``: both are there in equal numbers and
        only unlike ones annihilate, so that about twice the cross section is needed.
    abundance
        Ωh² of dark matter, 0.01 to 1; Planck 2018 (arXiv:1807.06209) measured 0.120 ± 0.001.

    Returns
    -------
    ndarray, same shape, cm³/s
        To 0.1 % for a given g*, 3 % with what is uncertain in g*: the lattice table of arXiv:1606.07494 gives
        0 to 2.3 % less from 10 GeV to 3 TeV. Lines made with the ideal-gas g* of older codes lie 3 to 9 %
        lower there (arXiv:2005.03544, arXiv:1503.03513).

    Raises
    ------
    OutOfRange
        A mass or the abundance lies outside its range.
    InvalidCurve
        The particle is neither.

    References
    ----------
    Gondolo, Gelmini, Nucl. Phys. B 360 (1991) 145 (the equation for dY/dx); arXiv:1204.3622
    """
    masses = np.atleast_1d(floats(mass, "mass", "GeV"))
    _require(masses, abundance, particle)
    per_species = abundance / (2 if particle == "Dirac" else 1)
    goal = math.log(per_species)
    flat = masses.ravel()
    # Ωh² falls nearly as 1/⟨σv⟩: the logarithms converge in a few secant steps.
    log_sigma = np.full(flat.shape, math.log(2e-26 * 0.12 / per_species))
    for _ in range(4):
        log_sigma += 1.03 * (np.log(_abundance(flat, np.exp(log_sigma))) - goal)
    return np.asarray(np.exp(log_sigma).reshape(np.shape(mass)))


@elementwise
def abundance(mass: ArrayLike, sigmav: ArrayLike, *, particle: Particle) -> Array:
    """Ωh² that a relic of a given ⟨σv⟩ leaves over.

    Parameters
    ----------
    mass : array_like, GeV
        0.3 GeV to 100 TeV.
    sigmav : array_like, cm³/s, of a shape that broadcasts with `mass`
        1e-27 to 1e-23: with less the relic never was in equilibrium at the start of the integration.
    particle
        As in `cross_section`; of Dirac ones particles and antiparticles are counted together.

    Returns
    -------
    ndarray

    Raises
    ------
    OutOfRange
        A mass or cross section lies outside its range.
    """
    masses, sigmas = np.broadcast_arrays(floats(mass, "mass", "GeV"), floats(sigmav, "sigmav", "cm3/s"))
    _require(masses, 0.12, particle)
    if not np.all((sigmas >= 1e-27) & (sigmas <= 1e-23)):
        msg = "sigmav must lie within 1e-27 to 1e-23 cm3/s for a relic that was in equilibrium"
        raise OutOfRange(msg)
    each = _abundance(masses.ravel(), sigmas.ravel()).reshape(masses.shape)
    return each * (2 if particle == "Dirac" else 1)


def curve(*, particle: Particle, abundance: float = 0.12) -> Curve:
    """The relic line of an overlay of ⟨σv⟩, 0.3 GeV to 100 TeV; arguments as of `cross_section`."""
    masses = np.geomspace(*MASS_RANGE, POINTS)
    sigmav = cross_section(masses, particle=particle, abundance=abundance)
    return derived(
        theory(f"thermal relic, {particle}"),
        id=f"sigmav_thermal_relic_{particle.lower()}",
        formula="thermal-relic/s-wave/Gondolo-Gelmini-1991",
        quantity="sigmav",
        channel="any",
        columns=(mass_column(masses), limit_column(sigmav, "sigmav")),
        inputs={"abundance": abundance, "degrees of freedom": "arXiv:1803.01038, appendix C"},
        assumptions={
            "particle": particle,
            "annihilation": "s-wave",
            "expansion": "radiation, no late entropy",
        },
    )


def _require(masses: Array, abundance: float, particle: str) -> None:
    low, high = MASS_RANGE
    if not np.all((masses >= low) & (masses <= high)):
        msg = f"relic masses must lie within {low:g} to {high:g} GeV; nothing is extrapolated"
        raise OutOfRange(msg)
    if not 0.01 <= number("abundance", abundance) <= 1:
        msg = (
            f"abundance {abundance} is outside 0.01 to 1; give the density parameter of dark matter times h2"
        )
        raise OutOfRange(msg)
    require(particle, ("Majorana", "Dirac"), "particle")


def _abundance(mass: Array, sigmav: Array) -> Array:
    """Ωh² of one self-annihilating species with two spins and a constant ⟨σv⟩."""
    return left_over(mass, lambda x: np.broadcast_to(sigmav, (x.size, mass.size)))


def left_over(mass: Array, average: Callable[[Array], Array]) -> Array:
    """Ωh² of one self-annihilating species with two spins whose ⟨σv⟩ changes with the temperature.

    Parameters
    ----------
    mass : ndarray, shape (n,), GeV
        Inside `MASS_RANGE`.
    average
        From masses over temperature, shape (k,), 10 to 1e4, to ⟨σv⟩, shape (k, n), cm³/s.

    Returns
    -------
    ndarray, shape (n,)
        Particles and antiparticles of Dirac ones leave twice as much.
    """
    x = np.geomspace(START, DECOUPLED, STEPS + 1)
    rate = x[:, None] * _annihilation(x, mass) * average(x)  # per unit of ln x
    decoupled = _solve(rate, _equilibrium(x, mass), math.log(x[1] / x[0]))
    # Later no pairs are made: 1/Y grows by the area under the rate, which beyond the end falls as 1/x².
    late = np.geomspace(DECOUPLED, END, 201)
    per_log = late[:, None] * _annihilation(late, mass) * average(late)
    area = (per_log[1:] + per_log[:-1]).sum(axis=0) * math.log(late[1] / late[0]) / 2 + per_log[-1]
    return np.asarray(ABUNDANCE_OF_YIELD * mass / (1 / decoupled + area))


def _annihilation(x: Array, mass: Array) -> Array:
    """-dY/dx over (Y² - Y_eq²) for ⟨σv⟩ of 1 cm³/s, shape (x, mass)."""
    grid = mass / x[:, None]
    constant = math.sqrt(math.pi / 45) * PLANCK_MASS / CM3_S_GEV2
    return np.asarray(constant * mass / x[:, None] ** 2 * degrees_of_freedom.freeze_out(grid))


def _equilibrium(x: Array, mass: Array) -> Array:
    """Yield in equilibrium, shape (x, mass)."""
    # K₂ by its asymptotic series, exact to 1e-4 from x = 10 on.
    series = 1 + 15 / (8 * x) + 105 / (128 * x**2) - 315 / (1024 * x**3)
    bessel = np.sqrt(math.pi / (2 * x)) * np.exp(-x) * series
    entropy = degrees_of_freedom.entropy(mass / x[:, None])
    return np.asarray(45 * SPINS / (4 * math.pi**4) * (x**2 * bessel)[:, None] / entropy)


def _solve(rate: Array, equilibrium: Array, step: float) -> Array:
    """Yield at the end of the grid: dY/du = -rate (Y² - Y_eq²), implicit and of second order (BDF2)."""
    before = now = equilibrium[0]
    for r, source in zip(rate[1:] * (2 * step / 3), equilibrium[1:], strict=True):
        known = (4 * now - before) / 3 + r * source**2
        before, now = now, 2 * known / (1 + np.sqrt(1 + 4 * r * known))
    return np.asarray(now)
