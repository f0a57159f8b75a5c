"""J factors beside scipy's integrals."""

import numpy as np
import pytest
from scipy.integrate import quad

from vre_dm.errors import OutOfRange
from vre_dm.physics.neutrino.density import CM_PER_KPC, NFW, Density, Einasto, j_factor, line_of_sight

PROFILES = [NFW(), NFW(slope=1.25, scale_kpc=20, sun_kpc=8.5), Einasto()]


def along(density: Density, angle_deg: float) -> float:
    """The same integral over the distance, not over the angle seen from the nearest point."""
    cosine = np.cos(np.deg2rad(angle_deg))

    def squared(distance: float) -> float:
        r2 = density.sun_kpc**2 + distance**2 - 2 * density.sun_kpc * distance * cosine
        return float(density.at(np.sqrt(r2))) ** 2

    nearest = max(density.sun_kpc * cosine, 0.5)
    parts = [quad(squared, *ends, limit=300)[0] for ends in ((0, nearest), (nearest, 50), (50, 300))]
    return sum(parts) * CM_PER_KPC


@pytest.mark.parametrize("density", PROFILES)
def test_the_density_at_the_sun_is_the_local_one(density: NFW | Einasto) -> None:
    assert density.at(density.sun_kpc) == pytest.approx(density.local_gev_cm3)


@pytest.mark.parametrize("density", PROFILES)
@pytest.mark.parametrize("angle", [0.1, 3.0, 45.0, 90.0, 170.0])
def test_lines_of_sight_are_those_of_scipy(density: Density, angle: float) -> None:
    assert line_of_sight(density, angle) == pytest.approx(along(density, angle), rel=1e-5)


def test_rings_are_those_of_scipy() -> None:
    density = NFW()

    def share(angle: float) -> float:
        return 2 * np.pi * along(density, angle) * np.sin(np.deg2rad(angle)) * np.deg2rad(1)

    expected = [quad(share, *ends, epsrel=1e-4)[0] for ends in ((1, 5), (5, 30))]
    np.testing.assert_allclose(j_factor(density, [1, 5, 30]), expected, rtol=1e-4)


def test_rings_add_up_to_the_whole() -> None:
    whole = j_factor(NFW(), [0, 180])[0]
    assert j_factor(NFW(), [0, 0.01, 0.5, 10, 90, 180]).sum() == pytest.approx(whole, rel=1e-5)


def test_profiles_without_an_integral_are_refused() -> None:
    with pytest.raises(OutOfRange, match=r"inner slope = 1\.5"):
        NFW(slope=1.5)
    with pytest.raises(OutOfRange, match="density at the Sun"):
        Einasto(local_gev_cm3=-0.3)
    with pytest.raises(OutOfRange, match="edge of a ring"):
        j_factor(NFW(), [5, 1])
