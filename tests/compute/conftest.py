"""Files that a function is mapped over."""

import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compute.files import muons, write_tree
from tests.compute.remote import wide
from vre_dm.compute.reading import shelf
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.instances import from_rucio_cfg
from vre_dm.lake.lake import Lake
from vre_dm.sandbox import LakeStatus


@pytest.fixture(autouse=True)
def kept_modules() -> Iterator[None]:
    """What a test lets a worker forget is there for the tests after it, as it was."""
    before = dict(sys.modules)
    yield
    sys.modules.update(before)


@pytest.fixture(autouse=True)
def closed_files() -> Iterator[None]:
    """No test leaves a file open."""
    yield
    shelf.clear()


@pytest.fixture
def ntuple(tmp_path: Path) -> Path:
    """A tree of a thousand entries in baskets of a hundred."""
    return write_tree(tmp_path / "muons.root", muons())


@pytest.fixture
def ntuples(tmp_path: Path) -> list[Path]:
    """Three trees, the second without an entry."""
    sizes = {"a": 1000, "b": 0, "c": 350}
    return [
        write_tree(tmp_path / f"{name}.root", muons(n, seed=i + 1))
        for i, (name, n) in enumerate(sizes.items())
    ]


@pytest.fixture(scope="session")
def wide_did(embedded_lake: LakeStatus, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A dataset of one wide file, on a storage that only https reaches."""
    folder = tmp_path_factory.mktemp("wide")
    name = f"wide.{uuid.uuid4().hex[:8]}"
    path = wide(folder / f"{name}.root")
    lake = Lake(from_rucio_cfg(embedded_lake.rucio_config, {}), folder / "cache", uploads=folder / "uploads")
    unknown = dict.fromkeys(("experiment", "technique", "arxiv", "licence"), "unknown")
    about = {"title": "Wide", "year": 2026, **unknown}
    lake.publish(path, f"user.dm:{name}", rse="CNAF-STORM", days=1, metadata=about)
    return f"user.dm:{name}"


@pytest.fixture
def wide_dataset(embedded_lake: LakeStatus, wide_did: str, tmp_path: Path) -> Dataset:
    """It, as somebody sees it who has none of it yet and mounts no storage."""
    return Lake(from_rucio_cfg(embedded_lake.rucio_config, {}), tmp_path / "cache").dataset(wide_did)
