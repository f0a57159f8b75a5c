"""s-channel mediators: masses and couplings against scattering on nucleons, as numbers.

`mediator_contours` and `mediator_limits` do the same to whole curves.
"""

import math

from numpy.typing import ArrayLike

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.convert.constants import CM2_GEV2, NUCLEON_MASS
from vre_dm.limits.convert.domain import Array, positive
from vre_dm.limits.convert.simplified_model import Mediator, SimplifiedModel

NUCLEON_FACTORS: dict[Mediator, float] = {"vector": 3.0, "scalar": 1.16e-3, "axial": 0.32}
"""Coupling to a nucleon per g_q (arXiv:1603.04156, eqs. 4.1 to 4.10): three valence quarks; the quark and
gluon content of the nucleon's mass; the share of its spin that quarks carry."""

SPIN_INDEPENDENT, SPIN_DEPENDENT = ("sigma_SI",), ("sigma_SDp", "sigma_SDn")


def cross_section(
    model: SimplifiedModel,
    mediator_mass: ArrayLike,
    dm_mass: ArrayLike,
    *,
    nucleon_factor: float | None = None,
    nucleon_mass: float = NUCLEON_MASS,
) -> Array:
    """Cross section on a nucleon at zero momentum transfer.

    Spin-independent for a vector or a scalar mediator, spin-dependent for an axial one; protons and
    neutrons alike.

    Parameters
    ----------
    model
        Mediator and couplings; g_l plays no part.
    mediator_mass, dm_mass : array_like, GeV
        Of shapes that broadcast. The mediator is heavier than the momentum transfer, some 0.1 GeV.
    nucleon_factor
        Coupling to the nucleon per g_q; that of `NUCLEON_FACTORS` by default.
    nucleon_mass
        GeV.

    Returns
    -------
    ndarray, cm²

    Raises
    ------
    OutOfRange
        A pseudoscalar mediator (its scattering vanishes at rest), a coupling that is zero, a mass that is
        not positive, or a mediator below 1 GeV.

    References
    ----------
    arXiv:1603.04156, eqs. 4.1 to 4.10
    """
    mass = _heavy(mediator_mass)
    strength = _strength(model, positive("dark-matter mass in GeV", dm_mass), nucleon_factor, nucleon_mass)
    return strength / mass**4


def mediator_mass(
    model: SimplifiedModel,
    sigma: ArrayLike,
    dm_mass: ArrayLike,
    *,
    nucleon_factor: float | None = None,
    nucleon_mass: float = NUCLEON_MASS,
) -> Array:
    """Mediator mass at which the cross section on a nucleon is `sigma`: the inverse of `cross_section`.

    Parameters
    ----------
    sigma : array_like, cm²
    model, dm_mass, nucleon_factor, nucleon_mass
        As there.

    Returns
    -------
    ndarray, GeV

    Raises
    ------
    OutOfRange
        As there.
    """
    dm, target = positive("dark-matter mass in GeV", dm_mass), positive("cross section in cm²", sigma)
    return _heavy((_strength(model, dm, nucleon_factor, nucleon_mass) / target) ** 0.25)


def quark_coupling(
    model: SimplifiedModel,
    sigma: ArrayLike,
    mediator_mass: ArrayLike,
    dm_mass: ArrayLike,
    *,
    nucleon_factor: float | None = None,
    nucleon_mass: float = NUCLEON_MASS,
) -> Array:
    """Coupling g_q at which the cross section on a nucleon is `sigma`; the model's own g_q plays no part.

    Parameters
    ----------
    sigma : array_like, cm²
    model, mediator_mass, dm_mass, nucleon_factor, nucleon_mass
        As of `cross_section`.

    Returns
    -------
    ndarray
        May exceed √(4π), where it has no meaning.

    Raises
    ------
    OutOfRange
        As there.
    """
    ratio = positive("cross section in cm²", sigma) / cross_section(
        model, mediator_mass, dm_mass, nucleon_factor=nucleon_factor, nucleon_mass=nucleon_mass
    )
    return model.g_q * ratio**0.5


def quantity(model: SimplifiedModel, name: str | None = None) -> str:
    """Word of `vre_dm.limits.quantities` for the cross section: the one given, if it fits the mediator.

    Raises
    ------
    InvalidCurve
        It does not fit.
    """
    allowed = SPIN_DEPENDENT if model.mediator == "axial" else SPIN_INDEPENDENT
    if name is not None and name not in allowed:
        msg = f"{model.mediator} mediators give {' or '.join(allowed)}, not {name!r}"
        raise InvalidCurve(msg)
    return name or allowed[0]


def nucleon_coupling(model: SimplifiedModel, factor: float | None = None) -> float:
    """Coupling to a nucleon per g_q: the one given, or that of `NUCLEON_FACTORS`.

    Raises
    ------
    OutOfRange
        A pseudoscalar mediator.
    """
    if model.mediator == "pseudoscalar":
        msg = "a pseudoscalar mediator scatters on no nucleon at rest; compare it through annihilation"
        raise OutOfRange(msg)
    return NUCLEON_FACTORS[model.mediator] if factor is None else factor


def inputs(model: SimplifiedModel, factor: float | None, nucleon_mass: float) -> dict[str, float | str]:
    """What a derived curve records as having gone in."""
    per_quark = nucleon_coupling(model, factor)
    return {**model.couplings, "f per g_q": per_quark, "m_N_GeV": nucleon_mass}


def _strength(model: SimplifiedModel, dm: Array, factor: float | None, nucleon_mass: float) -> Array:
    """Cross section times the fourth power of the mediator's mass, cm² GeV⁴."""
    per_quark = nucleon_coupling(model, factor)
    coupling = positive("f per g_q", per_quark) * positive("g_q", model.g_q) * positive("g_DM", model.g_dm)
    nucleon = positive("nucleon mass in GeV", nucleon_mass)
    reduced = dm * nucleon / (dm + nucleon)
    spins = 3 if model.mediator == "axial" else 1
    return CM2_GEV2 * spins * coupling**2 * reduced**2 / math.pi


def _heavy(mass: ArrayLike) -> Array:
    numbers = positive("mediator mass in GeV", mass)
    if (numbers < 1).any():
        msg = (
            f"a mediator of {numbers.min():g} GeV is too light for a contact interaction; 1 GeV is the least"
        )
        raise OutOfRange(msg)
    return numbers
