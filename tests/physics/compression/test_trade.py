"""The fitted Z is that of an independent fit, and what compression does to it is measured without favour."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
import xarray as xr
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import wofz

from vre_dm.errors import OutOfRange
from vre_dm.physics.compression.dimuons import pair_mass_gev
from vre_dm.physics.compression.packing import BitRounding
from vre_dm.physics.compression.rounding import Relative
from vre_dm.physics.compression.toy import Z_GEV
from vre_dm.physics.compression.trade import largest_errors, trades
from vre_dm.physics.compression.z_mass import WIDTH_GEV, fit_z_mass


def global_pairs(events: xr.Dataset) -> np.ndarray:
    return pair_mass_gev(events)[events["category"].to_numpy() == 0]


def twice_nll(values: np.ndarray, masses: np.ndarray) -> float:
    mass, sigma, signal, slope = values
    if not (0 < signal < 1 and sigma > 0):
        return math.inf

    def voigt(at: np.ndarray) -> np.ndarray:
        argument = (at - mass + 0.5j * WIDTH_GEV) / (sigma * math.sqrt(2))
        return wofz(argument).real / (sigma * math.sqrt(2 * math.pi))

    peak = voigt(masses) / quad(voigt, 70, 110, points=[mass])[0]
    falling = np.exp(-slope * (masses - 70)) / quad(lambda at: math.exp(-slope * (at - 70)), 70, 110)[0]
    return -2 * float(np.log(signal * peak + (1 - signal) * falling).sum())


def test_the_fit_is_that_of_another_minimiser_with_its_own_voigt_profile(cms: xr.Dataset) -> None:
    masses = global_pairs(cms)
    ours = fit_z_mass(masses)
    inside = masses[(masses > 70) & (masses < 110)]
    assert ours.pairs == inside.size
    found = minimize(
        twice_nll,
        [91.2, 1.2, 0.8, 0.01],
        args=(inside,),
        method="Nelder-Mead",
        options={"xatol": 1e-5, "fatol": 1e-7, "maxiter": 2000},
    )
    assert found.success
    expected = (ours.mass_gev, ours.resolution_gev, ours.signal, ours.slope_per_gev)
    np.testing.assert_allclose(expected, found.x, atol=1e-3)
    moved = [minimum(inside, found.x, sign * ours.error_gev) - found.fun for sign in (-1, 1)]
    np.testing.assert_allclose(moved, 1.0, atol=0.1)


def minimum(masses: np.ndarray, best: np.ndarray, away: float) -> float:
    """Of twice the negative log likelihood, with the mass held at a distance from its best value."""
    fixed = best[0] + away
    found = minimize(lambda rest: twice_nll(np.array([fixed, *rest]), masses), best[1:], method="Nelder-Mead")
    return float(found.fun)


def test_what_was_put_into_the_toy_is_found_again(toy: xr.Dataset) -> None:
    found = fit_z_mass(pair_mass_gev(toy))
    assert abs(found.mass_gev - Z_GEV) < 3 * found.error_gev
    assert 0.01 < found.error_gev < 0.03


def test_no_loss_is_no_shift_and_more_loss_costs_more(toy: xr.Dataset) -> None:
    before, (none, little, much) = trades(
        toy, [BitRounding(), BitRounding(Relative(1e-6)), BitRounding(Relative(0.1))]
    )
    assert (none.shift_gev, none.largest_relative, none.largest_gev) == (0, 0, 0)
    assert none.ratio == pytest.approx(sum(toy[name].nbytes for name in toy) / none.compressed_bytes)
    assert 0 < little.largest_relative <= 1e-6
    assert abs(little.shift_in_errors) < 1e-3
    assert abs(much.shift_in_errors) > 3
    assert much.shift_in_errors == pytest.approx(much.shift_gev / before.error_gev)
    assert none.ratio < little.ratio < much.ratio


@dataclass
class Forgetful:
    """A compressor that keeps next to nothing."""

    what: str
    name: str = "forgetful"

    def compress(self, events: xr.Dataset) -> bytes:
        self.kept = events
        return b"next to nothing"

    def decompress(self, data: bytes) -> xr.Dataset:
        if self.what == "column":
            return self.kept.drop_vars("muon1_eta")
        if self.what == "rows":
            return self.kept.isel(candidate=slice(1, None))
        if self.what == "event":
            return self.kept.assign(event=self.kept["event"] // 2)
        return self.kept.assign(muon1_E=0 * self.kept["muon1_E"])


def test_where_no_peak_is_left_the_shift_is_no_number(toy: xr.Dataset) -> None:
    _, (trade,) = trades(toy, [Forgetful("energy")])
    assert math.isnan(trade.shift_gev)
    assert math.isnan(trade.shift_in_errors)
    assert trade.largest_relative == 1
    assert trade.largest_gev == toy["muon1_E"].max()


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("column", "column muon1_eta is missing"),
        ("rows", "column run is missing or has another number of rows"),
        ("event", "whole numbers of column event have changed"),
    ],
)
def test_a_compressor_that_loses_rows_columns_or_whole_numbers_is_found(
    toy: xr.Dataset, what: str, told: str
) -> None:
    with pytest.raises(OutOfRange, match=told):
        trades(toy, [Forgetful(what)])


def test_an_error_where_zero_was_is_infinitely_large() -> None:
    before = xr.Dataset({"x": ("row", np.array([0.0, 1.0]), {"units": "GeV"})})
    after = before.assign(x=("row", np.array([1e-9, 1.0])))
    assert largest_errors(before, after) == (math.inf, 1e-9)


@pytest.mark.parametrize(
    ("masses", "told"),
    [
        (np.full(99, 91.0), "99 of 99 pairs lie between 70 and 110 GeV; a fit needs 100"),
        (91_000 + np.arange(500.0), "0 of 500 pairs lie between 70 and 110 GeV"),
        ([], "0 of 0 pairs"),
        ([91.0, math.nan], "mass of pair 2 is not finite"),
        (np.linspace(70.1, 109.9, 1000), "no peak of the Z in 1000 masses"),
        (np.full(500, 91.0), "no peak of the Z in 500 masses between 70 and 110 GeV: resolution ends at"),
    ],
)
def test_masses_without_a_peak_of_the_z_give_no_mass(masses: object, told: str) -> None:
    with pytest.raises(OutOfRange, match=told):
        fit_z_mass(masses)  # type: ignore[arg-type]


def test_a_peak_without_background_is_fitted_too() -> None:
    pure = Z_GEV + WIDTH_GEV / 2 * np.random.default_rng(2).standard_cauchy(5000)
    found = fit_z_mass(pure + np.random.default_rng(3).normal(0, 1, 5000))
    assert abs(found.mass_gev - Z_GEV) < 3 * found.error_gev
    assert found.signal > 0.97
