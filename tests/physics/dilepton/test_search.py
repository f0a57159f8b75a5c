import numpy as np
import pytest

from vre_dm.errors import OutOfRange
from vre_dm.physics.dilepton.benchmarks import BENCHMARKS
from vre_dm.physics.dilepton.couplings import ZPrime
from vre_dm.physics.dilepton.resonance import resonance
from vre_dm.physics.dilepton.search import BinnedSearch, RateSearch
from vre_dm.physics.dilepton.templates import Templates

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


def test_what_was_expected_is_asked_of_the_background(templates: Templates, binned: BinnedSearch) -> None:
    expected = BinnedSearch(templates, expected=True)
    found = resonance(BENCHMARKS["SSM"], [4900.0, 5200.0], 1e5)
    assert not np.allclose(expected.margin(found), binned.margin(found))
    assert (expected.origin.kind, binned.origin.kind) == ("expected", "observed")


def test_a_resonance_that_is_not_covered_has_no_margin(binned: BinnedSearch) -> None:
    margin = binned.margin(resonance(BENCHMARKS["SSM"], [100.0, 1000.0, 8000.0], 1e5))
    assert np.isnan(margin).tolist() == [True, False, True]
