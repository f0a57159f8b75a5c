"""Runs that the tests of all kinds of clusters make."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from tests.compute.files import write_tree
from vre_dm.compute.backend import Backend, Call
from vre_dm.compute.cluster import Cluster, backend_for
from vre_dm.compute.cluster.folder import ClusterFolder
from vre_dm.compute.cluster.local import LocalCluster
from vre_dm.compute.inputs import inputs_of
from vre_dm.compute.plan import Chunk
from vre_dm.compute.work import Part, Work
from vre_dm.errors import ChunkFailed

Came = dict[int, Part | ChunkFailed]


def numbers(folder: Path) -> Path:
    """File whose column ``x`` counts its ten thousand entries."""
    return write_tree(folder / "numbers.root", {"x": np.arange(10_000)}, tree="events", basket=1000)


def chunks(file: Path, number: int) -> list[Call]:
    """Chunks of ten entries."""
    (source,) = inputs_of([file])
    return [(source, Chunk(i, 0, 10 * i, 10 * i + 10, 80)) for i in range(number)]


def work(function: Callable[[Any], Any]) -> Work:
    """Work that takes ten numbers as ``x``."""
    return Work(function, kind="numpy", tree="events", columns=("x",))


def value(came: Part | ChunkFailed) -> Any:
    assert isinstance(came, Part), came
    return came.value


@dataclass(frozen=True, slots=True)
class Place:
    """A back end, and a file that its chunks read."""

    backend: Backend
    file: Path

    def started(
        self, function: Callable[[Any], Any], number: int, stop: threading.Event | None = None
    ) -> Iterator[tuple[int, Part | ChunkFailed]]:
        """Begin some chunks; what came of each as it comes."""
        return self.backend.run(work(function), chunks(self.file, number), stop or threading.Event())

    def done(self, function: Callable[[Any], Any], number: int) -> Came:
        """What came of some chunks."""
        return dict(self.started(function, number))


@contextmanager
def used(cluster: Cluster, file: Path) -> Iterator[Place]:
    """Use a cluster as a run does, in what may be another process."""
    backend = backend_for(cluster.handed())
    try:
        yield Place(backend, file)
    finally:
        backend.close()


def family(processes: LocalCluster) -> list[psutil.Process]:
    """Processes of a cluster of this machine, its own first."""
    folder = ClusterFolder(Path(processes.handed()["folder"]))
    assert folder.process is not None
    main = psutil.Process(folder.process.pid)
    return [main, *main.children(recursive=True)]
