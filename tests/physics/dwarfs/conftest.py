"""The LAT's likelihood tables and the spectra as the lake is seeded with them."""

from pathlib import Path

import pytest
import xarray as xr

import vre_dm
from vre_dm.physics.dwarfs.roster import Roster, read_roster
from vre_dm.physics.dwarfs.stack import DwarfStack
from vre_dm.physics.dwarfs.tables import read_bin_likelihoods
from vre_dm.physics.spectra import TabulatedSpectrum, read_pppc

SEED = Path(vre_dm.__file__).parent / "sandbox" / "seed" / "files"


@pytest.fixture(scope="session")
def tables() -> xr.Dataset:
    return read_bin_likelihoods(sorted((SEED / "fermi").glob("dsph.likelihood.*")))


@pytest.fixture(scope="session")
def roster() -> Roster:
    return read_roster(SEED / "fermi" / "dsph.jfactors.parquet")


@pytest.fixture(scope="session")
def channels() -> dict[str, TabulatedSpectrum]:
    return read_pppc(SEED / "pppc4dmid" / "pppc4dmid.gamma.noew.parquet")


@pytest.fixture(scope="session")
def stack(tables: xr.Dataset, roster: Roster) -> DwarfStack:
    return DwarfStack(tables, roster)
