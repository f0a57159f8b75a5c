"""The time in each range of zenith angles, beside astropy's coordinates."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vre_dm.errors import OutOfRange
from vre_dm.physics.neutrino.fold import Telescope
from vre_dm.physics.neutrino.visibility import ARCA_LATITUDE_DEG, around, zenith_fractions


@pytest.mark.parametrize("declination", [-29.0078, 50.0])
def test_the_shares_are_those_of_astropy(arca: Telescope, declination: float) -> None:
    import astropy.units as u
    from astropy.coordinates import AltAz, EarthLocation, SkyCoord
    from astropy.time import Time
    from astropy.utils import iers

    # A sidereal day of 2019: the declinations of J2000 have moved by up to 0.1 deg since.
    with iers.conf.set_temp("auto_download", False):
        times = Time("2019-06-01T00:00:00") + np.arange(1000) / 1000 * 0.99726957 * u.day
        site = EarthLocation.from_geodetic(
            lon=16.1 * u.deg, lat=ARCA_LATITUDE_DEG * u.deg, height=-3500 * u.m
        )
        place = SkyCoord(ra=266.4 * u.deg, dec=declination * u.deg)
        zenith = place.transform_to(AltAz(obstime=times, location=site)).zen.deg
    bins = np.rad2deg(np.arccos(np.linspace(1, -1, 13)))
    theirs = np.histogram(zenith, bins)[0] / times.size
    np.testing.assert_allclose(zenith_fractions(declination, bins), theirs, atol=0.006)
    assert arca.visibility(declination) == pytest.approx(np.mean(zenith > 80), abs=0.004)


@settings(max_examples=40)
@example(declination=90.0, latitude=90.0)
@example(declination=90.0, latitude=-90.0)
@given(declination=st.floats(-90, 90), latitude=st.floats(-90, 90))
def test_every_moment_is_in_one_bin(declination: float, latitude: float) -> None:
    shares = zenith_fractions(declination, [0, 30, 80, 90, 150, 180], latitude_deg=latitude)
    assert np.all(shares >= 0)
    assert shares.sum() == pytest.approx(1)


@settings(max_examples=40)
@given(declination=st.floats(-90, 90), radius=st.floats(0, 180))
def test_circles_keep_their_distance(declination: float, radius: float) -> None:
    found = around(declination, [radius])
    assert np.all(np.abs(found) <= 90)
    assert np.all(np.abs(found - declination) <= radius + 1e-5)


def test_angles_out_of_range_are_refused() -> None:
    with pytest.raises(OutOfRange, match=r"declination = 91 deg must lie from -90 to 90 deg"):
        zenith_fractions(91, [0, 180])
    with pytest.raises(OutOfRange, match=r"zenith angle: give two or more edges that rise"):
        zenith_fractions(0, [180, 0])
    with pytest.raises(OutOfRange, match=r"declination = nan deg"):
        zenith_fractions(np.nan, [0, 180])
