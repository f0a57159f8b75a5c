"""Kinematics of an elastic collision with a nucleus at rest."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.limits.convert.domain import positive
from vre_dm.physics.constants import GEV_PER_KEV, LIGHT_SPEED_KM_S
from vre_dm.physics.targets import Nucleus


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

    Raises
    ------
    OutOfRange
        An energy is negative, a mass not positive, or one of them no number.
    """
    energy_gev = positive("recoil energy in keV", energy_kev, zero=True) * GEV_PER_KEV
    mu = reduced_mass_gev(positive("dark-matter mass in GeV", mass_gev), nucleus.mass_gev)
    result: NDArray[np.float64] = np.sqrt(nucleus.mass_gev * energy_gev / 2) / mu * LIGHT_SPEED_KM_S
    return result


def momentum_gev(energy_kev: ArrayLike, nucleus: Nucleus) -> NDArray[np.float64]:
    r"""Momentum that a nucleus takes with a recoil energy, :math:`\sqrt{2 m_A E}`.

    Parameters
    ----------
    energy_kev : array_like, any shape, keV
    nucleus
        The nucleus that recoils.

    Returns
    -------
    ndarray, same shape, GeV

    Raises
    ------
    OutOfRange
        An energy is negative or not a number.
    """
    energy_gev = positive("recoil energy in keV", energy_kev, zero=True) * GEV_PER_KEV
    result: NDArray[np.float64] = np.sqrt(2 * nucleus.mass_gev * energy_gev)
    return result
