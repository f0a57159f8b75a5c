"""Recoil spectra of dark matter scattering elastically off nuclei."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.physics.constants import (
    AMU_GEV,
    CM_PER_KM,
    GEV_PER_KEV,
    LIGHT_SPEED_KM_S,
    TONNE_YEAR_IN_GEV_S,
)
from vre_dm.physics.form_factors import helm_squared
from vre_dm.physics.halo import StandardHalo
from vre_dm.physics.targets import XENON_AVERAGE, Nucleus, Target


def reduced_mass_gev(mass_gev: ArrayLike, other_gev: float) -> NDArray[np.float64]:
    """Reduced mass of two bodies, GeV."""
    mass = np.asarray(mass_gev, dtype=np.float64)
    return mass * other_gev / (mass + other_gev)


def vmin_km_s(energy_kev: ArrayLike, mass_gev: ArrayLike, nucleus: Nucleus) -> NDArray[np.float64]:
    r"""Lowest speed that can give a recoil energy, :math:`\sqrt{m_A E / 2\mu_A^2}`.

    Parameters
    ----------
    energy_kev, mass_gev : array_like, broadcast together, keV and GeV
        Recoil energy and dark-matter mass.
    nucleus
        The nucleus that recoils.

    Returns
    -------
    ndarray, km/s
    """
    energy_gev = np.asarray(energy_kev, dtype=np.float64) * GEV_PER_KEV
    mu = reduced_mass_gev(mass_gev, nucleus.mass_gev)
    result: NDArray[np.float64] = np.sqrt(nucleus.mass_gev * energy_gev / 2) / mu * LIGHT_SPEED_KM_S
    return result


def si_spectrum(
    mass_gev: ArrayLike,
    energy_kev: ArrayLike,
    *,
    sigma_cm2: float = 1e-45,
    halo: StandardHalo | None = None,
    target: Target = XENON_AVERAGE,
) -> NDArray[np.float64]:
    r"""Spin-independent recoil spectrum dR/dE, for equal couplings to protons and neutrons.

    .. math:: \frac{dR}{dE} = \sum_A \xi_A \frac{\rho_0 \sigma A^2}{2 m \mu_N^2} F_A^2(E) \, \eta(v_{\min})

    Parameters
    ----------
    mass_gev : array_like, shape (n,), GeV
        Dark-matter masses.
    energy_kev : array_like, shape (k,), keV
        Recoil energies.
    sigma_cm2
        Cross section on one nucleon, cm². The nucleon weighs one u, the convention of wimprates and of
        the published XENON tables; with the proton's mass the rate at high mass is 1.4 % lower.
    halo
        Speed distribution and density; the default is ``StandardHalo()``.
    target
        Nuclei and their mass fractions.

    Returns
    -------
    ndarray, shape (n, k), events / (tonne year keV)

    Raises
    ------
    OutOfRange
        A mass or the cross section is not positive, or an energy is negative.

    References
    ----------
    Lewin & Smith, Astropart. Phys. 6 (1996) 87, sections 3 and 4; arXiv:1209.3339 (a review).
    """
    masses, energies = _positive(mass_gev, "mass"), np.atleast_1d(np.asarray(energy_kev, dtype=np.float64))
    if not (np.isfinite(sigma_cm2) and sigma_cm2 > 0):
        msg = f"the cross section must be positive, not {sigma_cm2!r} cm2"
        raise OutOfRange(msg)
    halo = halo or StandardHalo()
    # rho sigma c² / (2 m mu²): cm² GeV/cm³ GeV⁻³ (km/s)², times eta in s/km gives km/(s cm GeV²)
    per_mass = halo.rho0_gev_cm3 * sigma_cm2 / (2 * masses * reduced_mass_gev(masses, AMU_GEV) ** 2)
    scale = LIGHT_SPEED_KM_S**2 * CM_PER_KM * GEV_PER_KEV * TONNE_YEAR_IN_GEV_S
    total = np.zeros((masses.size, energies.size))
    for nucleus in target.nuclei:
        eta = halo.eta(vmin_km_s(energies[None, :], masses[:, None], nucleus))
        weight = nucleus.mass_fraction * nucleus.mass_number**2 * helm_squared(energies, nucleus.mass_number)
        total += weight[None, :] * eta
    return total * (scale * per_mass)[:, None]


def _positive(values: ArrayLike, what: str) -> NDArray[np.float64]:
    array = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if not np.all(np.isfinite(array) & (array > 0)):
        msg = f"every {what} must be a positive finite number"
        raise OutOfRange(msg)
    return array
