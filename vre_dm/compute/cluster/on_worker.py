"""What a run has on each worker: its work and its files, unpacked once, and the chunks that run there now."""

import os
import signal
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cloudpickle
from distributed import WorkerPlugin, get_worker

from vre_dm.compute.cluster.unfit import Unfit
from vre_dm.compute.cluster.versions import differences, versions_here
from vre_dm.compute.cluster.worker_memory import adapt_allocator, limit_memory
from vre_dm.compute.inputs import Input
from vre_dm.compute.interrupting import interrupt
from vre_dm.compute.merging import merge
from vre_dm.compute.plan import Chunk
from vre_dm.compute.run.ours import forget_modules
from vre_dm.compute.work import Part, Work, do_chunk
from vre_dm.errors import ChunkFailed

if TYPE_CHECKING:
    from distributed import Nanny, Worker


class _Stopped(BaseException):
    """Raised in the thread of a chunk that is to end; no ``except Exception`` of a user keeps it."""


class Run(WorkerPlugin):
    """A run on one worker; workers that come later get it when they come.

    Parameters
    ----------
    name
        Of the run.
    packed
        `sent` of its work and files; the scheduler never unpacks it.
    """

    def __init__(self, name: str, packed: bytes) -> None:
        self.name = name
        self._packed = packed
        self._versions = versions_here()

    def setup(self, worker: "Worker") -> None:
        """Unpack the work; a worker that cannot, or has other versions, does no chunk and says why."""
        self._lock = threading.Lock()
        self._threads: set[int] = set()
        self._unfit: Unfit | None = None
        if different := differences(self._versions, versions_here()):
            self._unfit = Unfit(worker.address, tuple(different))
            return
        try:
            adapt_allocator()
            limit_memory(worker.memory_manager.memory_limit)
            if not any(isinstance(other, Run) and other is not self for other in worker.plugins.values()):
                forget_modules()  # a worker lives from run to run, and they may have been edited
            self._work, self._inputs = cloudpickle.loads(self._packed)
        except (
            Exception
        ) as error:  # raised for who registers the run; workers that come later tell it instead
            self._unfit = Unfit(worker.address, why=f"{type(error).__name__}: {error}")
            raise

    def do(self, chunk: Chunk, *, halved: bool) -> Part | ChunkFailed | Unfit | None:
        """Do a chunk; in two halves where it runs out of memory; ``None`` where it was stopped."""
        if self._unfit is not None:
            return self._unfit
        call = self._work, self._inputs[chunk.input], chunk
        try:
            with self._stoppable():
                done = None if halved else _done(*call)
                return done if done is not None else _in_halves(*call)
        except ChunkFailed as failed:
            return failed
        except _Stopped:
            return None

    def stop(self) -> None:
        """Raise in the threads of the chunks that run now; one deep in compiled code ends when it is out."""
        with self._lock:
            for thread in self._threads:
                interrupt(thread, _Stopped)

    def teardown(self, worker: "Worker") -> None:
        """End what runs still, as a chunk that came while the run ended."""
        self.stop()

    @property
    def busy(self) -> bool:
        """Whether a chunk runs."""
        return bool(self._threads)

    @contextmanager
    def _stoppable(self) -> Iterator[None]:
        thread = threading.get_ident()
        with self._lock:
            self._threads.add(thread)
        try:
            yield
        finally:
            with self._lock:
                self._threads.discard(thread)


def sent(work: Work, inputs: dict[int, Input]) -> bytes:
    """Work and files by their number in the plan, for `Run`."""
    return bytes(cloudpickle.dumps((work, inputs)))


def do(run: str, halved: bool, chunk: Chunk) -> Part | ChunkFailed | Unfit | None:
    """Do a chunk of a run on this worker. Failures are given, not raised: Dask would log them."""
    worker = get_worker()
    plugin = worker.plugins.get(run)
    if not isinstance(plugin, Run):
        return Unfit(worker.address, why="it was not given the run")
    return plugin.do(chunk, halved=halved)


def stop(run: str, dask_worker: "Worker") -> None:
    """End what runs of a run on this worker."""
    if isinstance(plugin := dask_worker.plugins.get(run), Run):
        plugin.stop()


def busy(run: str, dask_worker: "Worker") -> bool:
    """Whether a chunk of a run runs on this worker."""
    plugin = dask_worker.plugins.get(run)
    return isinstance(plugin, Run) and plugin.busy


def alone(run: str, dask_worker: "Worker") -> bool:
    """Whether all that runs on this worker is of a run."""
    return all(str(task.key).startswith(f"{run}-") for task in dask_worker.state.all_running_tasks)


def kill(dask_worker: "Nanny") -> None:
    """End a worker from the process that watches it, and starts it anew."""
    if dask_worker.pid is not None:
        os.kill(dask_worker.pid, signal.SIGKILL)


def _done(work: Work, file: Input, chunk: Chunk) -> Part | None:
    """Do a chunk; ``None`` where it ran out of memory and can be halved."""
    try:
        return do_chunk(work, file, chunk)
    except ChunkFailed as failed:
        if not (_short_of_memory(failed) and can_be_halved(work, chunk)):
            raise
        error: BaseException | None = failed
        while error is not None:  # the frames hold the arrays
            traceback.clear_frames(error.__traceback__)
            error = error.__cause__ or error.__context__
    return None


def _in_halves(work: Work, file: Input, chunk: Chunk) -> Part:
    middle = (chunk.start + chunk.stop) // 2
    first = do_chunk(work, file, replace(chunk, stop=middle, bytes=chunk.bytes // 2))
    second = do_chunk(work, file, replace(chunk, start=middle, bytes=chunk.bytes - chunk.bytes // 2))
    return replace(
        first,
        value=(work.reduce or merge)(first.value, second.value),
        entries=first.entries + second.entries,
        bytes_read=first.bytes_read + second.bytes_read,
        seconds=first.seconds + second.seconds,
        split=True,
    )


def can_be_halved(work: Work, chunk: Chunk) -> bool:
    """Whether a chunk has two halves: not one entry, and not a whole file under its path."""
    return work.kind != "path" and chunk.entries > 1


def _short_of_memory(error: BaseException) -> bool:
    found: Any = error
    while found is not None and not isinstance(found, MemoryError):
        found = found.__cause__ or found.__context__
    return found is not None
