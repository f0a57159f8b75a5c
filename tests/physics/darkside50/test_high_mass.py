"""DarkSide-50's heavy search from its digitised response: published numbers, each step, what is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import poisson

import vre_dm
from vre_dm.errors import OutOfRange
from vre_dm.limits.curve import Curve
from vre_dm.physics.constants import PROTON_GEV
from vre_dm.physics.darkside50 import Digitised, HighMass, read_high_mass
from vre_dm.physics.direct_detection import SpinIndependent, recoil_spectrum
from vre_dm.physics.halo import StandardHalo
from vre_dm.physics.limit_curve import limit_curve
from vre_dm.physics.statistics import MaximumGap, OptimumInterval, Poisson, ProfileLikelihood, Toys

FILES = sorted((Path(vre_dm.__file__).parent / "sandbox" / "seed" / "files" / "darkside").glob("*.parquet"))
HALO = StandardHalo(0.3, 220.0, 544.0, 232.0)
PUBLISHED = {100.0: 1.14e-44, 1000.0: 3.78e-44}  # arXiv:1802.07198, as the lake's table states them


@pytest.fixture(scope="module")
def search() -> HighMass:
    return read_high_mass(FILES)


def limit(search: HighMass, masses: object = (100.0, 1000.0)) -> Curve:
    proton = SpinIndependent(nucleon_gev=PROTON_GEV)
    signal = search.experiment().signal(masses, halo=HALO, interaction=proton)  # type: ignore[arg-type]
    return limit_curve(signal, [], Poisson())


def test_the_published_limits_come_back_within_five_percent(search: HighMass) -> None:
    ours = limit(search)
    for mass, published in PUBLISHED.items():
        assert ours.at(mass) == pytest.approx(published, rel=0.05)


def test_it_is_not_the_earlier_result_of_less_exposure(search: HighMass) -> None:
    # The catalogue's si_ds50_2015_highmass: 2.0e-44 cm² at 100 GeV.
    assert limit(search).at(100.0) < 0.6 * vre_dm.curves("si_ds50_2015_highmass")[0].at(100.0)


def test_the_acceptance_of_the_recoil_energy_gives_the_same_within_ten_percent(search: HighMass) -> None:
    other = limit(read_high_mass(FILES, acceptance_of="energy"))
    np.testing.assert_allclose(other.y, list(PUBLISHED.values()), rtol=0.1)
    np.testing.assert_allclose(other.y, limit(search).y, rtol=0.12)


def test_the_expected_events_are_those_of_direct_integration(search: HighMass) -> None:
    signal = search.experiment().signal(100.0, halo=HALO)

    def accepted(energy: float) -> float:
        mean = float(search.mean_s1_pe(np.array([energy]))[0])
        s1 = np.arange(1, 479)
        rate = recoil_spectrum(100.0, energy, halo=HALO, target=search.target)[0, 0]
        return float(rate * np.sum(poisson.pmf(s1, mean) * search.acceptance(s1.astype(float))))

    direct = quad(accepted, 0.01, 199, limit=400, epsrel=1e-5)[0] * 16660 / 1000 / 365.25
    assert float(signal.sum()) == pytest.approx(direct, rel=2e-4)


def test_more_light_lowers_the_threshold_and_the_limit(search: HighMass) -> None:
    limits = [limit(replace(search, light_yield_pe_kev=light)).at(50.0 * 2) for light in (7.8, 8.0, 8.2)]
    assert limits[0] > limits[1] > limits[2]


def test_quenching_recombination_and_acceptance_may_be_any_function(search: HighMass) -> None:
    own = replace(
        search,
        quenching=lambda energy: np.full_like(energy, 0.3),
        recombination=lambda energy: 1 - 0.5 / (1 + energy),
        acceptance=lambda s1: np.where((s1 > 100) & (s1 < 400), 0.7, 0.0),
    )
    # S1 = 8 E 0.3 (1 + r) / 2
    quenched = 0.3 * 50
    expected = 8 * quenched * (2 - 0.5 / (1 + quenched)) / 2
    assert own.mean_s1_pe(np.array([50.0]))[0] == pytest.approx(expected)
    assert 0.5 < limit(own).at(1000.0) / limit(search).at(1000.0) < 2


def test_without_events_every_statistic_gives_the_limit_of_an_empty_search(search: HighMass) -> None:
    signal = search.experiment().signal([100.0], halo=HALO)
    rng = np.random.default_rng(1)
    intervals = (MaximumGap(), OptimumInterval(rng, 1000))
    toys = ProfileLikelihood(Toys(rng, 500), cls=True)
    classical = limit_curve(signal, [], Poisson()).y[0]
    for statistic in intervals:
        assert limit_curve(signal, [], statistic).y[0] == pytest.approx(classical, rel=1e-9)
    assert limit_curve(signal, [], toys).y[0] == pytest.approx(classical, rel=0.08)


def test_the_curve_says_what_the_response_was(search: HighMass) -> None:
    assumed = limit(replace(search, light_yield_pe_kev=7.8)).assumptions
    assert assumed["light_yield_PE_keV"] == 7.8
    assert assumed["target"] == "Ar (natural isotopes)"
    assert "leff" in str(assumed["quenching"])


def test_points_of_a_figure_are_sorted_averaged_and_not_prolonged(search: HighMass) -> None:
    acceptance, quenching = search.acceptance, search.quenching
    assert isinstance(acceptance, Digitised)
    assert isinstance(quenching, Digitised)
    assert np.all(np.diff(acceptance.x) > 0)
    assert acceptance.range == pytest.approx((109.70, 477.70), abs=0.01)
    np.testing.assert_array_equal(acceptance([50.0, 600.0]), 0.0)
    assert quenching.range == (0.0, 199.0)
    with pytest.raises(OutOfRange, match="is known from 0 to 199 keV; nothing is extrapolated"):
        search.mean_s1_pe(np.array([250.0]))


def test_no_recoil_far_below_the_drawn_acceptance_is_let_in(search: HighMass) -> None:
    # A ramp from zero to the first point, half a per cent high, makes 1.7 % of the events at 100 GeV.
    seen = search.response().sum("s1")
    assert float(seen.sel(energy=slice(0, 35)).max()) < 1e-6
    assert float(seen.sel(energy=slice(80, 140)).min()) > 0.69


def test_a_light_yield_at_which_accepted_recoils_lie_beyond_the_quenching_table_is_refused(
    search: HighMass,
) -> None:
    with pytest.raises(OutOfRange, match=r"of recoils at 199 keV, where quenching ends, are still accepted"):
        replace(search, light_yield_pe_kev=5.0).response()


@pytest.mark.parametrize("light", [0.0, -8.0, float("nan"), float("inf")])
def test_a_light_yield_that_is_no_positive_number_is_refused(search: HighMass, light: float) -> None:
    with pytest.raises(OutOfRange, match="light_yield_pe_kev"):
        replace(search, light_yield_pe_kev=light)


@pytest.mark.parametrize("name", ["observed", "background", "background_sigma"])
@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), "3"])
def test_events_that_cannot_be_are_refused(search: HighMass, name: str, value: object) -> None:
    with pytest.raises(OutOfRange, match=f"^{name} .*in events"):
        replace(search, **{name: value})  # type: ignore[arg-type]


def test_half_an_event_was_not_observed(search: HighMass) -> None:
    with pytest.raises(OutOfRange, match=r"observed = 1\.5 must be a whole number of events"):
        replace(search, observed=1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("step", "function"),
    [
        ("quenching", lambda energy: 1.2 + 0 * energy),
        ("recombination", lambda energy: -0.1 + 0 * energy),
        ("acceptance", lambda s1: 0.5),
    ],
)
def test_a_step_that_gives_no_share_is_refused_by_name(search: HighMass, step: str, function: object) -> None:
    with pytest.raises(OutOfRange, match=step):
        replace(search, **{step: function}).response()  # type: ignore[arg-type]


def test_a_missing_file_is_named_with_what_to_fetch() -> None:
    without = [path for path in FILES if "leff" not in path.name]
    with pytest.raises(OutOfRange, match=r"no file ds50\.highmass\.leff\.parquet .* fetch darkside:"):
        read_high_mass(without)


def test_one_table_in_place_of_another_is_refused(tmp_path: Path) -> None:
    files = {path.name: path for path in FILES}
    wrong = tmp_path / "ds50.highmass.leff.parquet"
    wrong.write_bytes(files["ds50.highmass.recombination.parquet"].read_bytes())
    with pytest.raises(OutOfRange, match=r"leff\.parquet is not the leff of DarkSide-50: it has no column"):
        read_high_mass([*(path for path in FILES if path.name != wrong.name), wrong])


def test_an_acceptance_above_one_is_refused(tmp_path: Path) -> None:
    name = "ds50.highmass.acceptance.overall.s1.parquet"
    (good,) = (path for path in FILES if path.name == name)
    percent = pd.read_parquet(good).assign(acceptance=lambda table: 100 * table["acceptance"])
    percent.to_parquet(tmp_path / name)
    with pytest.raises(OutOfRange, match="a share between 0 and 1"):
        read_high_mass([*(path for path in FILES if path.name != name), tmp_path / name])


def test_an_exposure_in_another_unit_is_refused(tmp_path: Path) -> None:
    name = "ds50.highmass.inputs.parquet"
    (good,) = (path for path in FILES if path.name == name)
    pd.read_parquet(good).replace({"unit": {"kg d": "t yr"}}).to_parquet(tmp_path / name)
    with pytest.raises(OutOfRange, match=r"no row 'exposure' in kg d"):
        read_high_mass([*(path for path in FILES if path.name != name), tmp_path / name])
