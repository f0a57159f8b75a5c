"""One real lake for all benchmarks, our client and the stock one on it, and the table at the end."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from bench.figures import Figures
from bench.lakes import register_many

# Once for all files: two of these fixtures do not get along.
from tests.browser.conftest import browser as browser
from tests.browser.conftest import playwright as playwright
from tests.lakes import client
from vre_dm import sandbox
from vre_dm.lake.instances import from_rucio_cfg
from vre_dm.lake.lake import Lake
from vre_dm.sandbox import LakeStatus

_FIGURES = pytest.StashKey[Figures]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--peers-python", default="python3", help="interpreter that has pooch, and ROOT")
    parser.addoption("--events", type=int, default=1_000_000, help="events a file of event loops on workers")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FIGURES] = Figures()
    config.option.benchmark_columns = config.option.benchmark_columns or ["min", "median", "max", "rounds"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Start, memory and idle time are measured while no lake of ours runs beside them.
    items.sort(key=lambda item: "embedded_lake" in getattr(item, "fixturenames", ()))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if lines := config.stash[_FIGURES].lines():
        terminalreporter.section("vre-dm and its peers: medians, measured in turns")
        terminalreporter.write("\n".join(lines) + "\n")


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> Figures:
    """What the table at the end shows."""
    return pytestconfig.stash[_FIGURES]


@pytest.fixture(scope="session")
def embedded_lake() -> Iterator[LakeStatus]:
    """A lake from nothing with the seed data, and one dataset of 10 000 files."""
    root = sandbox.default_root().with_name(f"bench-lake-{os.getpid()}")
    try:
        lake = sandbox.up(root, idle=3600)
        register_many(lake)
        yield lake
    finally:
        sandbox.reset(root)


@pytest.fixture(scope="session")
def lake(embedded_lake: LakeStatus, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Ours, logged in with the user's password."""
    return Lake(from_rucio_cfg(embedded_lake.userpass_config, {}), tmp_path_factory.mktemp("fetched"))


@pytest.fixture(scope="session")
def rucio(embedded_lake: LakeStatus) -> Any:
    """The peer: the stock client, logged in with the same password."""
    return client(embedded_lake)
