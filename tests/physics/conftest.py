"""The XENON1T S2-only release as the lake is seeded with it."""

from pathlib import Path

import pandas as pd
import pytest

import vre_dm
from vre_dm.physics.counting import CountingExperiment
from vre_dm.physics.response import read_response

RELEASE = Path(vre_dm.__file__).parent / "sandbox" / "seed" / "files" / "xenon"


@pytest.fixture(scope="session")
def published() -> pd.DataFrame:
    return pd.read_parquet(RELEASE / "s2only.limits.parquet")


@pytest.fixture(scope="session")
def events() -> pd.DataFrame:
    return pd.read_parquet(RELEASE / "s2only.events.parquet")


@pytest.fixture(scope="session")
def xenon1t() -> CountingExperiment:
    response = read_response(RELEASE / "s2only.response.parquet", RELEASE / "s2only.binning.parquet")
    return CountingExperiment("XENON1T S2-only", response, exposure_tonne_year=0.97678, threshold_kev=0.7)
