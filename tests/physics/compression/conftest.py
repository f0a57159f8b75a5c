"""CMS's candidates as the lake is seeded with them, and simulated pairs."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import vre_dm
from vre_dm.physics.compression.dimuons import read_dimuons
from vre_dm.physics.compression.toy import toy_dimuons

CMS = Path(vre_dm.__file__).parent / "sandbox" / "seed" / "files" / "cms" / "zmumu.2010.root"


@pytest.fixture(scope="package")
def cms() -> xr.Dataset:
    return read_dimuons(CMS)


@pytest.fixture(scope="package")
def toy() -> xr.Dataset:
    return toy_dimuons(20_000, np.random.default_rng(15))
