"""A cluster of processes of this machine, from the side of who asks for it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from vre_dm.compute.cluster import machine
from vre_dm.compute.cluster.environment import environment
from vre_dm.compute.cluster.folder import START, ClusterFolder, Contact, Size, named
from vre_dm.compute.cluster.range import WorkerRange
from vre_dm.errors import InvalidConfiguration, NoCluster
from vre_dm.lake.tables import clean, size_text
from vre_dm.lake.transfer.owner import myself

if TYPE_CHECKING:
    from vre_dm.compute.dask_backend import DaskBackend

_SHARE = 0.8  # of the memory; the rest is the notebook's and the run's
_SMALLEST = 300_000_000  # bytes: what a worker fills before it has read anything, and some room
_END = 10.0  # seconds a cluster may take to end
_END_UNUSED = 3.0  # the same of one that nobody has used
_PATIENCE = 60.0  # seconds to wait for a first worker
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

    def __init__(self, root: Path, order: Size, folder: ClusterFolder | None = None) -> None:
        self._root, self._order, self._folder = root, order, folder
        # Only who made it ends it with a block.
        self._mine = folder is None
        self._starting: subprocess.Popen[bytes] | None = None

    @classmethod
    def of(cls, root: Path, workers: WorkerRange | None, memory: int | None, idle: float) -> "LocalCluster":
        """Size one to the machine where nothing else is asked.

        Raises
        ------
        InvalidConfiguration
            The machine has not that much memory, or a worker could not work with it.
        """
        workers = workers or WorkerRange(machine.cores(), machine.cores())
        each = memory or int(_SHARE * machine.memory()) // max(workers.maximum, 1)
        _check_memory(workers, each)
        if each < _SMALLEST:
            msg = f"a worker with {size_text(each)} cannot work: it needs {size_text(_SMALLEST)} or more"
            raise InvalidConfiguration(msg)
        return cls(root, Size(workers.minimum, workers.maximum, each, idle))

    @property
    def id(self) -> str:
        """By which `vre_dm.clusters` and ``vre_dm.cluster(name=…)`` know it; empty before it is started."""
        return self._folder.path.name if self._folder is not None else ""

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
        """Address of its pages: whoever has it may read them. Empty while it does not run."""
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
            self._start()
            self._wait()
        return self

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Start it for a run of this process, which need not wait: `backend` does. At the end it ends too.

        One that runs already is left as it is.

        Raises
        ------
        NotWritable
            Its folder cannot be made.
        """
        if not self._mine or self.running:
            yield
            return
        # It has this process to end with, however long that takes to need it.
        self._order = replace(self._order, owner=str(myself()), idle=0.0)
        self._start()
        try:
            yield
        finally:
            self.down()

    def scale(self, workers: int | tuple[int, int]) -> None:
        """Change the number of workers, also while a run uses them.

        Raises
        ------
        InvalidConfiguration
            It is no number of workers, or this machine has not the memory for them.
        """
        number = WorkerRange.of(workers)
        _check_memory(number, self._order.memory)
        self._order = replace(self._order, minimum=number.minimum, maximum=number.maximum)
        if self._folder is not None and self.running:
            with suppress(FileNotFoundError):  # it ends at this moment
                self._folder.order(self._order)

    def down(self) -> None:
        """End it with all its processes."""
        folder, self._folder = self._folder, None
        starting, self._starting = self._starting, None
        if folder is None:
            return
        if starting is not None:
            _stop_unused(starting)
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
        handed: dict[str, Any] = {"kind": "local", "order": asdict(self._order)}
        if self.running and self._folder is not None:
            handed["folder"] = str(self._folder.path)
        return handed

    @classmethod
    def restored(cls, root: Path, handed: Mapping[str, Any]) -> "LocalCluster":
        """Cluster that was handed over; one that ended meanwhile is made anew for the run."""
        order = Size(**handed["order"])
        folder = named(root, Path(handed["folder"]).name) if "folder" in handed else None
        if folder is None or folder.ordered is None or folder.access is None:
            return cls(root, order)
        return cls(root, folder.ordered, folder)

    @classmethod
    def attached(cls, root: Path, name: str) -> "LocalCluster | None":
        """Cluster that runs, by its name; ``None`` where there is none. A ``with`` block does not end it."""
        folder = named(root, name)
        order = folder.ordered if folder is not None else None
        return cls(root, order, folder) if order is not None else None

    def backend(self, stop: threading.Event | None = None) -> "DaskBackend":
        """Use it for a run. One that is not up yet is waited for, or started and ends with the run.

        Raises
        ------
        NoCluster, VersionsDiffer
            It cannot be used.
        """
        from vre_dm.compute.dask_backend import DaskBackend  # takes a while, in which it starts

        with ExitStack() as end:
            if self._starting is not None:
                self._wait()
            elif self._mine and not self.running:
                end.enter_context(self.begun())
                self._wait()
            access = self._access()
            if access is None:
                msg = f"{self.name} ended; make another one"
                raise NoCluster(msg)
            return DaskBackend(
                access,
                self.name,
                end.pop_all().close,
                patience=_PATIENCE if self._order.minimum else 0.0,  # from zero workers come with the work
                stop=stop,
            )

    def __enter__(self) -> Self:
        return self.up()

    def __exit__(self, *_: object) -> None:
        if self._mine:
            self.down()

    def __repr__(self) -> str:
        stands = self.id if self.running else "not started"
        return f"<{self.name}, {size_text(self._order.memory)} each: {stands}>"

    def _start(self) -> None:
        self._folder = ClusterFolder.new(self._root, self._order)
        self._starting = _spawn(self._folder)

    def _wait(self) -> None:
        """Until it can be used."""
        process, self._starting = self._starting, None
        if self._folder is not None and process is not None:
            _wait(self._folder, process)

    def _access(self) -> Contact | None:
        folder = self._folder
        if folder is None or folder.process is None or folder.process.ended:
            return None
        return folder.access


def _check_memory(workers: WorkerRange, each: int) -> None:
    """Refuse more memory than this process and all that it starts may use."""
    whole, asked = machine.memory(), each * workers.maximum
    if asked > whole:
        msg = (
            f"{workers} workers of {size_text(each)} need {size_text(asked)}, "
            f"and this machine gives {size_text(whole)}; ask for fewer, or for less memory="
        )
        raise InvalidConfiguration(msg, field="workers")


def _spawn(folder: ClusterFolder) -> subprocess.Popen[bytes]:
    with folder.log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-W", "ignore", "-m", "vre_dm.compute.cluster.process", str(folder.path)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment(os.environ),
            start_new_session=True,
        )
    # It may outlive us; should it end first, somebody must take its exit code.
    threading.Thread(target=process.wait, daemon=True).start()
    return process


def _stop_unused(process: subprocess.Popen[bytes]) -> None:
    """End one that nobody has used; it gets the time to remove what it put outside of its folder."""
    process.terminate()
    try:
        process.wait(_END_UNUSED)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _wait(folder: ClusterFolder, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START
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
    how = "ended" if process.poll() is not None else f"was not ready after {START:.0f} s"
    return f"the local cluster {how}: {last}; run here (without on=), or ask for less"
