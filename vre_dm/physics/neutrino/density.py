"""Density of dark matter in the Milky Way, and its square along lines of sight: the J factor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.limits.convert.domain import number
from vre_dm.physics.neutrino.angles import angles, rising

Array = NDArray[np.float64]
CM_PER_KPC = 3.0856775814913673e21
NODES, WEIGHTS = np.polynomial.legendre.leggauss(96)
OUT_TO_KPC = 300.0
"""Lines of sight end here, far outside: beyond it lie 10⁻⁶ of the J factor."""


class Density(Protocol):
    """Dark matter around the Galactic Centre."""

    @property
    def sun_kpc(self) -> float:
        """Distance of the Sun from the centre."""
        ...

    def at(self, radius_kpc: ArrayLike) -> Array:
        """Density in GeV/cm³."""
        ...

    def assumptions(self) -> dict[str, str | float]:
        """What a curve says of it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NFW:
    r"""Navarro, Frenk & White: :math:`\rho \propto (r/r_s)^{-\gamma}(1 + r/r_s)^{\gamma-3}`.

    Attributes
    ----------
    local_gev_cm3
        At the Sun.
    scale_kpc, slope
        r_s, and γ: 1 for the profile of the name, at most 1.3, beyond which the innermost parsec decides.
    sun_kpc
        Its distance from the centre; the default is of GRAVITY, 2019.

    References
    ----------
    astro-ph/9611107; arXiv:1012.4515, whose r_s is the default (as gammapy quotes it)
    """

    local_gev_cm3: float = 0.4
    scale_kpc: float = 24.42
    slope: float = 1.0
    sun_kpc: float = 8.178

    def __post_init__(self) -> None:
        number("density at the Sun in GeV/cm3", self.local_gev_cm3)
        number("scale radius in kpc", self.scale_kpc)
        number("inner slope", self.slope, 0, 1.3000001, low_included=True)
        number("distance of the Sun in kpc", self.sun_kpc)

    def at(self, radius_kpc: ArrayLike) -> Array:
        """Density in GeV/cm³ at distances in kpc from the centre, above 0."""
        scaled = np.asarray(radius_kpc, dtype=np.float64) / self.scale_kpc
        sun = self.sun_kpc / self.scale_kpc
        shape = (scaled / sun) ** -self.slope * ((1 + scaled) / (1 + sun)) ** (self.slope - 3)
        return np.asarray(self.local_gev_cm3 * shape)

    def assumptions(self) -> dict[str, str | float]:
        """What a curve says of it."""
        slope = {} if self.slope == 1 else {"inner_slope": self.slope}
        return {"profile": "NFW", **_common(self), **slope}


@dataclass(frozen=True, slots=True, kw_only=True)
class Einasto:
    r"""Einasto: :math:`\ln(\rho/\rho_s) = -\tfrac{2}{\alpha}[(r/r_s)^\alpha - 1]`.

    Attributes
    ----------
    local_gev_cm3, scale_kpc, sun_kpc
        As of `NFW`.
    alpha
        α.

    References
    ----------
    arXiv:1012.4515, whose r_s and α are the defaults (as gammapy quotes them)
    """

    local_gev_cm3: float = 0.4
    scale_kpc: float = 28.44
    alpha: float = 0.17
    sun_kpc: float = 8.178

    def __post_init__(self) -> None:
        number("density at the Sun in GeV/cm3", self.local_gev_cm3)
        number("scale radius in kpc", self.scale_kpc)
        number("alpha", self.alpha, 0.05, 2)
        number("distance of the Sun in kpc", self.sun_kpc)

    def at(self, radius_kpc: ArrayLike) -> Array:
        """Density in GeV/cm³ at distances in kpc from the centre."""
        scaled = np.asarray(radius_kpc, dtype=np.float64) / self.scale_kpc
        drop = scaled**self.alpha - (self.sun_kpc / self.scale_kpc) ** self.alpha
        return np.asarray(self.local_gev_cm3 * np.exp(-2 / self.alpha * drop))

    def assumptions(self) -> dict[str, str | float]:
        """What a curve says of it."""
        return {"profile": "Einasto", **_common(self), "alpha": self.alpha}


def line_of_sight(density: Density, angle_deg: ArrayLike) -> Array:
    r"""J factor per solid angle, :math:`\int \rho^2 \, dl`.

    Parameters
    ----------
    density
        Around the Galactic Centre.
    angle_deg : array_like, any shape, above 0 to 180
        From the centre. At 0 the integral of a cusp diverges.

    Returns
    -------
    ndarray, same shape, GeV² cm⁻⁵ sr⁻¹
    """
    angle = np.deg2rad(angles("angle from the Galactic Centre", angle_deg, 1e-12, 180))
    nearest = np.maximum(density.sun_kpc * np.sin(angle), 1e-12)
    # The radius is nearest·cosh(u) at the distance nearest·sinh(u) from the nearest point: smooth at a cusp.
    start = np.arcsinh(-density.sun_kpc * np.cos(angle) / nearest)
    stop = np.arcsinh(OUT_TO_KPC / nearest)
    middle, half = (stop + start)[..., None] / 2, (stop - start)[..., None] / 2
    radius = nearest[..., None] * np.cosh(middle + half * NODES)
    result: Array = (density.at(radius) ** 2 * radius) @ WEIGHTS * half[..., 0] * CM_PER_KPC
    return result


def j_factor(density: Density, edges_deg: ArrayLike) -> Array:
    """J factor of rings around the Galactic Centre.

    Parameters
    ----------
    density
        Around the Galactic Centre.
    edges_deg : array_like, shape (n + 1,), 0 to 180, rising

    Returns
    -------
    ndarray, shape (n,), GeV²/cm⁵
    """
    limits = rising("edge of a ring", edges_deg)
    inner = np.maximum(limits[:-1], 1e-9 * limits[1:])
    nodes, weights = np.polynomial.legendre.leggauss(24)
    # In the logarithm of the angle: a cusp gives every decade of it a similar share.
    half = np.log(limits[1:] / inner)[:, None] / 2
    angle = inner[:, None] * np.exp(half * (nodes + 1))
    share = line_of_sight(density, angle) * np.sin(np.deg2rad(angle)) * np.deg2rad(angle)
    result: Array = 2 * np.pi * share @ weights * half[:, 0]
    return result


def _common(density: NFW | Einasto) -> dict[str, str | float]:
    return {
        "rho_local_GeV_cm3": density.local_gev_cm3,
        "scale_radius_kpc": density.scale_kpc,
        "R_sun_kpc": density.sun_kpc,
    }
