"""Nuclear form factors: how a nucleus stops scattering as one body when the momentum transfer grows."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.physics.constants import AMU_GEV, GEV_PER_KEV, HBARC_GEV_FM

SKIN_FM = 0.9
DIFFUSENESS_FM = 0.52


def helm_radius_fm(mass_number: float) -> float:
    r"""Effective nuclear radius :math:`r_n` of the Helm form factor, in fm.

    :math:`r_n^2 = c^2 + \tfrac73 \pi^2 a^2 - 5 s^2` with :math:`c = 1.23 A^{1/3} - 0.60` fm,
    :math:`a = 0.52` fm and :math:`s = 0.9` fm.

    Raises
    ------
    OutOfRange
        The mass number is below 4, where the expression for the radius breaks down.

    References
    ----------
    Lewin & Smith, Astropart. Phys. 6 (1996) 87, eq. 4.11.
    """
    if not mass_number >= 4:
        msg = f"the Helm form factor needs a mass number of at least 4, not {mass_number}"
        raise OutOfRange(msg)
    c = 1.23 * mass_number ** (1 / 3) - 0.60
    return math.sqrt(c * c + 7 / 3 * (math.pi * DIFFUSENESS_FM) ** 2 - 5 * SKIN_FM**2)


def helm_squared(energy_kev: ArrayLike, mass_number: float) -> NDArray[np.float64]:
    r"""Helm form factor squared, :math:`[3 j_1(q r_n)/(q r_n)]^2 e^{-(q s)^2}`.

    Parameters
    ----------
    energy_kev : array_like, any shape, keV
        Recoil energy; :math:`q = \sqrt{2 m_A E}` with :math:`m_A = A` u.
    mass_number
        A of the nucleus, at least 4; an average over isotopes need not be a whole number.

    Returns
    -------
    ndarray, same shape, dimensionless
        One at zero energy.

    Raises
    ------
    OutOfRange
        An energy is negative or not a number, or the mass number is below 4.

    References
    ----------
    Lewin & Smith, Astropart. Phys. 6 (1996) 87, eqs. 4.7 and 4.11.
    """
    energy = np.asarray(energy_kev, dtype=np.float64)
    if not np.all(energy >= 0):
        msg = "recoil energy must not be negative or NaN"
        raise OutOfRange(msg)
    radius = helm_radius_fm(mass_number)
    q_per_fm = np.sqrt(2 * mass_number * AMU_GEV * energy * GEV_PER_KEV) / HBARC_GEV_FM
    return _sphere(q_per_fm * radius) ** 2 * np.exp(-((q_per_fm * SKIN_FM) ** 2))


def _sphere(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """3 j₁(x)/x, by its series where the closed form cancels."""
    small = np.abs(x) < 1e-2
    safe = np.where(small, 1.0, x)
    closed = 3 * (np.sin(safe) - safe * np.cos(safe)) / safe**3
    series: NDArray[np.float64] = np.where(small, 1 - x**2 / 10 + x**4 / 280, closed)
    return series
