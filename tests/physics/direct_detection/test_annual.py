"""Modulation over the year: its known shape, for any halo, and what is refused."""

import numpy as np
import pytest

from vre_dm.errors import OutOfRange
from vre_dm.physics.direct_detection import annual_spectrum, recoil_spectrum
from vre_dm.physics.halo import StandardHalo, TabulatedHalo, detector_speed_km_s
from vre_dm.physics.targets import SODIUM_IODIDE

YEAR = np.arange("2024-01-01", "2025-01-01", dtype="datetime64[D]")[::10]
HALO = StandardHalo()


def test_each_date_has_the_spectrum_of_the_detectors_speed() -> None:
    year = annual_spectrum([20.0, 50.0], [2.0, 5.0], YEAR, halo=HALO, circular_km_s=238, sigma_cm2=1e-46)
    speed = float(detector_speed_km_s(YEAR[12]))
    expected = recoil_spectrum([20.0, 50.0], [2.0, 5.0], halo=HALO.seen_at(speed), sigma_cm2=1e-46)
    np.testing.assert_array_equal(year[12], expected)
    assert year.dims == ("time", "mass", "energy")
    assert year.energy.attrs["units"] == "keV"
    assert year.attrs["circular_km_s"] == 238
    assert "vE_km_s" not in year.attrs


def test_fast_recoils_are_most_in_june_and_slow_ones_in_december() -> None:
    year = annual_spectrum([60.0], [0.5, 40.0], YEAR, halo=HALO, circular_km_s=238)
    soft, hard = (YEAR[rate.argmax()] for rate in year.to_numpy()[:, 0].T)
    month = np.timedelta64(30, "D")
    assert abs(hard - np.datetime64("2024-06-02")) < month
    assert abs(soft - np.datetime64("2024-12-02")) < month


def test_light_dark_matter_modulates_more_than_heavy() -> None:
    year = annual_spectrum([5.0, 500.0], [2.0], YEAR, halo=HALO, circular_km_s=238, target=SODIUM_IODIDE)
    light, heavy = (
        (rate.max() - rate.min()) / (rate.max() + rate.min()) for rate in year.to_numpy()[:, :, 0].T
    )
    assert light > 3 * heavy
    assert 0.01 < heavy < 0.1


def test_a_table_in_the_detectors_frame_has_no_year() -> None:
    speeds = np.linspace(0, 700, 50)
    table = TabulatedHalo(speeds, speeds * (700 - speeds), normalise=True)
    with pytest.raises(OutOfRange, match="detector's frame"):
        annual_spectrum(50.0, 5.0, YEAR, halo=table, circular_km_s=238)


def test_no_date_at_all_is_refused() -> None:
    with pytest.raises(OutOfRange, match="is no date"):
        annual_spectrum(50.0, 5.0, [], halo=HALO, circular_km_s=238)
