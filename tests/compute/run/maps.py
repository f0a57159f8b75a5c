"""Maps that are begun, stopped and killed by the tests."""

import contextlib
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np

from tests.compute.run.conftest import reached
from tests.lakes import until
from vre_dm.compute.run.driving import started as driven
from vre_dm.compute.run.order import Order
from vre_dm.compute.run.running import RunningMap
from vre_dm.compute.run.starting import begun_job
from vre_dm.errors import VreDmError
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.jobs.folder import folders
from vre_dm.lake.jobs.started import StartedJob


def total(events: Any) -> float:
    return float(np.sum(events.x))


def no_lake(lake: str, did: str) -> Dataset:
    raise AssertionError


def begun_here(root: Path, order: Order) -> StartedJob:
    """Begin a map in this process, as its own process does it."""
    return driven(begun_job(root, order), no_lake)


def done_here(root: Path, order: Order) -> RunningMap:
    """Do a map in this process, to its end."""
    with contextlib.suppress(VreDmError):  # it can be read afterwards
        begun_here(root, order).result(60)
    return RunningMap(folders(root)[0])


def stopped_here(root: Path, order: Order, chunks: int) -> None:
    """Stop a map after so many chunks."""
    running = begun_here(root, order)
    reached(root, chunks)
    running.cancel()
    assert running.wait(60)


def pid_of(root: Path) -> int:
    """Process of the newest job."""
    begun = folders(root)[0].begun
    assert begun is not None
    return begun.owner.pid


def killed(root: Path) -> None:
    """Kill the process of the newest job, and wait until it is seen."""
    os.kill(pid_of(root), signal.SIGKILL)
    until(lambda: folders(root)[0].gone)
