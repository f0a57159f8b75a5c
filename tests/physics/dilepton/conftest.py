"""The ATLAS dilepton release as the lake is seeded with it."""

from pathlib import Path

import pytest
import xarray as xr

import vre_dm
from vre_dm.physics.dilepton.channels import Channel, read_channels
from vre_dm.physics.dilepton.luminosity import read_luminosity
from vre_dm.physics.dilepton.published import LimitTable, read_limits
from vre_dm.physics.dilepton.search import BinnedSearch, RateSearch
from vre_dm.physics.dilepton.templates import Templates

RELEASE = Path(vre_dm.__file__).parent / "sandbox" / "seed" / "files" / "atlas"


@pytest.fixture(scope="session")
def luminosity() -> xr.DataArray:
    return read_luminosity(RELEASE / "dilepton.2018.partonlumi.parquet")


@pytest.fixture(scope="session")
def limits() -> LimitTable:
    return read_limits(RELEASE / "dilepton.2018.limits.parquet")


@pytest.fixture(scope="session")
def channels() -> tuple[Channel, ...]:
    kinds = (RELEASE.glob(f"dilepton.2018.{kind}.*") for kind in ("spectrum", "resolution", "xi"))
    return read_channels(*kinds)


@pytest.fixture(scope="session")
def templates(channels: tuple[Channel, ...], luminosity: xr.DataArray) -> Templates:
    return Templates(channels, luminosity)


@pytest.fixture(scope="session")
def rate(luminosity: xr.DataArray, limits: LimitTable) -> RateSearch:
    return RateSearch(luminosity, limits, inputs=("atlas:limits adler32:00000001",))


@pytest.fixture(scope="session")
def binned(templates: Templates) -> BinnedSearch:
    return BinnedSearch(templates)
