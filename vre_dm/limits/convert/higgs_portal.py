"""Invisible Higgs decays and scattering on nucleons: the branching ratio of H → χχ against σ_SI.

The Higgs boson is the only mediator, so one coupling sets both; it drops out of their ratio.
"""

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from vre_dm.errors import OutOfRange
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert.constants import CM2_GEV2, HIGGS_MASS, HIGGS_WIDTH, NUCLEON_MASS
from vre_dm.limits.convert.derived import Origin, derived
from vre_dm.limits.convert.domain import Array, between, elementwise, number, require_curve
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import Scaling
from vre_dm.limits.spelling import require

Particle = Literal["scalar", "complex scalar", "Majorana", "Dirac", "vector"]
FORMULA = "higgs-portal/{}/1112.3299"
F_N = 0.308
"""Higgs-nucleon coupling, 0.308 ± 0.018 (arXiv:1708.02245); other papers use 0.326 or 0.30."""


@elementwise
def invisible_width(branching_ratio: ArrayLike, *, higgs_width: float = HIGGS_WIDTH) -> Array:
    """Γ(H → invisible) in GeV for a branching ratio between 0 and 1, the visible width being `higgs_width`.

    Raises
    ------
    OutOfRange
        A branching ratio outside (0, 1).
    """
    ratio = between("BR(H → inv)", branching_ratio, 0, 1)
    return number("Higgs width in GeV", higgs_width) * ratio / (1 - ratio)


@elementwise
def cross_section_per_width(
    dm_mass: ArrayLike,
    particle: Particle,
    *,
    f_n: float = F_N,
    v: float = 174.0,
    higgs_mass: float = HIGGS_MASS,
    nucleon_mass: float = NUCLEON_MASS,
) -> Array:
    """σ_SI over Γ(H → χχ): a number of the masses alone.

    Parameters
    ----------
    dm_mass : array_like, GeV
        Below half of `higgs_mass`.
    particle
        ``scalar`` (real), ``complex scalar``, ``Majorana``, ``Dirac`` or ``vector`` (effective theory; in
        complete models a second scalar makes σ smaller or larger, arXiv:1405.3530).
    f_n
        Higgs-nucleon coupling in units of nucleon mass over vacuum value.
    v
        Vacuum value put into the formula, GeV. The formula is written for ⟨H⟩ = 174; papers that put 246
        there come out 1.9988 times lower, and ``v=246`` reproduces them.
    higgs_mass, nucleon_mass
        GeV.

    Returns
    -------
    ndarray, same shape, cm²/GeV

    Raises
    ------
    OutOfRange
        A mass that is not positive or not below the threshold, or v that is neither 174 nor 246 GeV.

    References
    ----------
    arXiv:1112.3299; arXiv:1903.03616, eqs. 28 and 51, whose ratio this is (widths of identical particles
    carry another 1/2)
    """
    require(particle, get_args(Particle), "particle")
    m = between("dark-matter mass in GeV", dm_mass, 0, number("Higgs mass in GeV", higgs_mass) / 2)
    nucleon = number("nucleon mass in GeV", nucleon_mass)
    v = number("v in GeV", v)
    if not (173 <= v <= 175 or 245 <= v <= 247):
        msg = f"v = {v} GeV is no vacuum value; the formula takes 174, and 246 where a paper has put that"
        raise OutOfRange(msg)
    x = (m / higgs_mass) ** 2
    beta = np.sqrt(1 - 4 * x)
    common = nucleon**4 * number("f_N", f_n) ** 2 / (v**2 * beta * higgs_mass**3 * (m + nucleon) ** 2)
    spin = {
        "scalar": 4.0,
        "complex scalar": 2.0,
        "Majorana": 8 * x / beta**2,
        "Dirac": 4 * x / beta**2,
        "vector": 16 * x**2 / (1 - 4 * x + 12 * x**2),
    }[particle]
    return np.asarray(CM2_GEV2 * common * spin)


def from_branching_ratio(
    branching_ratio: float,
    origin: Origin,
    particle: Particle,
    *,
    id: str,
    dm_masses: ArrayLike | None = None,
    f_n: float = F_N,
    v: float = 174.0,
    higgs_mass: float = HIGGS_MASS,
    higgs_width: float = HIGGS_WIDTH,
    nucleon_mass: float = NUCLEON_MASS,
) -> Curve:
    """Curve of σ_SI that a limit on BR(H → inv) excludes from above.

    Parameters
    ----------
    branching_ratio
        The limit, between 0 and 1.
    origin
        Who states it, at which confidence level. Colliders use 95 %, direct detection 90 %: nothing is
        rescaled, give the 90 % limit where the paper has one.
    particle, f_n, v, higgs_mass, nucleon_mass
        As of `cross_section_per_width`.
    id
        Of the new curve.
    dm_masses : array_like, shape (n,), GeV
        Rising, below half of `higgs_mass`; 200 points from 1 GeV by default.
    higgs_width
        Standard-Model width, GeV.

    Returns
    -------
    Curve
        ``sigma_SI`` in cm²; it scales exactly with BR/(1−BR) and f_N².

    Raises
    ------
    OutOfRange
        Something lies outside the formula's domain.
    """
    number("BR(H → inv)", branching_ratio, 0, 1)
    masses = np.atleast_1d(_masses(higgs_mass) if dm_masses is None else dm_masses)
    ratio = cross_section_per_width(
        masses, particle, f_n=f_n, v=v, higgs_mass=higgs_mass, nucleon_mass=nucleon_mass
    )
    sigma = ratio * invisible_width(branching_ratio, higgs_width=higgs_width)
    inputs = _inputs(f_n, v, higgs_mass, higgs_width, nucleon_mass)
    said = " (projection)" if origin.kind == "projection" else ""
    return derived(
        origin,
        id=id,
        formula=FORMULA.format(particle.casefold().replace(" ", "-")),
        quantity="sigma_SI",
        columns=(mass_column(masses), limit_column(sigma, "sigma_SI")),
        inputs={"BR(H → inv)": branching_ratio, **inputs},
        assumptions=_conventions(particle, f_n, v) | {"BR_inv": branching_ratio},
        scalings=(Scaling("BR", branching_ratio, 1, "odds"), Scaling("f_N", f_n, 2)),
        label=f"{origin.label or origin.experiment} H→inv, {particle}{said}",
    )


def to_branching_ratio(
    curve: Curve,
    particle: Particle,
    *,
    id: str,
    f_n: float = F_N,
    v: float = 174.0,
    higgs_mass: float = HIGGS_MASS,
    higgs_width: float = HIGGS_WIDTH,
    nucleon_mass: float = NUCLEON_MASS,
) -> Curve:
    """Curve of the largest BR(H → inv) that a limit on σ_SI leaves, as a function of the mass.

    Parameters
    ----------
    curve
        A line of ``sigma_SI``; its masses below the threshold are used.
    particle, id, f_n, v, higgs_mass, higgs_width, nucleon_mass
        As of `from_branching_ratio`.

    Returns
    -------
    Curve
        ``BR_inv``, a pure number.

    Raises
    ------
    InvalidCurve
        The curve is no line of ``sigma_SI``.
    OutOfRange
        No mass of the curve lies below the threshold.
    """
    require_curve(curve, "sigma_SI")
    low, high = curve.range
    top = number("Higgs mass in GeV", higgs_mass) / 2
    open_ = (curve.x >= low) & (curve.x <= high) & (curve.x < top)
    if not open_.any():
        msg = f"curve {curve.id} begins at {low:g} GeV, above half of the Higgs mass"
        raise OutOfRange(msg)
    masses = curve.x[open_]
    number("Higgs width in GeV", higgs_width)
    width = curve.y[open_] / cross_section_per_width(
        masses, particle, f_n=f_n, v=v, higgs_mass=higgs_mass, nucleon_mass=nucleon_mass
    )
    return derived(
        curve,
        id=id,
        formula=FORMULA.format(particle.casefold().replace(" ", "-")) + "/inverse",
        quantity="BR_inv",
        channel="invisible Higgs",
        columns=(mass_column(masses), limit_column(width / (width + higgs_width), "BR_inv")),
        inputs=_inputs(f_n, v, higgs_mass, higgs_width, nucleon_mass),
        assumptions=_conventions(particle, f_n, v),
    )


def _masses(higgs_mass: float) -> Array:
    """Dense towards the threshold, where σ turns up."""
    edge = number("Higgs mass in GeV", higgs_mass) / 2
    return np.asarray(np.append(np.geomspace(1, 0.8 * edge, 120), edge * (1 - np.geomspace(0.199, 1e-3, 80))))


def _inputs(f_n: float, v: float, mass: float, width: float, nucleon: float) -> Mapping[str, float]:
    return {"f_N": f_n, "v_GeV": v, "m_H_GeV": mass, "Gamma_SM_GeV": width, "m_N_GeV": nucleon}


def _conventions(particle: Particle, f_n: float, v: float) -> dict[str, str | float]:
    name = "vector (effective theory)" if particle == "vector" else particle
    return {"dark_matter": name, "f_N": f_n, "v_GeV": v, "mediator": "Higgs boson alone"}
