import numpy as np
import pytest

from vre_dm.errors import OutOfRange
from vre_dm.physics.dilepton.benchmarks import BENCHMARKS
from vre_dm.physics.dilepton.couplings import ZPrime
from vre_dm.physics.dilepton.intervals import excluded
from vre_dm.physics.dilepton.published import limit_table, read_projection
from vre_dm.physics.dilepton.resonance import resonance
from vre_dm.physics.dilepton.search import PROJECTION, BinnedSearch, RateSearch
from vre_dm.physics.dilepton.templates import Templates
from vre_dm.physics.statistics.profile_likelihood import Toys

from .conftest import RELEASE

MUONIC = ZPrime("muonic", {"up": (0.1, 0.0), "down": (0.1, 0.0), "mu": (0.1, 0.0)})


def test_lepton_flavours_that_differ_are_for_the_binned_search(
    rate: RateSearch, binned: BinnedSearch
) -> None:
    found = resonance(MUONIC, [1000.0], 1e5)
    with pytest.raises(OutOfRange, match="muonic couples differently to e and mu"):
        rate.margin(found)
    assert binned.margin(found)[0] > 0


def test_the_two_searches_agree_within_what_the_k_factor_and_the_statistic_do(
    rate: RateSearch, binned: BinnedSearch
) -> None:
    found = resonance(BENCHMARKS["psi"], np.arange(1000.0, 5001.0, 250.0), 1e5)
    signs = np.sign(rate.margin(found)) == np.sign(binned.margin(found))
    assert signs.sum() >= signs.size - 1


def test_a_k_factor_moves_the_rate_and_must_be_positive(rate: RateSearch) -> None:
    found = resonance(BENCHMARKS["SSM"], [3000.0], 1e5)
    stronger = RateSearch(rate.luminosity, rate.limits, k_factor=1.2)
    np.testing.assert_allclose(stronger.margin(found) - rate.margin(found), np.log10(1.2))
    with pytest.raises(OutOfRange, match="k_factor"):
        RateSearch(rate.luminosity, rate.limits, k_factor=0.0)


def test_rates_of_a_lower_energy_are_said_to_be_a_lower_bound(rate: RateSearch) -> None:
    projection = read_projection(RELEASE / "dilepton.14TeV.limits.parquet")
    reach = RateSearch(rate.luminosity, projection, PROJECTION)
    assert (
        reach.assumptions["parton_luminosities"] == "13 TeV, limits 14 TeV: rates and reach are lower bounds"
    )
    assert reach.origin.kind == "projection"
    (found,) = excluded(reach, BENCHMARKS["psi"], np.arange(2500.0, 8000.0, 50.0), 1e5)
    (today,) = excluded(rate, BENCHMARKS["psi"], np.arange(2500.0, 5500.0, 50.0), 1e5)
    assert found.high_gev > 1.1 * today.high_gev
    with pytest.raises(OutOfRange, match="would exclude too much"):
        RateSearch(rate.luminosity, limit_table([500, 6000], [0, 0.1], np.ones((2, 2)), sqrt_s_tev=8.0))


def test_what_was_expected_is_asked_of_the_background(templates: Templates, binned: BinnedSearch) -> None:
    expected = BinnedSearch(templates, expected=True)
    found = resonance(BENCHMARKS["SSM"], [3000.0, 3700.0], 1e5)
    assert not np.allclose(expected.margin(found), binned.margin(found))
    assert (expected.origin.kind, binned.origin.kind) == ("expected", "observed")


def test_a_resonance_that_is_not_covered_has_no_margin(binned: BinnedSearch) -> None:
    margin = binned.margin(resonance(BENCHMARKS["SSM"], [100.0, 1000.0, 8000.0], 1e5))
    assert np.isnan(margin).tolist() == [True, False, True]


def test_a_mass_limit_by_toys_is_the_same_for_any_seed_and_near_the_asymptotic_one(
    templates: Templates, binned: BinnedSearch
) -> None:
    searches = [binned] + [BinnedSearch(templates, toys=Toys(np.random.default_rng(seed))) for seed in (1, 2)]
    masses = [4300.0, 4400.0, 4500.0]
    ends = [excluded(search, BENCHMARKS["psi"], masses, 1e5)[0].high_gev for search in searches]
    assert ends[1] == pytest.approx(ends[2], abs=10)
    assert ends[0] == pytest.approx(ends[1], abs=20)
    assert [search.origin.statistic.split("; ")[0].rpartition("spectra, ")[2] for search in searches[:2]] == [
        "asymptotic, at least exp(-signal)",
        "2000 toys",
    ]
    with pytest.raises(OutOfRange, match="what is expected is asymptotic only"):
        BinnedSearch(templates, expected=True, toys=Toys(np.random.default_rng(1)))
