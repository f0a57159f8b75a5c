"""The Earth's way through the galaxy: the speed of a detector on a date."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number

PECULIAR_KM_S = (11.1, 12.2, 7.3)
"""The Sun's own motion towards the galactic centre, along the rotation and northwards (arXiv:2105.00599)."""

ORBITAL_KM_S = 29.79
ECCENTRICITY = 0.01671
YEARS = ("1900-01-01", "2100-01-01")
J2000 = np.datetime64("2000-01-01T12:00:00", "s")
# Ecliptic latitude and longitude of the galactic axes: degrees at J2000, degrees a Julian century.
LATITUDES = ((5.536, 0.013), (-59.574, 0.002), (-29.811, 0.001))
LONGITUDES = ((266.840, 1.397), (347.340, 1.375), (180.023, 1.404))


def earth_velocity_km_s(when: ArrayLike) -> NDArray[np.float64]:
    r"""Velocity of the Earth around the Sun in galactic coordinates.

    .. math:: u_i = u \cos\beta_i \left[\sin(L - \lambda_i) + e \sin(2L - \lambda_i - \varpi)\right]

    Parameters
    ----------
    when : array_like of dates, any shape
        ``"2024-06-02"``, ``datetime`` or ``numpy.datetime64``, UTC, between 1900 and 2100.

    Returns
    -------
    ndarray, shape (..., 3), km/s
        Towards the galactic centre, along the galactic rotation, towards the galactic north pole; within
        0.1 km/s of the ephemeris of astropy.

    Raises
    ------
    OutOfRange
        Something is no date, or outside the two centuries for which the linear terms are meant.

    References
    ----------
    arXiv:1312.1355, the expression to first order in the eccentricity e; it corrects the one of Lewin &
    Smith, Astropart. Phys. 6 (1996) 87, appendix B.
    """
    days = _days_since_j2000(when)[..., None]
    centuries = days / 36_525.0
    latitude, longitude = (
        np.deg2rad([start for start, _ in axis] + centuries * [rate for _, rate in axis])
        for axis in (LATITUDES, LONGITUDES)
    )
    mean = np.deg2rad(280.460 + 0.9856474 * days)
    perihelion = np.deg2rad(282.932 + 0.0000471 * days)
    wave = np.sin(mean - longitude) + ECCENTRICITY * np.sin(2 * mean - longitude - perihelion)
    velocity: NDArray[np.float64] = ORBITAL_KM_S * np.cos(latitude) * wave
    return velocity


def detector_speed_km_s(when: ArrayLike, *, circular_km_s: float = 238.0) -> NDArray[np.float64]:
    """Speed of the Earth in the galaxy's frame on some dates.

    Parameters
    ----------
    when : array_like of dates, any shape
        As for `earth_velocity_km_s`.
    circular_km_s
        Speed of the local standard of rest; in the Standard Halo Model it is ``v0_km_s``.

    Returns
    -------
    ndarray, same shape, km/s

    Raises
    ------
    OutOfRange
        As `earth_velocity_km_s`; or the speed is not positive.

    References
    ----------
    arXiv:2105.00599: the sum of circular speed, the Sun's own motion and the Earth's.
    """
    sun = np.array(PECULIAR_KM_S)
    sun[1] += number("circular_km_s", circular_km_s)
    speed: NDArray[np.float64] = np.linalg.norm(sun + earth_velocity_km_s(when), axis=-1)
    return speed


def utc(when: ArrayLike) -> NDArray[np.datetime64]:
    """Dates to the second, same shape.

    Raises
    ------
    OutOfRange
        Something is no date, or outside of the two centuries.
    """
    try:
        given = np.asarray(when)
        dates = given.astype("datetime64[s]")
    except (TypeError, ValueError):
        given, dates = np.zeros(0), np.zeros(0, "datetime64[s]")
    first, last = np.array(YEARS, dtype="datetime64[s]")
    if given.dtype.kind not in "MOU" or not np.all((dates >= first) & (dates < last)):
        msg = f"{when!r} is no date between {YEARS[0]} and {YEARS[1]}; write for example '2026-06-02'"
        raise OutOfRange(msg)
    return dates


def _days_since_j2000(when: ArrayLike) -> NDArray[np.float64]:
    return np.asarray((utc(when) - J2000) / np.timedelta64(1, "D"), dtype=np.float64)
