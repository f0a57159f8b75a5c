"""A dijet limit on g_q as one on the kinetic mixing ε of a dark photon, and on y = ε² α_D (m_χ/m_A')⁴."""

import math

import numpy as np
from numpy.typing import ArrayLike

from vre_dm.errors import OutOfRange
from vre_dm.limits.column import Column, limit_column, mass_column
from vre_dm.limits.convert.bisection import border
from vre_dm.limits.convert.constants import ALPHA
from vre_dm.limits.convert.derived import derived
from vre_dm.limits.convert.domain import Array, between, elementwise, number, positive, require_curve
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import Validity

Z_MASS = 91.1880
"""GeV (PDG 2024)."""
WEAK_MIXING = 0.23129
"""sin²θ_W, MS-bar at the Z mass (PDG 2024)."""
UP_SHARE = 2 / 3
"""Part of up-type quarks in the production: two valence up quarks for one down quark."""
# Electric charge, and hypercharge Q - T₃ of the left- and right-handed quark.
QUARKS = ((2 / 3, 1 / 6, 2 / 3), (-1 / 3, 1 / 6, -1 / 3))
SIN, COS = math.sqrt(WEAK_MIXING), math.sqrt(1 - WEAK_MIXING)


@elementwise
def quark_coupling(
    mass: ArrayLike, epsilon: ArrayLike, *, up_share: float = UP_SHARE, alpha: float = ALPHA
) -> Array:
    """The g_q of a vector mediator that quarks make as often as a dark photon.

    Parameters
    ----------
    mass, epsilon : array_like, of shapes that broadcast
        Mass in GeV; ε in the Lagrangian's ε/(2 cos θ_W) F' B, below cos θ_W.
    up_share
        Part of the production that comes from up-type quarks, 0 to 1.
    alpha
        Fine-structure constant; 1/137 by convention, 1/128 at the Z mass.

    Returns
    -------
    ndarray
        Root of the mean of (g_L² + g_R²)/2, to all orders in ε. To first order
        g = ε e (c² Q - δ Y)/(c² (1 - δ)) with δ = m²/m_Z² and c = cos θ_W: a light dark photon couples to the
        charge, a heavy one to the hypercharge Y = Q - T₃.

    Raises
    ------
    OutOfRange
        A number outside its range, or so near the Z mass that no such pair of masses exists for this ε.

    Notes
    -----
    A tool of the LHC Dark Matter Working Group (2026, after arXiv:2405.13778) takes √⟨Q²⟩ c² + δ √⟨4Y²⟩ for
    the bracket: the same for light dark photons, twice the coupling for heavy ones.

    References
    ----------
    arXiv:1412.0018 (mixing with hypercharge); hep-ph/9710441 (all orders); arXiv:2206.03456 (from g_q)
    """
    mass = _beside_z(mass)
    eta = between("epsilon/cos θ_W", positive("epsilon", epsilon) / COS, 0, 1)
    tangent = eta / np.sqrt(1 - eta**2)
    if np.any(tangent > _highest_tangent(mass)):
        msg = f"epsilon is too large this near the Z mass of {Z_MASS} GeV: the two bosons repel each other"
        raise OutOfRange(msg)
    return _mean_coupling(mass, tangent, up_share, alpha)


@elementwise
def epsilon(mass: ArrayLike, g_q: ArrayLike, *, up_share: float = UP_SHARE, alpha: float = ALPHA) -> Array:
    """Kinetic mixing of a dark photon that is made as often as a mediator of coupling g_q.

    The inverse of `quark_coupling`, with its parameters and references; `g_q` is of a vector mediator whose
    other decays are those of the dark photon.

    Raises
    ------
    OutOfRange
        A number outside its range, or a mass so near that of the Z that no mixing gives this coupling.
    """
    mass, wanted = np.broadcast_arrays(_beside_z(mass), positive("g_q", g_q))
    highest = _highest_tangent(mass)
    missed = _mean_coupling(mass, highest, up_share, alpha) < wanted
    if missed.any():
        msg = (
            f"no mixing gives a dark photon of {mass[missed].flat[0]:g} GeV the coupling "
            f"{wanted[missed].flat[0]:g}: too near the Z mass; leave this mass out"
        )
        raise OutOfRange(msg)
    low, high = np.log(1e-15 * highest), np.log(highest)
    tangent = np.exp(
        border(lambda log: _mean_coupling(mass, np.exp(log), up_share, alpha) < wanted, low, high, steps=60)
    )
    return np.asarray(COS * tangent / np.sqrt(1 + tangent**2))


@elementwise
def y(epsilon: ArrayLike, *, mass_ratio: ArrayLike, alpha_d: float) -> Array:
    """The combination y = ε² α_D (m_χ/m_A')⁴ on which the relic density of light dark matter depends.

    Parameters
    ----------
    epsilon : array_like
    mass_ratio : array_like
        m_χ/m_A', below 1/2, so that the dark photon decays to dark matter.
    alpha_d
        g_DM²/(4π), at most 1.

    Raises
    ------
    OutOfRange
        A number outside these ranges.

    References
    ----------
    arXiv:1505.00011 (y and the relic density); arXiv:2206.03456
    """
    ratio = between("m_DM/m_A'", mass_ratio, 0, 0.5)
    strength = number("alpha_D", alpha_d, 0, 1 + 1e-12)
    return positive("epsilon", epsilon) ** 2 * strength * ratio**4


def epsilon_curve(curve: Curve, *, id: str = "", up_share: float = UP_SHARE, alpha: float = ALPHA) -> Curve:
    """Limit on ε from one on g_q; bring the latter to the dark photon's decays first (`rescaled_limits`).

    Parameters
    ----------
    curve
        Line of ``g_q`` of a vector mediator in the dijet channel.
    id
        Of the new curve; made of the source's when left out.
    up_share, alpha
        As of `epsilon`.

    Raises
    ------
    InvalidCurve
        Another quantity or geometry.
    """
    require_curve(curve, "g_q")
    limits = [
        Column(c.name, c.unit, epsilon(curve.x, c.values, up_share=up_share, alpha=alpha))
        for c in curve.columns[1:]
    ]
    return derived(
        curve,
        id=id or f"{curve.id}_as_epsilon",
        formula="dark-photon/epsilon/1412.0018+hep-ph/9710441",
        quantity="epsilon",
        columns=(curve.columns[0], *limits),
        inputs={"up_share": up_share, "alpha": alpha, "sin2_theta_W": WEAK_MIXING, "m_Z_GeV": Z_MASS},
        assumptions={"mixing": "with hypercharge, all orders", "other_decays": "as of the g_q curve"},
        validity=curve.validity,
    )


def y_curve(curve: Curve, *, mass_ratio: float, g_dm: float, id: str = "") -> Curve:
    """Limit on y over the dark-matter mass from one on ε, for a fixed ratio m_χ/m_A'.

    Parameters
    ----------
    curve
        Line of ``epsilon`` over the dark-photon mass.
    mass_ratio
        m_χ/m_A', below 1/2; light-dark-matter searches take 1/3.
    g_dm
        Coupling of the dark photon to dark matter.
    id
        Of the new curve; made of the source's when left out.

    Raises
    ------
    InvalidCurve
        Another quantity or geometry.
    """
    require_curve(curve, "epsilon")
    alpha_d = number("g_DM", g_dm) ** 2 / (4 * math.pi)
    mass_ratio = number("m_DM/m_A'", mass_ratio, 0, 0.5)
    limit = y(curve.y, mass_ratio=mass_ratio, alpha_d=alpha_d)
    known = curve.validity
    return derived(
        curve,
        id=id or f"{curve.id}_as_y",
        formula="dark-photon/y/2206.03456",
        quantity="y_dark_photon",
        columns=(mass_column(curve.x * mass_ratio), limit_column(limit, "y_dark_photon")),
        inputs={"mass_ratio": mass_ratio, "alpha_D": alpha_d},
        assumptions={"mass_ratio": mass_ratio, "g_DM": g_dm},
        validity=known and Validity(known.low * mass_ratio, known.high * mass_ratio, known.reason),
    )


def _beside_z(mass: ArrayLike) -> Array:
    numbers = positive("dark-photon mass in GeV", mass)
    if np.any(numbers == Z_MASS):
        msg = f"a dark photon of exactly the Z mass, {Z_MASS} GeV, is no particle of its own"
        raise OutOfRange(msg)
    return numbers


def _highest_tangent(mass: Array) -> Array:
    """Mixing above which no dark photon has this mass beside the Z: the two levels repel each other."""
    return np.asarray(np.minimum(np.abs(mass**2 - Z_MASS**2) / (2 * SIN * mass * Z_MASS), 1e6))


def _mean_coupling(mass: Array, tangent: Array, up_share: float, alpha: float) -> Array:
    """Root mean square over up and down quarks of both chiralities; `tangent` is η/√(1 - η²)."""
    up = number("up_share", up_share, 0, math.nextafter(1, 2), low_included=True)
    charge = math.sqrt(4 * math.pi * number("alpha", alpha, 0, 0.1))
    z, x = _composition(mass, tangent)
    squares = np.zeros(np.shape(z))
    for share, (q, left, right) in zip((up, 1 - up), QUARKS, strict=True):
        for hypercharge in (left, right):
            neutral = (q - hypercharge - WEAK_MIXING * q) / (SIN * COS)
            squares = squares + share / 2 * (z * neutral + x * tangent * hypercharge / COS) ** 2
    return np.asarray(charge * np.sqrt(squares))


def _composition(mass: Array, tangent: Array) -> tuple[Array, Array]:
    """Parts of the bare Z and of the bare dark photon in the dark photon of this physical mass."""
    repulsion = 2 * SIN * tangent * mass * Z_MASS
    gap = np.sqrt(np.clip((mass**2 - Z_MASS**2) ** 2 - repulsion**2, 0, None))
    side = np.where(mass > Z_MASS, -1.0, 1.0)
    bare_z = (mass**2 + Z_MASS**2 + side * gap) / (2 * (1 + (SIN * tangent) ** 2))
    z, x = bare_z * SIN * tangent, bare_z - mass**2
    norm = np.hypot(z, x)
    return z / norm, x / norm
