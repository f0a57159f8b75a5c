"""What a vector boson between quarks and dark matter does outside of colliders, from its couplings alone.

Scattering off nucleons and annihilation of Dirac dark matter, for any `Mediator`; its resonance in pp
collisions is in `vre_dm.physics.dilepton`, and models with one coupling to all quarks in
`vre_dm.limits.convert`.
"""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.constants import (
    CHARGED_LEPTONS,
    CM2_GEV2,
    CM3_S_GEV2,
    NUCLEON_MASS,
    QUARKS,
    Fermion,
)
from vre_dm.limits.convert.domain import Array, number, positive
from vre_dm.limits.spelling import require
from vre_dm.physics.dilepton.couplings import GROUPS, Mediator, checked
from vre_dm.physics.dilepton.resonance import partial_widths
from vre_dm.physics.spectra import Mixture, Spectrum

VALENCE = {"proton": {"u": 2.0, "d": 1.0}, "neutron": {"u": 1.0, "d": 2.0}}
"""Quarks whose vector couplings add up to the nucleon's."""
SPIN = {
    "proton": {"u": 0.84, "d": -0.43, "s": -0.09},
    "neutron": {"u": -0.43, "d": 0.84, "s": -0.09},
}
"""Shares of the nucleon's spin, by which axial couplings add up (arXiv:1603.04156, eq. 4.9)."""
LIGHTEST = 1.0
"""GeV; below, the mediator is no contact interaction in a nucleus."""
PRODUCTS = (
    *QUARKS["DMWG"],
    *CHARGED_LEPTONS,
    *(Fermion(name, 0.0) for name in GROUPS["neutrino"]),
)


def sigma_si_cm2(
    model: Mediator, mediator_gev: ArrayLike, dm_gev: ArrayLike, nucleon: str = "proton"
) -> Array:
    r"""Spin-independent cross section on a nucleon at zero momentum transfer.

    .. math:: \sigma = \frac{\mu^2}{\pi M^4} \left(g^V_\chi \sum_q n_q g^V_q\right)^2

    with the numbers :math:`n_q` of valence quarks. Vector currents of dark matter and quarks alone; a vector
    current on one side and an axial one on the other vanish at rest.

    Parameters
    ----------
    model
        Couplings.
    mediator_gev, dm_gev : array_like, GeV, of shapes that broadcast
        The mediator of 1 GeV or more.
    nucleon
        ``proton`` or ``neutron``.

    Returns
    -------
    ndarray, cm²
        Zero where the model has no such currents.

    Raises
    ------
    OutOfRange
        A mass is not positive, a mediator below 1 GeV, or another nucleon.

    References
    ----------
    arXiv:1603.04156, eqs. 4.1 to 4.4
    """
    require(nucleon, VALENCE, "nucleon", error=OutOfRange)
    charge = sum(times * checked(model, quark)[0] for quark, times in VALENCE[nucleon].items())
    return _contact(mediator_gev, dm_gev) * (checked(model, "DM")[0] * charge) ** 2


def sigma_sd_cm2(
    model: Mediator, mediator_gev: ArrayLike, dm_gev: ArrayLike, nucleon: str = "proton"
) -> Array:
    r"""Spin-dependent cross section on a nucleon; axial currents, otherwise as `sigma_si_cm2`.

    .. math:: \sigma = \frac{3 \mu^2}{\pi M^4} \left(g^A_\chi \sum_q \Delta_q g^A_q\right)^2

    References
    ----------
    arXiv:1603.04156, eqs. 4.7 to 4.10
    """
    require(nucleon, SPIN, "nucleon", error=OutOfRange)
    charge = sum(share * checked(model, quark)[1] for quark, share in SPIN[nucleon].items())
    return 3 * _contact(mediator_gev, dm_gev) * (checked(model, "DM")[1] * charge) ** 2


def sigma_v_cm3_s(model: Mediator, mediator_gev: ArrayLike, dm_gev: ArrayLike) -> dict[str, Array]:
    """σv of χχ̄ → f f̄ in the limit v → 0, what annihilates in a galaxy today, by fermion.

    Parameters
    ----------
    model
        Couplings; its width follows from them.
    mediator_gev, dm_gev : array_like, GeV, of shapes that broadcast
        Pairs of mediators, into which dark matter heavier than one also annihilates, are not included.

    Returns
    -------
    dict
        Fermion of `vre_dm.physics.dilepton.couplings.FERMIONS` to ndarray, cm³/s, zero below threshold. For
        one χ meeting one χ̄: where a halo holds equal numbers of both, as ``particle="Dirac"`` says to the
        analyses, fluxes carry another 1/2.

    Raises
    ------
    OutOfRange
        A mass is not positive, dark matter is heavier than the mediator, or the width reaches the mass.

    References
    ----------
    arXiv:1603.04156, sec. 4; for (1 − s/M²)² of axial mediators, their longitudinal mode, arXiv:1510.02110
    """
    heavy, dark = _masses(mediator_gev, dm_gev)
    width = np.sum(list(partial_widths(model, heavy, dark).values()), axis=0)
    _require(dark <= heavy, heavy, dark, f"{model.name}: pairs of mediators, which are not included, open")
    _require(width < heavy, heavy, dark, f"{model.name}: the width reaches the mass")
    s = 4 * dark**2
    propagator = 1 / ((s - heavy**2) ** 2 + (heavy * width) ** 2)
    scale = CM3_S_GEV2 * propagator / (8 * math.pi * s)
    return {each.name: scale * _square(model, each, heavy, dark) for each in PRODUCTS}


def annihilation_spectrum(
    model: Mediator, mediator_gev: float, dm_gev: float, spectra: Mapping[str, Spectrum]
) -> Mixture:
    """Spectrum of what one annihilation makes at one pair of masses, mixed as the couplings say.

    Parameters
    ----------
    model, mediator_gev, dm_gev
        As of `sigma_v_cm3_s`.
    spectra
        By fermion. One that is not named makes nothing; a spectrum may stand for several.

    Raises
    ------
    OutOfRange
        An unknown fermion, none of the named ones is made, or as of `sigma_v_cm3_s` and the spectra.
    """
    rates = sigma_v_cm3_s(model, number("mediator mass in GeV", mediator_gev), dm_gev)
    for fermion in spectra:
        require(fermion, rates, "fermion of a spectrum", error=OutOfRange)
    whole = sum(float(rate) for rate in rates.values())
    shares: dict[Spectrum, float] = {}
    for fermion, spectrum in spectra.items():
        shares[spectrum] = shares.get(spectrum, 0.0) + float(rates[fermion]) / whole
    return Mixture(shares, f"{model.name} at {number('dark-matter mass in GeV', dm_gev):g} GeV")


def _square(model: Mediator, product: Fermion, heavy: Array, dark: Array) -> Array:
    """Spin-averaged |M|² at rest over the propagator, times the velocity of the products."""
    (dark_vector, dark_axial), (vector, axial) = checked(model, "DM"), checked(model, product.name)
    s, mass2 = 4 * dark**2, product.mass**2
    beta2 = np.clip(1 - 4 * mass2 / s, 0, None)
    # The vector current of dark matter makes both currents of the product, its axial one the longitudinal
    # mode, which flips both helicities and vanishes on the pole.
    from_vector = 6 * dark**2 * (vector**2 * (s + 2 * mass2) + axial**2 * (s - 4 * mass2))
    from_axial = 12 * dark**2 * mass2 * (1 - s / heavy**2) ** 2 * axial**2
    total = dark_vector**2 * from_vector + dark_axial**2 * from_axial
    return np.asarray(4 / 3 * product.colours * np.sqrt(beta2) * total)


def _contact(mediator_gev: ArrayLike, dm_gev: ArrayLike) -> Array:
    """μ²/(π M⁴) in cm²."""
    heavy, dark = _masses(mediator_gev, dm_gev)
    if np.any(heavy < LIGHTEST):
        msg = f"a mediator of {heavy.min():g} GeV is too light for a contact interaction; 1 GeV is the least"
        raise OutOfRange(msg)
    reduced = dark * NUCLEON_MASS / (dark + NUCLEON_MASS)
    return np.asarray(CM2_GEV2 * reduced**2 / (math.pi * heavy**4))


def _require(sound: NDArray[np.bool_], heavy: Array, dark: Array, what: str) -> None:
    if not sound.all():
        place = int(np.argmin(sound))
        msg = f"{what} at a mediator of {heavy.flat[place]:g} GeV and dark matter of {dark.flat[place]:g} GeV"
        raise OutOfRange(msg)


def _masses(mediator_gev: ArrayLike, dm_gev: ArrayLike) -> tuple[Array, Array]:
    heavy, dark = positive("mediator mass in GeV", mediator_gev), positive("dark-matter mass in GeV", dm_gev)
    try:
        heavy, dark = np.broadcast_arrays(heavy, dark)
    except ValueError:
        msg = (
            f"mediator masses of shape {heavy.shape}, dark-matter masses of {dark.shape}: they must broadcast"
        )
        raise OutOfRange(msg) from None
    return heavy, dark
