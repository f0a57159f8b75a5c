"""s-channel mediators: masses and couplings against scattering on nucleons, as numbers.

`mediator_contours` and `mediator_limits` do the same to whole curves.
"""

import math

from numpy.typing import ArrayLike

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.convert.constants import CM2_GEV2
from vre_dm.limits.convert.domain import Array, elementwise, positive
from vre_dm.limits.convert.simplified_model import Mediator, SimplifiedModel

NUCLEON_FACTORS: dict[Mediator, float] = {
    "vector": 3.0,  # valence quarks
    "scalar": 1.16e-3,  # 0.305 m_N/v: u, d, s carry 0.107 of the nucleon's mass, heavy quarks 2/9 of the rest
    "axial": 0.32,  # share of the spin, Δu + Δd + Δs = 0.84 - 0.43 - 0.09
}
"""Coupling to a nucleon per g_q (arXiv:1603.04156, eqs. 4.1 to 4.10)."""

SPIN_INDEPENDENT, SPIN_DEPENDENT = ("sigma_SI",), ("sigma_SDp", "sigma_SDn")


@elementwise
def cross_section(model: SimplifiedModel, mediator_mass: ArrayLike, dm_mass: ArrayLike) -> Array:
    """Cross section on a nucleon at zero momentum transfer.

    Spin-independent for a vector or a scalar mediator, spin-dependent for an axial one; protons and
    neutrons alike.

    Parameters
    ----------
    model
        Mediator, couplings and conventions of the nucleon; g_l plays no part.
    mediator_mass, dm_mass : array_like, GeV
        Of shapes that broadcast. The mediator is heavier than the momentum transfer, some 0.1 GeV.

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
    return _strength(model, dm_mass) / _heavy(mediator_mass) ** 4


@elementwise
def mediator_mass(model: SimplifiedModel, sigma: ArrayLike, dm_mass: ArrayLike) -> Array:
    """Mediator mass in GeV at which `cross_section` is `sigma`, in cm²; raises what that raises."""
    return _heavy((_strength(model, dm_mass) / positive("cross section in cm²", sigma)) ** 0.25)


@elementwise
def quark_coupling(
    model: SimplifiedModel, sigma: ArrayLike, mediator_mass: ArrayLike, dm_mass: ArrayLike
) -> Array:
    """Coupling g_q at which `cross_section` is `sigma`, in cm²; raises what that raises.

    The model's own g_q plays no part. The result may exceed √(4π), where it has no meaning.
    """
    ratio = positive("cross section in cm²", sigma) / cross_section(model, mediator_mass, dm_mass)
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


def nucleon_factor(model: SimplifiedModel) -> float:
    """Coupling to a nucleon per g_q: the model's own, or that of `NUCLEON_FACTORS`.

    Raises
    ------
    OutOfRange
        A pseudoscalar mediator.
    """
    if model.mediator == "pseudoscalar":
        msg = "a pseudoscalar mediator scatters on no nucleon at rest; compare it through annihilation"
        raise OutOfRange(msg)
    return NUCLEON_FACTORS[model.mediator] if model.nucleon_factor is None else model.nucleon_factor


def inputs(model: SimplifiedModel) -> dict[str, float | str]:
    """What a derived curve records as having gone in."""
    return {**model.couplings, "f per g_q": nucleon_factor(model), "m_N_GeV": model.nucleon_mass}


def _strength(model: SimplifiedModel, dm_mass: ArrayLike) -> Array:
    """Cross section times the fourth power of the mediator's mass, cm² GeV⁴."""
    dm = positive("dark-matter mass in GeV", dm_mass)
    coupling = nucleon_factor(model) * positive("g_q", model.g_q) * positive("g_DM", model.g_dm)
    reduced = dm * model.nucleon_mass / (dm + model.nucleon_mass)
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
