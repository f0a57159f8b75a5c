"""The Earth's motion, against the ephemeris of astropy and what others state."""

import datetime

import numpy as np
import pytest

from vre_dm.errors import OutOfRange
from vre_dm.physics.halo import detector_speed_km_s, earth_velocity_km_s

YEAR = np.arange("2024-01-01", "2025-01-01", dtype="datetime64[D]")


@pytest.mark.parametrize("year", [1975, 2024, 2050])
def test_the_velocity_is_that_of_the_ephemeris_within_a_tenth_of_a_km_per_second(year: int) -> None:
    from astropy.coordinates import ICRS, CartesianRepresentation, Galactic, get_body_barycentric_posvel
    from astropy.time import Time

    dates = np.arange(f"{year}-01-01", f"{year + 1}-01-01", 10, dtype="datetime64[D]")
    times = Time(dates.astype(str), scale="tdb")
    earth, sun = (
        get_body_barycentric_posvel(body, times, ephemeris="builtin")[1] for body in ("earth", "sun")
    )
    relative = ICRS(CartesianRepresentation((earth - sun).xyz.to_value("km/s")))
    expected = relative.transform_to(Galactic()).cartesian.xyz.value.T
    np.testing.assert_allclose(earth_velocity_km_s(dates), expected, atol=0.1)


def test_the_detector_is_fastest_in_early_june_and_slowest_in_early_december() -> None:
    # The public code "earthspeed" of B. Lillard, same conventions (238 km/s, the Sun of arXiv:2105.00599):
    # 266.20 km/s on 2024-05-31 and 237.19 km/s on 2024-12-02.
    speed = detector_speed_km_s(YEAR)
    assert speed.max() == pytest.approx(266.20, abs=0.1)
    assert speed.min() == pytest.approx(237.19, abs=0.1)
    assert abs(YEAR[speed.argmax()] - np.datetime64("2024-06-02")) <= np.timedelta64(3, "D")
    assert abs(YEAR[speed.argmin()] - np.datetime64("2024-12-02")) <= np.timedelta64(3, "D")


def test_the_circular_speed_adds_along_the_rotation() -> None:
    assert detector_speed_km_s(YEAR, circular_km_s=300).mean() > 300
    slow, fast = (detector_speed_km_s(YEAR, circular_km_s=v).mean() for v in (220, 221))
    assert fast - slow == pytest.approx(1, abs=0.01)


def test_a_date_may_be_text_or_datetime_and_dates_keep_their_shape() -> None:
    assert detector_speed_km_s("2024-06-02") == detector_speed_km_s(datetime.datetime(2024, 6, 2))
    assert detector_speed_km_s(YEAR.reshape(6, 61)).shape == (6, 61)


@pytest.mark.parametrize("when", ["yesterday", "NaT", "1899-12-31", "2100-01-01", object(), 5, 2024.5, None])
def test_what_is_no_date_of_these_two_centuries_is_refused(when: object) -> None:
    with pytest.raises(OutOfRange, match="date"):
        detector_speed_km_s(when)  # type: ignore[arg-type]


def test_a_circular_speed_that_is_not_positive_is_refused() -> None:
    with pytest.raises(OutOfRange, match="circular_km_s"):
        detector_speed_km_s("2024-06-02", circular_km_s=-220)
