"""Files of known numbers, and a function that goes on when it is told to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

from tests.lakes import until
from vre_dm.compute.inputs import inputs_of
from vre_dm.compute.run.order import Order, order_of
from vre_dm.lake.jobs import journal
from vre_dm.lake.jobs.folder import folders
from vre_dm.lake.transfer.events import Computing, Event

CHUNKS, ENTRIES = 6, 1000
TOTAL = float(sum(range(CHUNKS * ENTRIES)))


@dataclass(frozen=True, slots=True)
class Files:
    """Two files of three baskets each; ``x`` counts the entries of both."""

    paths: tuple[Path, ...]

    def order(self, function: Callable[[Any], Any], **how: Any) -> Order:
        """Order of a map over them, a chunk a basket."""
        return order_of(function, inputs=inputs_of(self.paths), **{"chunk_bytes": 8 * ENTRIES, **how})


@pytest.fixture
def files(tmp_path: Path) -> Files:
    paths = tuple(tmp_path / f"events.{number}.root" for number in range(2))
    counted = np.arange(CHUNKS * ENTRIES, dtype="f8").reshape(len(paths), -1, ENTRIES)
    for path, chunks in zip(paths, counted, strict=True):
        with uproot.recreate(path) as file:
            tree = file.mktree("events", {"x": "f8", "weight": "f8"})
            for chunk in chunks:
                tree.extend({"x": chunk, "weight": np.ones(ENTRIES)})
    return Files(paths)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """Where the jobs of this test are; none outlives it."""
    root = tmp_path / "state" / "jobs"
    yield root
    for folder in folders(root):
        folder.cancel()


def told(root: Path) -> list[Event]:
    """What the newest job told so far."""
    return [entry.event for entry in journal.read(folders(root)[0].journal)]


def reached(root: Path, chunks: int) -> None:
    """Wait until the newest job has done so many chunks."""

    def done() -> bool:
        return any(isinstance(event, Computing) and event.chunks_done >= chunks for event in told(root))

    until(done)


def gated(gate: Path, first: int) -> Callable[[Any], Any]:
    """Sum of x; from the chunk on that begins with this number it waits until a file is there."""

    def total(events: Any) -> float:
        import time

        while events.x[0] >= first and not gate.exists():
            time.sleep(0.02)
        return float(np.sum(events.x))

    return total
