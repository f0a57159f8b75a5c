"""A cluster of processes of this machine, from the side of who asks for it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from vre_dm.compute.cluster import machine
from vre_dm.compute.cluster.folder import Access, ClusterFolder, Order
from vre_dm.compute.cluster.range import WorkerRange
from vre_dm.compute.memory import MALLOC
from vre_dm.errors import InvalidConfiguration, NoCluster
from vre_dm.lake.tables import clean, size_text
from vre_dm.lake.transfer.owner import myself

if TYPE_CHECKING:
    from vre_dm.compute.dask_backend import DaskBackend

_SHARE = 0.8  # of the memory; the rest is the notebook's and the run's
_SMALLEST = 300_000_000  # bytes: what a worker fills before it has read anything, and some room
_START, _END = 180.0, 10.0  # seconds a cluster may take to start, and to end
_LOOK = 0.02


class LocalCluster:
    """Processes of this machine, one core each.

    Parameters
    ----------
    root
        Folder of this user's local clusters.
    order
        What it is to be.
    folder
        Of one that runs already.
    """

    def __init__(self, root: Path, order: Order, folder: ClusterFolder | None = None) -> None:
        self._root, self._order, self._folder = root, order, folder
        # Only who made it ends it.
        self._mine = folder is None

    @classmethod
    def of(cls, root: Path, workers: WorkerRange | None, memory: int | None, idle: float) -> "LocalCluster":
        """Size one to the machine where nothing else is asked.

        Raises
        ------
        InvalidConfiguration
            The machine has not that much memory, or a worker could not work with it.
        """
        workers = workers or WorkerRange(machine.cores(), machine.cores())
        whole = machine.memory()
        each = memory or int(_SHARE * whole) // max(workers.maximum, 1)
        if each * workers.maximum > whole:
            msg = (
                f"{workers} workers of {size_text(each)} need {size_text(each * workers.maximum)}, "
                f"and this machine gives {size_text(whole)}; ask for fewer, or for less memory="
            )
            raise InvalidConfiguration(msg)
        if each < _SMALLEST:
            msg = f"a worker with {size_text(each)} cannot work: it needs {size_text(_SMALLEST)} or more"
            raise InvalidConfiguration(msg)
        return cls(root, Order(workers.minimum, workers.maximum, each, idle))

    @property
    def name(self) -> str:
        """For the user."""
        number = WorkerRange(self._order.minimum, self._order.maximum)
        return f"{number} {'process' if self._order.maximum == 1 else 'processes'} of this machine"

    @property
    def running(self) -> bool:
        """Whether it can be used now."""
        return self._access() is not None

    @property
    def dashboard(self) -> str:
        """Address of its pages, which ask for no login; empty while it does not run."""
        access = self._access()
        return access.dashboard if access else ""

    def up(self) -> Self:
        """Start it, and wait until it can be used.

        Raises
        ------
        NoCluster
            It did not start; the text says why.
        NotWritable
            Its folder cannot be made.
        """
        if not self.running:
            self._folder = ClusterFolder.new(self._root, self._order)
            _wait(self._folder, _spawn(self._folder))
        return self

    def scale(self, workers: int | tuple[int, int]) -> None:
        """Change the number of workers, also while a run uses them."""
        number = WorkerRange.of(workers)
        self._order = replace(self._order, minimum=number.minimum, maximum=number.maximum)
        if self._folder is not None:
            self._folder.order(self._order)

    def down(self) -> None:
        """End it with all its processes."""
        folder, self._folder = self._folder, None
        if folder is None:
            return
        process = folder.process
        folder.end()
        until = time.monotonic() + _END
        while process is not None and process.here and not process.ended and time.monotonic() < until:
            time.sleep(_LOOK)
        if process is not None and process.here and not process.ended:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        folder.remove()

    def handed(self) -> dict[str, Any]:
        """What another process needs for `vre_dm.compute.cluster.backend_for`: no secret is in it."""
        if self.running and self._folder is not None:
            return {"kind": "local", "folder": str(self._folder.path)}
        return {"kind": "local", "order": asdict(self._order)}

    @classmethod
    def restored(cls, root: Path, handed: Mapping[str, Any]) -> "LocalCluster":
        """Cluster that was handed over.

        Raises
        ------
        NoCluster
            It ended meanwhile.
        """
        if "order" in handed:
            return cls(root, Order(**handed["order"]))
        folder = ClusterFolder(Path(handed["folder"]))
        order = folder.ordered
        if order is None or folder.access is None:
            msg = f"the cluster {folder.path.name} ended; make another one"
            raise NoCluster(msg)
        return cls(root, order, folder)

    def backend(self, stop: threading.Event | None = None) -> "DaskBackend":
        """Use it for a run. One that does not run yet is started, and ends with the run or with this process.

        Raises
        ------
        NoCluster, VersionsDiffer
            It cannot be used.
        """
        from vre_dm.compute.dask_backend import DaskBackend

        if self._mine and not self.running:
            self._order = replace(self._order, owner=str(myself()))
            self.up()
        access = self._access()
        if access is None:
            msg = f"{self.name} ended; make another one"
            raise NoCluster(msg)
        return DaskBackend(access, self.name, self.down if self._order.owner else lambda: None, stop=stop)

    def __enter__(self) -> Self:
        return self.up()

    def __exit__(self, *_: object) -> None:
        self.down()

    def __repr__(self) -> str:
        return (
            f"<{self.name}, {size_text(self._order.memory)} each: {'up' if self.running else 'not started'}>"
        )

    def _access(self) -> Access | None:
        folder = self._folder
        if folder is None or folder.process is None or folder.process.ended:
            return None
        return folder.access


def _spawn(folder: ClusterFolder) -> subprocess.Popen[bytes]:
    with folder.log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-W", "ignore", "-m", "vre_dm.compute.cluster.process", str(folder.path)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=os.environ | MALLOC,
            start_new_session=True,
        )
    # It may outlive us; should it end first, somebody must take its exit code.
    threading.Thread(target=process.wait, daemon=True).start()
    return process


def _wait(folder: ClusterFolder, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START
    try:
        while folder.access is None:
            if process.poll() is not None or time.monotonic() > until:
                raise NoCluster(_why(folder, process))
            time.sleep(_LOOK)
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        folder.remove()
        raise


def _why(folder: ClusterFolder, process: subprocess.Popen[bytes]) -> str:
    lines = folder.log.read_text(errors="replace").splitlines() if folder.log.exists() else []
    said = [line for line in lines if line.strip()]
    last = clean(said[-1], 300) if said else "it said nothing"
    how = "ended" if process.poll() is not None else f"was not ready after {_START:.0f} s"
    return f"the local cluster {how}: {last}; run here (without on=), or ask for less"
