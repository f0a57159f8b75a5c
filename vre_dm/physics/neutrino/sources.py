"""Where neutrinos come from: points, disks, Gaussians, the whole sky, the halo of the Milky Way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vre_dm.limits.convert.domain import number
from vre_dm.physics.neutrino.angles import angles, declination
from vre_dm.physics.neutrino.density import NFW, Density, j_factor
from vre_dm.physics.neutrino.flux import Per

Array = NDArray[np.float64]
GALACTIC_CENTRE_DECLINATION_DEG = -29.0078
"""Of Sgr A*, J2000: 17h45m40.0s, −29°00′28″ (astro-ph/0408107)."""
RINGS = 40


class Source(Protocol):
    """A source that looks the same in all directions from its centre."""

    @property
    def declination_deg(self) -> float:
        """Of the centre."""
        ...

    @property
    def per(self) -> Per:
        """What a flux that shines from it is for."""
        ...

    def rings(self) -> tuple[Array, Array]:
        """Distances from the centre in degrees (n,), and how much of the source each holds (n,), in `per`."""
        ...


@dataclass(frozen=True, slots=True)
class Point:
    """A point source."""

    declination_deg: float

    def __post_init__(self) -> None:
        declination(self.declination_deg)

    @property
    def per(self) -> Per:
        """The whole source."""
        return "source"

    def rings(self) -> tuple[Array, Array]:
        """All of it in the centre."""
        return np.zeros(1), np.ones(1)


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk of even brightness; `radius_deg` below 90."""

    declination_deg: float
    radius_deg: float

    def __post_init__(self) -> None:
        declination(self.declination_deg)
        number("radius of the disk in deg", self.radius_deg, 0, 90)

    @property
    def per(self) -> Per:
        """The whole source."""
        return "source"

    def rings(self) -> tuple[Array, Array]:
        """Rings of the same solid angle."""
        depth = (np.arange(RINGS) + 0.5) / RINGS * (1 - np.cos(np.deg2rad(self.radius_deg)))
        return np.rad2deg(np.arccos(1 - depth)), np.full(RINGS, 1 / RINGS)


@dataclass(frozen=True, slots=True)
class Gaussian:
    r"""Brightness :math:`\propto e^{-(1-\cos\theta)/(1-\cos\sigma)/2}`, `sigma_deg` below 45."""

    declination_deg: float
    sigma_deg: float

    def __post_init__(self) -> None:
        declination(self.declination_deg)
        number("sigma of the Gaussian in deg", self.sigma_deg, 0, 45)

    @property
    def per(self) -> Per:
        """The whole source."""
        return "source"

    def rings(self) -> tuple[Array, Array]:
        """Rings that hold the same share each; the profile's integral is an exponential in 1 - cos θ."""
        scale = 2 * (1 - np.cos(np.deg2rad(self.sigma_deg)))
        all_sky = -np.expm1(-2 / scale)
        depth = -scale * np.log1p(-(np.arange(4 * RINGS) + 0.5) / (4 * RINGS) * all_sky)
        return np.rad2deg(np.arccos(1 - depth)), np.full(4 * RINGS, 1 / (4 * RINGS))


@dataclass(frozen=True, slots=True)
class Diffuse:
    """The same brightness everywhere: what is seen around a direction, out to `radius_deg`.

    The radius should exceed the outermost ring that is looked at by what the point spread blurs.
    """

    declination_deg: float
    radius_deg: float = 60.0

    def __post_init__(self) -> None:
        declination(self.declination_deg)
        angles("radius of the diffuse source", self.radius_deg, 0.1, 180)

    @property
    def per(self) -> Per:
        """One sr."""
        return "sr"

    def rings(self) -> tuple[Array, Array]:
        """Rings of about half a degree, each with its solid angle in sr."""
        edges = np.linspace(0, self.radius_deg, int(np.ceil(2 * self.radius_deg)) + 1)
        return (edges[1:] + edges[:-1]) / 2, -2 * np.pi * np.diff(np.cos(np.deg2rad(edges)))


@dataclass(frozen=True, slots=True)
class GalacticHalo:
    """Annihilation of dark matter around the Galactic Centre.

    Attributes
    ----------
    density
        `NFW`, `Einasto`, or anything with their three members.
    radius_deg
        How far out it is followed.
    """

    density: Density = field(default_factory=NFW)
    radius_deg: float = 60.0

    def __post_init__(self) -> None:
        angles("radius of the halo", self.radius_deg, 0.1, 180)

    @property
    def declination_deg(self) -> float:
        """Of Sgr A*."""
        return GALACTIC_CENTRE_DECLINATION_DEG

    @property
    def per(self) -> Per:
        """One unit of the J factor."""
        return "GeV2/cm5"

    def rings(self) -> tuple[Array, Array]:
        """Rings that widen outwards, each with its J factor in GeV²/cm⁵."""
        edges = np.append(0, np.geomspace(min(0.02, self.radius_deg / 2), self.radius_deg, 4 * RINGS))
        return (edges[1:] + edges[:-1]) / 2, j_factor(self.density, edges)
