"""How long a direction of the sky stands in each range of zenith angles, seen from a place on Earth."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.physics.neutrino.angles import angles, rising

ARCA_LATITUDE_DEG = 36 + 16 / 60
"""Of the ARCA site; the value that the published analysis of arXiv:2309.03007 uses."""


def zenith_fractions(
    declination_deg: ArrayLike, zenith_edges_deg: ArrayLike, *, latitude_deg: float = ARCA_LATITUDE_DEG
) -> NDArray[np.float64]:
    r"""Share of a sidereal day that a direction spends in each bin of zenith angle.

    From :math:`\cos z = \sin\varphi\sin\delta + \cos\varphi\cos\delta\cos H`: the hour angle H runs evenly,
    so the share below a zenith angle is :math:`H(z)/\pi`. Precession, nutation, refraction are left out.

    Parameters
    ----------
    declination_deg : array_like, any shape, -90 to 90
    zenith_edges_deg : array_like, shape (k + 1,), 0 to 180, rising
    latitude_deg
        Of the telescope.

    Returns
    -------
    ndarray, shape (..., k), 0 to 1

    Raises
    ------
    OutOfRange
        An angle lies outside its range, or the edges do not rise.
    """
    declination = np.deg2rad(angles("declination", declination_deg, -90, 90))[..., None]
    latitude = np.deg2rad(angles("latitude", latitude_deg, -90, 90))
    limits = np.deg2rad(rising("zenith angle", zenith_edges_deg))
    height = np.cos(limits) - np.sin(latitude) * np.sin(declination)
    swing = np.maximum(np.cos(latitude) * np.cos(declination), 1e-12)  # at a pole nothing rises or sets
    hour_angles = np.arccos(np.clip(height / swing, -1, 1))
    # All of the sky lies between, also what stands still in the zenith or the nadir.
    hour_angles[..., limits == 0.0], hour_angles[..., limits == np.pi] = 0.0, np.pi
    result: NDArray[np.float64] = np.diff(hour_angles, axis=-1) / np.pi
    return result


def around(declination_deg: float, radius_deg: ArrayLike, *, steps: int = 96) -> NDArray[np.float64]:
    """Declinations of points evenly spaced on circles around a direction.

    Parameters
    ----------
    declination_deg
        Of the centre.
    radius_deg : array_like, shape (n,), deg
    steps
        Points on each circle.

    Returns
    -------
    ndarray, shape (n, steps), deg
    """
    centre = np.deg2rad(declination_deg)
    radius = np.deg2rad(np.asarray(radius_deg, dtype=np.float64))[:, None]
    turn = (np.arange(steps) + 0.5) * (2 * np.pi / steps)
    sine = np.sin(centre) * np.cos(radius) + np.cos(centre) * np.sin(radius) * np.cos(turn)
    result: NDArray[np.float64] = np.rad2deg(np.arcsin(np.clip(sine, -1, 1)))
    return result
