"""Chunks done in this process, one after the other: the next is decompressed while one is computed."""

import os
import queue
import threading
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from vre_dm.compute.backend import Call, Came
from vre_dm.compute.interrupting import interrupt
from vre_dm.compute.reading import shelf
from vre_dm.compute.work import Loaded, Part, Work, do_chunk
from vre_dm.errors import ChunkFailed

_LOOK = 0.1  # seconds between two looks at whether it is to end
_FAREWELL = 1.5  # seconds a function has to end when it is interrupted


class _Stopped(BaseException):
    """Raised in the middle of a function that is to end."""


class Here:
    """The calling process: one chunk is computed at a time, and the next one read meanwhile."""

    name = "here"

    def run(self, work: Work, calls: Sequence[Call], stop: threading.Event) -> Generator[Came, None, None]:
        """As `vre_dm.compute.backend.Backend.run`; in the order of the calls.

        A function that is in Python when it is stopped is interrupted. One that stays in compiled code ends
        with the process, or when it returns.
        """
        results: queue.SimpleQueue[Came | None] = queue.SimpleQueue()
        end = threading.Event()
        loop = threading.Thread(target=_quietly, args=(work, calls, end, results), daemon=True)
        loop.start()
        came: Came | None = (-1, ChunkFailed())
        try:
            while came is not None and not stop.is_set():
                with suppress(queue.Empty):
                    came = results.get(timeout=_LOOK)
                    if came is not None:
                        yield came
        finally:
            end.set()
            if came is not None and loop.is_alive():
                interrupt(loop.ident, _Stopped)
            loop.join(_FAREWELL)

    def close(self) -> None:
        """Close the files that are open."""
        shelf.clear()


def _quietly(*given: Any) -> None:
    one_core = len(os.sched_getaffinity(0)) == 1  # where reading ahead gains nothing
    with suppress(_Stopped):
        (_one_by_one if one_core else _reading_ahead)(*given)


def _one_by_one(
    work: Work, calls: Sequence[Call], end: threading.Event, results: "queue.SimpleQueue[Came | None]"
) -> None:
    """Read and compute each call."""
    try:
        for position, call in enumerate(calls):
            if end.is_set():
                return
            try:
                results.put((position, do_chunk(work, *call)))
            except ChunkFailed as error:
                results.put((position, error))
    finally:
        results.put(None)


def _reading_ahead(
    work: Work, calls: Sequence[Call], end: threading.Event, results: "queue.SimpleQueue[Came | None]"
) -> None:
    """Compute each call while the next one is read."""
    cores = len(os.sched_getaffinity(0))
    loads: list[Future[Loaded]] = []
    with ThreadPoolExecutor(1) as reader, ThreadPoolExecutor(cores) as pool:
        try:
            for position, call in enumerate(calls):
                loads = loads or [reader.submit(Loaded, work, *call, pool)]
                if position + 1 < len(calls):
                    loads.append(reader.submit(Loaded, work, *calls[position + 1], pool))
                if end.is_set():
                    break
                results.put((position, _part(loads.pop(0))))
        finally:
            for load in loads:
                _drop(load)
            results.put(None)


def _part(load: "Future[Loaded]") -> Part | ChunkFailed:
    try:
        loaded = load.result()
    except ChunkFailed as error:
        return error
    try:
        return loaded.compute()
    except ChunkFailed as error:
        return error
    finally:
        loaded.close()


def _drop(load: "Future[Loaded]") -> None:
    if not load.cancel():
        with suppress(ChunkFailed):
            load.result().close()
