"""The chunks of a map: done where they are to be done, kept, and merged in one shape whatever comes first."""

import threading
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

from vre_dm.compute.backend import Backend
from vre_dm.compute.options import OnError
from vre_dm.compute.preparing import Prepared
from vre_dm.compute.reduction import Reduction
from vre_dm.compute.run.checkpoint import Checkpoint
from vre_dm.compute.run.outcome import Skipped
from vre_dm.compute.run.progress import Progress
from vre_dm.compute.work import Part
from vre_dm.errors import (
    ChunkFailed,
    DatasetChanged,
    JobCancelled,
    LoginRefused,
    RunFailed,
    Unmergeable,
    VreDmError,
)
from vre_dm.lake.tables import plural

_TRIES = 3  # times that a chunk is tried in all, where failures are to be tried again
_CHANGED = DatasetChanged.__name__  # of its files some would be as they were, others as they are
_NEVER_SKIPPED = {_CHANGED, LoginRefused.__name__}


class Loop:
    """Does the chunks of a plan.

    Parameters
    ----------
    prepared
        Plan and work.
    checkpoint
        Chunks that are done.
    progress
        Counts them.
    on_error
        What becomes of a chunk that fails.

    Attributes
    ----------
    kept
        Chunks of an earlier run.
    entries, bytes_read, busy
        Sums over the chunks: of what the function saw, compressed bytes, and its seconds.
    place
        Where it was done.
    skipped
        Chunks that are left out.
    split
        Chunks that ran out of memory and were done in two halves.
    """

    def __init__(
        self, prepared: Prepared, checkpoint: Checkpoint, progress: Progress, on_error: OnError
    ) -> None:
        self._prepared, self._checkpoint, self._progress = prepared, checkpoint, progress
        self._on_error = on_error
        self._reduction = Reduction(len(prepared.plan.chunks), prepared.work.reduce)
        self.kept = self.entries = self.bytes_read = self.split = 0
        self.busy, self.place = 0.0, "nowhere: an earlier run had done all"
        self.skipped: list[Skipped] = []

    def run(self, place: Callable[[], Backend], stop: threading.Event) -> Any:
        """Do what is not done, and give the merged value.

        Parameters
        ----------
        place
            Gives where it is done; not asked where nothing is left to do.

        Raises
        ------
        ChunkFailed
            A chunk failed, and that is to end it; what runs is stopped, what is done is kept.
        JobCancelled
            It was stopped.
        Unmergeable
            Values of two chunks cannot be merged.
        RunFailed
            Its place left chunks undone without a word.
        """
        waiting = self._take_kept(stop)
        with self._progress.shown(self.kept, self._prepared.notes):
            if waiting and stop.is_set():
                raise JobCancelled(self._farewell())
            if waiting:
                with closing(self._opened(place, stop)) as backend:
                    self.place = backend.name
                    for attempt in range(1, _TRIES + 1):
                        waiting = self._round(backend, waiting, attempt, stop) if waiting else []
        return self._reduction.value

    def _opened(self, place: Callable[[], Backend], stop: threading.Event) -> Backend:
        try:
            return place()
        except VreDmError as error:
            if stop.is_set():  # it was not waited for
                raise JobCancelled(self._farewell()) from error
            raise

    def _take_kept(self, stop: threading.Event) -> list[int]:
        """Count what an earlier run did; gives what is left to do."""
        waiting = []
        for index in range(len(self._prepared.plan.chunks)):
            part = None if stop.is_set() else self._checkpoint.kept(index)
            if part is None:
                waiting.append(index)
            else:
                self.kept += 1
                self._add(part)
        return waiting

    def _round(self, backend: Backend, waiting: list[int], attempt: int, stop: threading.Event) -> list[int]:
        """Do chunks once; gives those to be tried again."""
        calls, again = self._prepared.plan.calls(), []
        left = set(waiting)
        came = backend.run(self._prepared.work, [calls[index] for index in waiting], stop)
        with closing(came) as results:
            for position, part in results:
                index = waiting[position]
                if isinstance(part, ChunkFailed):
                    if stop.is_set():
                        break  # it was stopped, which is no failure of its own
                    again += self._failed(index, part, attempt, stop)
                else:
                    self._done(index, part)
                left.discard(index)
        if left and not stop.is_set():
            what = plural(len(left), "chunk")
            msg = (
                f"{backend.name} came to an end with {what} neither done nor failed; run it again to continue"
            )
            raise RunFailed(msg)
        if left:
            raise JobCancelled(self._farewell())
        return again

    def _done(self, index: int, part: Part) -> None:
        part = replace(part, index=index)
        self._checkpoint.keep(part)
        self._add(part)

    def _add(self, part: Part) -> None:
        self._merge(part)
        self.split += part.split
        self.entries += part.entries
        self.bytes_read += part.bytes_read
        self.busy += part.seconds
        self._progress.done(part)

    def _merge(self, part: Part) -> None:
        """Merge a value with those that are its neighbours.

        Raises
        ------
        Unmergeable
            It does not fit them, or the user's reduce= raised; the text names file and entries.
        """
        try:
            self._reduction.add(part.index, part.value)
        except Exception as error:
            if not isinstance(error, Unmergeable) and self._prepared.work.reduce is None:
                raise
            chunk = self._prepared.plan.chunks[part.index]
            at = f"{self._prepared.plan.inputs[chunk.input].name}, {self._prepared.plan.unit}"
            why = str(error)
            if not isinstance(error, Unmergeable):
                traceback.print_exception(error)  # into the log
                why = f"reduce= raised {type(error).__name__}: {' '.join(why.split())[:300]}; mend it"
            msg = f"{at} {chunk.start} to {chunk.stop} with those before: {why}; finished chunks are kept"
            raise Unmergeable(msg) from error

    def _failed(self, index: int, error: ChunkFailed, attempt: int, stop: threading.Event) -> list[int]:
        """Decide what becomes of a chunk that failed; gives it if it is tried again."""
        if self._on_error == "retry" and attempt < _TRIES and error.cause != _CHANGED:
            self._progress.trouble(str(error), again=True)
            return [index]
        if self._on_error != "skip" or error.cause in _NEVER_SKIPPED:
            stop.set()  # others need not go on
            raise error
        self._progress.trouble(str(error), again=False)
        chunk = self._prepared.plan.chunks[index]  # a half that failed takes the whole along
        self.skipped.append(Skipped(error.name, chunk.start, chunk.stop, str(error)))
        self._reduction.missing([index])
        self._progress.skipped(index)
        return []

    def _farewell(self) -> str:
        done, every = self._progress.chunks, len(self._prepared.plan.chunks)
        return f"{done} of {plural(every, 'chunk')} done and kept; run it again to continue"
