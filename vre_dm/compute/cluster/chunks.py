"""The chunks of one run on a Dask cluster: sent, gathered as they end, tried again, stopped."""

import asyncio
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import CancelledError, wait
from concurrent.futures import Future as Future_
from contextlib import suppress
from enum import IntEnum
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from vre_dm.compute.backend import Call, Came
from vre_dm.compute.cluster.on_scheduler import holders
from vre_dm.compute.cluster.on_worker import alone, busy, can_be_halved, do, kill
from vre_dm.compute.cluster.on_worker import stop as stop_on
from vre_dm.compute.cluster.presence import Presence
from vre_dm.compute.cluster.unfit import Unfit
from vre_dm.compute.work import Work
from vre_dm.errors import ChunkFailed, ClusterLost

if TYPE_CHECKING:
    from distributed import Client, Future

_LOOK = 0.1  # seconds between two looks at whether the run is to stop, while no chunk ends
_APART = 0.25  # seconds between two fetches, which take scheduler and workers from their work
_HEED = 1.0  # seconds within which a chunk that was told to stop should
_ANSWER = 10.0  # seconds for a scheduler, or the process that watches a worker
_MEMORY_WORDS = ("memory budget", "memory usage", "Unmanaged memory use is high")


class _Try(IntEnum):
    """How a chunk is tried: a worker that dies takes neighbours along, so a suspect is tried alone first."""

    AMONG_OTHERS = 0
    ALONE = 1
    IN_HALVES = 2


class Chunks:
    """Chunks of one run: those that are not done yet, and what came of the others."""

    def __init__(self, client: "Client", name: str, run: str, work: Work, calls: Sequence[Call]) -> None:
        self._client, self._name, self._run, self._work = client, name, run, work
        self._calls = calls
        self._ended: SimpleQueue[Future] = SimpleQueue()
        self._open: dict[Any, tuple[int, Future, _Try]] = {}
        self._suspects: deque[int] = deque()
        self._due = 0.0
        self._submit(in_turns(calls, self._workers()))

    def results(self, stop: threading.Event) -> Iterator[Came]:
        """Tell them as they end, until none is open or the run is to stop.

        Raises
        ------
        VersionsDiffer, NoCluster
            A worker came that cannot do them, or none came for long.
        ClusterLost
            The scheduler went away.
        """
        with Presence(self._client, self._name) as presence:
            while self._open and not stop.is_set():
                presence.check()
                yield from self._step(stop)

    def _step(self, stop: threading.Event) -> Iterator[Came]:
        """Tell those that ended within a moment."""
        ended = self._next()
        good = [future for future in ended if future.status == "finished"]
        for future, value in zip(good, self._gathered(good, stop), strict=False):
            if isinstance(value, Unfit):
                raise value.error(self._name)
            index, _, _ = self._open.pop(future.key)
            if value is not None:
                yield index, value
        for future in ended:
            if future.status == "error":
                yield from self._died(future)
            elif future.key in self._open:  # its worker died with the result: it is done again
                future.add_done_callback(self._ended.put)
        self._try_a_suspect()

    def end(self) -> None:
        """Stop what is open: what waits is taken back, what runs is told; who does not heed is killed.

        A worker that may be at work for others is left: its chunk ends by itself.
        """
        if not self._open or self._client.status != "running":
            return
        with suppress(Exception):  # a cluster that goes away at this moment runs nothing any more
            try:
                held = self._soon(self._client._run_on_scheduler(holders, self._run)).result(_ANSWER)
            finally:
                self._client.cancel([future for _, future, _ in self._open.values()], force=True)
            ending = [self._end_on(worker, only_ours=only) for worker, only in held.items()]
            self._soon(_all(ending)).result()

    async def _end_on(self, worker: str, *, only_ours: bool) -> None:
        """Stop what a worker runs of this run."""
        try:
            await self._ask(worker, stop_on)
            until = time.monotonic() + _HEED
            while await self._ask(worker, busy):
                if time.monotonic() > until:
                    only_ours = bool(await self._ask(worker, alone))
                    break
                await asyncio.sleep(_LOOK)
            else:
                return
        except TimeoutError:  # compiled code that holds the interpreter's lock, of this run or another
            pass
        if only_ours:
            dead = self._client._run(kill, workers=[worker], nanny=True, on_error="ignore")
            await asyncio.wait_for(dead, _ANSWER)

    async def _ask(self, worker: str, function: Callable[..., Any]) -> Any:
        """Ask a worker, apart from its chunks; raises TimeoutError where it does not answer."""
        asked = self._client._run(partial(function, self._run), workers=[worker], on_error="ignore")
        return (await asyncio.wait_for(asked, _HEED)).get(worker)

    def _workers(self) -> int:
        """How many there are now; 1 where that is not told."""
        with suppress(Exception):  # that a scheduler is gone is said where results are awaited
            identity = self._soon(self._client.scheduler.identity(n_workers=0)).result(_ANSWER)
            return max(int(identity["n_workers"]), 1)
        return 1

    def _submit(self, indices: Sequence[int], how: _Try = _Try.AMONG_OTHERS) -> None:
        keys = [f"{self._run}-{index}-{how.name.lower()}" for index in indices]
        task = partial(do, self._run, how is _Try.IN_HALVES)
        futures = self._client.map(task, [self._calls[index][1] for index in indices], key=keys, pure=False)
        for index, future in zip(indices, futures, strict=True):
            self._open[future.key] = index, future, how
            future.add_done_callback(self._ended.put)

    def _next(self) -> list["Future"]:
        """Those that ended, or none after a moment; of many short ones some together."""
        ended = []
        with suppress(Empty):
            ended.append(self._ended.get(timeout=_LOOK))
            while len(ended) < len(self._open):
                ended.append(self._ended.get(timeout=max(self._due - time.monotonic(), 0.0)))
        if ended:
            self._due = time.monotonic() + _APART
        if any(future.status == "cancelled" for future in ended) or self._client.status != "running":
            raise lost(self._name)
        return ended

    def _gathered(self, futures: list["Future"], stop: threading.Event) -> list[Any]:
        """Fetch results; nothing where the run is to stop meanwhile.

        Raises
        ------
        ClusterLost
            The scheduler went away.
        """
        if not futures:
            return []
        waiting = self._soon(self._client._gather(futures, errors="raise"))
        while not wait([waiting], _LOOK).done:
            if stop.is_set():
                waiting.cancel()
                return []
        try:
            return list(waiting.result())
        except (OSError, CancelledError) as error:  # the client learns of it a moment later
            raise lost(self._name) from error

    def _died(self, future: "Future") -> Iterator[tuple[int, ChunkFailed]]:
        """A chunk whose workers died: tried alone, then in halves, as it may have been too large."""
        index, _, how = self._open.pop(future.key)
        error = future.exception()
        if error is None:  # the scheduler went away at this moment
            raise lost(self._name)
        killed = type(error).__name__ == "KilledWorker"
        if killed and how is _Try.AMONG_OTHERS:
            self._suspects.append(index)
        elif killed and how is _Try.ALONE and can_be_halved(self._work, self._calls[index][1]):
            self._submit([index], _Try.IN_HALVES)
        else:
            yield index, self._failure(index, error)

    def _try_a_suspect(self) -> None:
        if self._suspects and all(how is _Try.AMONG_OTHERS for _, _, how in self._open.values()):
            self._submit([self._suspects.popleft()], _Try.ALONE)

    def _failure(self, index: int, error: BaseException) -> ChunkFailed:
        file, chunk = self._calls[index]
        cause = type(error).__name__
        if cause == "KilledWorker":
            memory = "out of memory, as their log says"
            why = memory if self._out_of_memory() else "out of memory, or a crash in compiled code"
            less = "batch=" if self._work.kind == "points" else "chunk_bytes="
            said = f"killed each worker that tried it ({why}); give more memory= or less {less}"
        else:
            said = f"could not be done on {self._name}: {cause}: {error}"
        return ChunkFailed(
            f"{file.name}, entries {chunk.start} to {chunk.stop}: {said}",
            chunk=chunk.index,
            name=file.name,
            start=chunk.start,
            stop=chunk.stop,
            cause=cause,
        )

    def _out_of_memory(self) -> bool:
        with suppress(Exception):  # who died may have taken its log along
            logs = self._client.get_worker_logs(nanny=True)
            return any(word in line for log in logs.values() for _, line in log for word in _MEMORY_WORDS)
        return False

    def _soon(self, work: Coroutine[Any, Any, Any]) -> Future_[Any]:
        return asyncio.run_coroutine_threadsafe(work, self._client.loop.asyncio_loop)


def in_turns(calls: Sequence[Call], workers: int) -> list[int]:
    """Order in which workers that are equally fast have a file each, which is opened once then.

    To open a file takes as long as to read some hundred thousand events of it, and much longer where it has
    many branches. What comes of the chunks does not depend on the order.
    """
    files: dict[int, int] = {}
    places: list[tuple[int, int, int]] = []
    begun: Counter[int] = Counter()
    for _, chunk in calls:
        number = files.setdefault(chunk.input, len(files))
        places.append((number // workers, begun[number], number))
        begun[number] += 1
    return sorted(range(len(calls)), key=places.__getitem__)


async def _all(work: Sequence[Coroutine[Any, Any, None]]) -> None:
    await asyncio.gather(*work, return_exceptions=True)


def lost(name: str) -> ClusterLost:
    """Say that a cluster went away, and what to do."""
    msg = f"{name} went away; what it finished is kept: run the same again, on a new cluster"
    return ClusterLost(msg)
