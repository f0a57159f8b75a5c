"""How far a map is, told ten times a second at most, with its speed over the last seconds."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from vre_dm.compute.plan import Plan
from vre_dm.compute.work import Part
from vre_dm.lake.transfer.events import ChunkTrouble, Computing, Listener, Planned

_WINDOW = 10.0  # seconds of which the speed is told
_SHORTEST = 0.001  # seconds of which a speed can be told
_PAUSE = 0.1  # seconds between two states
_TICK = 0.6  # seconds after which a state is told again: others are told two a second, and of those the first
_TICKS = 3  # times that this is done where nothing moves


class Progress:
    """Counts the chunks of a plan.

    Parameters
    ----------
    plan
        What is to be done.
    tell
        Takes the events.
    now
        Gives seconds.
    """

    def __init__(self, plan: Plan, tell: Listener, now: Callable[[], float] = time.monotonic) -> None:
        self._plan, self._tell, self._now = plan, tell, now
        self._left = Counter(chunk.input for chunk in plan.chunks)
        self.chunks = self.entries = self.bytes = 0
        self._due = 0.0
        self._lock = threading.Lock()  # who listens hears one at a time
        self._marks: deque[tuple[float, int, int]] = deque()

    @property
    def files(self) -> int:
        """Files of which every chunk is done."""
        return len(self._plan.inputs) - sum(left > 0 for left in self._left.values())

    @contextmanager
    def shown(self, kept: int, notes: tuple[str, ...]) -> Iterator[None]:
        """Say what is to be done, and how it stands also while chunks take long.

        Parameters
        ----------
        kept
            Chunks that were counted already: they are no speed.
        notes
            What the user should know.
        """
        if kept:
            notes = (f"{kept} of {len(self._plan.chunks)} chunks are kept from an earlier run", *notes)
        self._tell(Planned(len(self._plan.inputs), self._plan.bytes, 0, None, None, notes))
        self._marks.append((self._now(), self.entries, self.bytes))
        self._say(self._now())
        over = threading.Event()
        ticking = threading.Thread(target=self._tick, args=(over,), daemon=True)
        ticking.start()
        try:
            yield
        finally:
            over.set()
            ticking.join()

    def done(self, part: Part) -> None:
        """Count a chunk that is done."""
        self._count(part.index, part.entries)

    def skipped(self, index: int) -> None:
        """Count a chunk that is left out: nothing of it is waited for."""
        self._count(index, 0)

    def trouble(self, cause: str, *, again: bool) -> None:
        """Say that a chunk failed."""
        with self._lock:
            self._tell(ChunkTrouble(cause, again))

    def _count(self, index: int, entries: int) -> None:
        chunk, now = self._plan.chunks[index], self._now()
        with self._lock:
            self.chunks += 1
            self.entries += entries
            self.bytes += chunk.bytes
            self._left[chunk.input] -= 1
            if self._marks and (now >= self._due or self.chunks == len(self._plan.chunks)):
                self._say(now)

    def _tick(self, over: threading.Event) -> None:
        begin = self.chunks
        seen, still = begin, 0
        while not over.wait(_TICK):
            with self._lock:
                if self.chunks == begin:
                    continue  # said already; who reads along would hear of the first chunk later
                still = still + 1 if seen == self.chunks else 0
                seen = self.chunks
                if still < _TICKS:
                    self._say(self._now())

    def _say(self, now: float) -> None:
        self._due = now + _PAUSE
        while len(self._marks) > 1 and now - self._marks[0][0] > _WINDOW:
            self._marks.popleft()
        then, entries, size = self._marks[0]
        self._marks.append((now, self.entries, self.bytes))
        span = now - then
        speed = (self.entries - entries) / span if span >= _SHORTEST else 0.0
        rate = (self.bytes - size) / span if span >= _SHORTEST else 0.0
        left = (self._plan.bytes - self.bytes) / rate if rate else None
        if left is None and speed:  # of a scan, which reads nothing
            left = (self._plan.entries - self.entries) / speed
        self._tell(
            Computing(
                bytes_done=self.bytes,
                bytes_total=self._plan.bytes,
                files_done=self.files,
                files_total=len(self._plan.inputs),
                rate=rate,
                remaining=left,
                chunks_done=self.chunks,
                chunks_total=len(self._plan.chunks),
                entries_done=self.entries,
                entries_total=self._plan.entries,
                unit=self._plan.unit,
                speed=speed,
            )
        )
