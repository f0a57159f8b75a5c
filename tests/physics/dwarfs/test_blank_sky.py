"""The density of the background learnt from blank sky: its integral, its kernel, its metrics, bad input."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import trapezoid
from scipy.stats import norm

from tests.physics.dwarfs.conftest import SEED
from vre_dm.errors import OutOfRange
from vre_dm.physics.dwarfs.blank_sky import BlankSky, read_blank_sky
from vre_dm.physics.dwarfs.photon_counts import read_photon_counts

VOIDS = SEED / "fermi" / "mlfermi.voids.parquet"
FILES = (SEED / "fermi" / "mlfermi.dwarfs.parquet", SEED / "fermi" / "mlfermi.counts.parquet")
LN_B = np.linspace(-2, 8, 4001)


@pytest.fixture(scope="module")
def sky() -> BlankSky:
    return read_blank_sky(VOIDS)


def made(l_deg: list[float], b_deg: list[float], counts: list[float], **more: object) -> BlankSky:
    places = {"l_deg": np.array(l_deg), "b_deg": np.array(b_deg)}
    return BlankSky(**places, counts=np.array(counts)[:, None], **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("metric", ["degrees", "sky"])
def test_the_density_integrates_to_one_everywhere(metric: str) -> None:
    sky = read_blank_sky(VOIDS, metric=metric)  # type: ignore[arg-type]
    for place in [(86.37, 34.72), (287.53, -83.16), (0.1, 60.0)]:
        assert trapezoid(np.exp(sky.log_density(*place, LN_B)), LN_B) == pytest.approx(1, abs=1e-6)


def test_two_positions_give_two_gaussians_weighted_by_their_distance() -> None:
    sky = made([10.0, 12.0], [30.0, 30.0], [20.0, 40.0])
    weights = np.exp(-0.5 * np.array([0.0, 2 / 1.4]) ** 2)
    peaks = norm.pdf(LN_B[:, None], np.log([20.0, 40.0]), 0.15)
    expected = peaks @ weights / weights.sum()
    np.testing.assert_allclose(np.exp(sky.log_density(10, 30, LN_B)), expected, rtol=1e-9, atol=1e-300)
    alone = sky.log_density(10, 30, LN_B, without=0)
    np.testing.assert_allclose(np.exp(alone), peaks[:, 1], rtol=1e-9, atol=1e-300)


def test_the_published_backgrounds_are_the_weighted_means_of_the_sky_around(sky: BlankSky) -> None:
    """The code took other positions near the poles and near l = 0, where longitude goes round."""
    for dwarf in read_photon_counts(*FILES).values():
        predicted = sky.predicted(dwarf.l_deg, dwarf.b_deg)
        ordinary = abs(dwarf.b_deg) < 75 and 5 < dwarf.l_deg < 355
        tolerance = 1e-4 if ordinary else 0.05
        np.testing.assert_allclose(predicted, dwarf.ln_background, atol=tolerance)


def test_on_the_sky_the_meridians_meet_at_the_pole() -> None:
    far_in_l = made([0.0, 90.0], [-89.5, -89.5], [10.0, 30.0], metric="sky")
    assert far_in_l.predicted(0.0, -89.5)[0] == pytest.approx(
        np.average(np.log([10, 30]), weights=[1, np.exp(-0.5 * (0.70711 / 1.4) ** 2)]), abs=1e-4
    )
    flat = made([0.0, 90.0], [-89.5, -89.5], [10.0, 30.0])
    assert flat.predicted(0.0, -89.5)[0] == pytest.approx(np.log(10))


def test_longitude_goes_round() -> None:
    sky = made([359.5, 300.0], [30.0, 30.0], [10.0, 30.0])
    assert sky.predicted(0.5, 30.0)[0] == pytest.approx(np.log(10))


def test_a_place_without_sky_around_is_refused() -> None:
    with pytest.raises(OutOfRange, match=r"no blank-sky position within 8\.4 deg of l = 100, b = 30"):
        made([10.0], [30.0], [20.0]).log_density(100, 30, [3.0])


def test_what_cannot_be_a_sky_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutOfRange, match="photons at a blank-sky position = 0"):
        made([10.0], [30.0], [0.0])
    with pytest.raises(OutOfRange, match="Galactic latitude in degrees = 95"):
        made([10.0], [95.0], [5.0])
    with pytest.raises(OutOfRange, match="unknown metric 'plane'"):
        made([10.0], [30.0], [5.0], metric="plane")
    with pytest.raises(OutOfRange, match="must have as many rows"):
        made([10.0, 11.0], [30.0], [5.0])
    voids = pd.read_parquet(VOIDS)
    voids.rename(columns={"counts_3": "counts_7"}).to_parquet(tmp_path / "named.parquet")
    with pytest.raises(OutOfRange, match="columns of photons must be counts_0, counts_1"):
        read_blank_sky(tmp_path / "named.parquet")
    voids.assign(counts_2=-1).to_parquet(tmp_path / "less.parquet")
    with pytest.raises(OutOfRange, match=r"less\.parquet, column counts_2, row 1: -1 photons"):
        read_blank_sky(tmp_path / "less.parquet")
    with pytest.raises(OutOfRange, match="is not a table of blank-sky positions"):
        read_blank_sky(FILES[0])
