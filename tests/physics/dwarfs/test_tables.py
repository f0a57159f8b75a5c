"""Likelihood tables of the LAT are read whole; a table with a gap, or another file, is refused by name."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr

from tests.physics.dwarfs.conftest import SEED
from vre_dm.errors import OutOfRange
from vre_dm.physics.dwarfs.roster import JFactor, Roster, read_roster
from vre_dm.physics.dwarfs.tables import likelihood_tables, read_bin_likelihoods

DRACO = SEED / "fermi" / "dsph.likelihood.draco.parquet"
FLUX, LNL = [[0.0, 1e-9, 1e-8]] * 2, [[0.0, 0.1, -3.0]] * 2
EDGES = [500.0, 1000.0, 2000.0]


def test_48_targets_in_24_bins_from_half_a_gev_to_half_a_tev(tables: xr.Dataset) -> None:
    assert dict(tables.sizes) == {"target": 48, "energy_bin": 24, "point": 25}
    assert tables["e_min"].to_numpy()[0] == 500
    assert tables["e_max"].to_numpy()[-1] == pytest.approx(500e3)
    assert tables["flux"].attrs["units"] == "MeV / (cm2 s)"


def test_other_files_of_a_fetch_are_left_aside() -> None:
    both = read_bin_likelihoods([SEED / "fermi" / "dsph.jfactors.parquet", DRACO])
    assert both["target"].to_numpy().tolist() == ["draco"]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda t: t.drop(index=30), r"row 26: the bin from 666\.8 MeV has 24 fluxes"),
        (lambda t: t.drop(index=range(50, 75)), r"row 51: no energy bin begins at 889\.1 MeV"),
        (lambda t: t.drop(columns="dlnL"), "no column 'dlnL'"),
        (lambda t: t.assign(dlnL=t.dlnL.where(t.index != 7)), "column dlnL, row 8"),
        (lambda t: t.assign(eflux=-t.eflux), "flux"),
        (lambda t: t.assign(eflux=t.eflux + 1e-10), "no lnL at zero flux"),
        (lambda t: t.assign(eflux=t.eflux.where(t.index != 3, 1.0)), "do not rise"),
        (lambda t: t.iloc[:0], "no row"),
        (lambda t: t.assign(dlnL=t.dlnL.astype(str)), "column dlnL"),
    ],
)
def test_a_table_that_is_not_whole_is_refused(
    tmp_path: Path, spoil: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    path = tmp_path / "dsph.likelihood.spoilt.parquet"
    spoil(pd.read_parquet(DRACO)).to_parquet(path)
    with pytest.raises(OutOfRange, match=message):
        read_bin_likelihoods([path])


def test_a_target_twice_and_other_energy_bins_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OutOfRange, match="second table of draco"):
        read_bin_likelihoods([DRACO, DRACO])
    wider = pd.read_parquet(DRACO).eval("e_min_MeV = 2 * e_min_MeV\ne_max_MeV = 2 * e_max_MeV")
    wider.to_parquet(tmp_path / "dsph.likelihood.wider.parquet")
    with pytest.raises(OutOfRange, match="other energy bins than"):
        read_bin_likelihoods([DRACO, tmp_path / "dsph.likelihood.wider.parquet"])


def test_another_file_is_not_taken_for_a_likelihood() -> None:
    with pytest.raises(OutOfRange, match="e_min_MeV"):
        read_bin_likelihoods([SEED / "fermi" / "dsph.jfactors.parquet"])
    with pytest.raises(OutOfRange, match="no column 'target'"):
        read_roster(DRACO)


@pytest.mark.parametrize(
    ("flux", "lnl", "edges", "message"),
    [
        (FLUX, [[0.0, 0.1, 0.2]] * 2, EDGES, "energy bin 1 of 2: a lnL that does not fall at the last flux"),
        (FLUX, LNL, EDGES[:2], "do not fit 1 bins"),
        (FLUX, LNL, EDGES[::-1], "rise"),
        (FLUX, [[0.0, float("inf"), -3.0]] * 2, EDGES, "not finite"),
    ],
)
def test_numbers_that_are_no_likelihood_are_refused(
    flux: object, lnl: object, edges: object, message: str
) -> None:
    with pytest.raises(OutOfRange, match=message):
        likelihood_tables({"toy": (flux, lnl)}, edges)  # type: ignore[dict-item, arg-type]


def test_no_table_at_all_is_refused() -> None:
    with pytest.raises(OutOfRange, match="no target"):
        read_bin_likelihoods([])


def test_the_roster_is_the_unrounded_sample_of_41(roster: Roster) -> None:
    assert len(roster) == 41
    assert roster["draco"] == JFactor(18.8401, 0.13, "geringer-sameth2015_nfw")


def test_a_roster_of_others_is_made_from_one(roster: Roster) -> None:
    assert list(roster.only("segue_1", "draco")) == ["segue_1", "draco"]
    assert len(roster.without("segue_1")) == 40
    assert roster.replaced({"draco": JFactor(18.0, 0.2)})["draco"].log10_j == 18.0
    with pytest.raises(OutOfRange, match="near it: draco"):
        roster.only("Drako")


def test_a_roster_in_other_units_is_refused_with_its_row(tmp_path: Path) -> None:
    frame = pd.read_parquet(SEED / "fermi" / "dsph.jfactors.parquet")
    frame.loc[2, "log10J"] = 10 ** frame.loc[2, "log10J"]
    frame.to_parquet(tmp_path / "j.parquet")
    with pytest.raises(OutOfRange, match=r"j\.parquet, row 3: log10 of J in GeV2/cm5 = 5\.754\S* must lie"):
        read_roster(tmp_path / "j.parquet")


@pytest.mark.parametrize(
    ("log10_j", "sigma"), [(18.8e18, 0.1), (-3, 0.1), (18, -0.1), (18, 5), (float("nan"), 1)]
)
def test_a_j_factor_in_other_units_is_refused(log10_j: float, sigma: float) -> None:
    with pytest.raises(OutOfRange, match="log10"):
        JFactor(log10_j, sigma)
