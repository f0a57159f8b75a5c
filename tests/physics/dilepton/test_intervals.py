import numpy as np
import pytest
import xarray as xr

from vre_dm.errors import OutOfRange
from vre_dm.physics.dilepton.benchmarks import BENCHMARKS
from vre_dm.physics.dilepton.intervals import Interval, excluded
from vre_dm.physics.dilepton.published import limit_table
from vre_dm.physics.dilepton.resonance import resonance
from vre_dm.physics.dilepton.search import BinnedSearch, RateSearch

MASSES = np.concatenate([np.arange(300.0, 1000.0, 10.0), np.arange(1000.0, 5600.0, 40.0)])


@pytest.mark.parametrize("kind", ["rate", "binned"])
def test_psi_is_excluded_up_to_the_published_mass(kind: str, request: pytest.FixtureRequest) -> None:
    # arXiv:1903.06248, abstract: 4.5 TeV.
    (found,) = excluded(request.getfixturevalue(kind), BENCHMARKS["psi"], MASSES, 1e5)
    assert found.high_gev == pytest.approx(4500, rel=0.05)
    assert found.high_known
    assert not found.low_known


def test_a_weakly_coupled_model_is_excluded_in_several_intervals(
    rate: RateSearch, binned: BinnedSearch
) -> None:
    for search in (rate, binned):
        first, second = excluded(search, BENCHMARKS["V2"], MASSES, 10.0)
        assert first.high_gev < second.low_gev < second.high_gev < 900
        assert second.low_known


def test_every_interval_of_a_limit_that_waves_around_the_rate_is_found(luminosity: xr.DataArray) -> None:
    model, masses = BENCHMARKS["SSM"], np.arange(1000.0, 3001.0, 20.0)
    flat = RateSearch(luminosity, limit_table([500, 6000], [0, 0.1], np.ones((2, 2))))
    rate = 10 ** flat.margin(resonance(model, masses, 1e5))
    limit = np.tile(rate * 10 ** (-0.1 * np.sin(masses / 150)), (2, 1))
    found = excluded(RateSearch(luminosity, limit_table(masses, [0, 0.1], limit)), model, masses, 1e5)
    ends = np.array([(part.low_gev, part.high_gev) for part in found]).ravel()
    crossings = 150 * np.pi * np.arange(3, 7)
    np.testing.assert_allclose(ends[(ends > 1000) & (ends < 3000)], crossings, rtol=1e-3)


def test_a_model_without_leptons_is_excluded_nowhere(rate: RateSearch) -> None:
    assert excluded(rate, BENCHMARKS["V1"], MASSES[:100], 1e5) == ()


def test_where_nothing_is_known_is_an_error(rate: RateSearch) -> None:
    with pytest.raises(OutOfRange, match="no mass from 6500 to 7000 GeV is covered"):
        excluded(rate, BENCHMARKS["SSM"], [6500.0, 7000.0], 1e5)
    with pytest.raises(OutOfRange, match="rise"):
        excluded(rate, BENCHMARKS["SSM"], [2000.0, 1000.0], 1e5)


def test_an_interval_says_where_the_scan_ends() -> None:
    assert str(Interval(300.0, 720.4, low_known=False)) == "300 (end of the scan) to 720 GeV"
