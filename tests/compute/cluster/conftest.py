"""Clusters that a file of tests shares, in a state folder of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compute.cluster.runs import Place, numbers, used
from vre_dm.compute.cluster import cluster
from vre_dm.compute.cluster.local import LocalCluster


@pytest.fixture(scope="module", autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The user's state folder, for the length of a file; no gateway of the machine is seen."""
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder))
        patch.delenv("DASK_GATEWAY__ADDRESS", raising=False)
        yield folder


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that chunks read."""
    return numbers(tmp_path_factory.mktemp("numbers"))


@pytest.fixture(scope="module")
def two(state: Path) -> Iterator[LocalCluster]:
    """Two processes of this machine."""
    with cluster(2, "700 MB") as processes:
        yield processes


@pytest.fixture
def place(two: LocalCluster, file: Path) -> Iterator[Place]:
    """The two, for runs."""
    with used(two, file) as place:
        yield place
