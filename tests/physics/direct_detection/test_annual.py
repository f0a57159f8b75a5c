"""Modulation over the year: against wimprates, its known shape, and what is refused."""

from typing import Any

import numpy as np
import pytest

from vre_dm.errors import OutOfRange
from vre_dm.physics.direct_detection import annual_spectrum
from vre_dm.physics.halo import StandardHalo, TabulatedHalo
from vre_dm.physics.targets import SODIUM_IODIDE

YEAR = np.arange("2024-01-01", "2025-01-01", dtype="datetime64[D]")[::10]
HALO = StandardHalo()


def test_each_date_has_the_rate_of_wimprates(wimprates: Any) -> None:
    # Its Earth goes round in a circle (arXiv:1209.3339), ours in an ellipse: 0.4 % where the year is 7 %.
    import numericalunits as nu

    energies = np.array([1.0, 5.0, 20.0, 40.0])
    halo = StandardHalo(normalisation="wimprates")
    months = YEAR[::3]
    ours = annual_spectrum([50.0], energies, months, halo=halo, circular_km_s=238)
    mass, sigma = 50 * nu.GeV / nu.c0**2, 1e-45 * nu.cm**2
    for date, rate in zip(months.tolist(), ours.to_numpy()[:, 0], strict=True):
        day = wimprates.j2000_from_ymd(date.year, date.month, date.day)
        theirs = wimprates.rate_wimp(energies * nu.keV, mass, sigma, t=day)
        np.testing.assert_allclose(rate, theirs * (nu.keV * 1000 * nu.kg * nu.year), rtol=5e-3)
    swing = (ours.max("time") - ours.min("time")) / (ours.max("time") + ours.min("time"))
    assert swing.sel(energy=40) > 0.07


def test_a_year_says_its_axes_their_units_and_the_motion_it_assumed() -> None:
    year = annual_spectrum([20.0, 50.0], [2.0, 5.0], YEAR, halo=HALO, circular_km_s=238)
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
