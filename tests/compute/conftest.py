"""Files that a function is mapped over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compute.files import muons, write_tree
from vre_dm.compute.reading import shelf


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
