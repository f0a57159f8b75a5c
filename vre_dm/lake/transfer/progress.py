"""What a fetch says while it runs: one event type for terminal, notebook and server, and its counters."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from vre_dm.did import Did

_WINDOW = 5.0  # seconds over which the rate is averaged


@dataclass(frozen=True, slots=True)
class Progress:
    """State of a fetch at one moment.

    Attributes
    ----------
    bytes_done, bytes_total
        Verified or received bytes, and all of them; the total is None where a size is not registered.
    files_done, files_total
        Files that are whole at their final names (or given up), and all of them.
    rate
        Bytes per second over the last seconds, kept files left out.
    remaining
        Seconds to go at this rate, or None.
    file
        The file that moved last.
    note
        Why a source is tried again or was left, in one line; None in ordinary events.
    """

    bytes_done: int
    bytes_total: int | None
    files_done: int
    files_total: int
    rate: float
    remaining: float | None
    file: Did | None = None
    note: str | None = None


class Meter:
    """Counters that the workers feed and one reader turns into events."""

    def __init__(self, files: int, size: int | None, clock: Callable[[], float]) -> None:
        self._files, self._size, self._clock = files, size, clock
        self._lock = threading.Lock()
        self._bytes: dict[Did, int] = {}
        self._moved = 0
        self._done = 0
        self._last: Did | None = None
        self._samples: deque[tuple[float, int]] = deque([(clock(), 0)])

    def at(self, file: Did, size: int, *, moved: int = 0) -> None:
        """Set how many bytes of a file are here, and how many of them just came over the wire."""
        with self._lock:
            self._bytes[file] = size
            self._moved += moved
            self._last = file

    def finish(self, file: Did) -> None:
        """Count a file as done."""
        with self._lock:
            self._done += 1
            self._last = file

    def event(self, note: str | None = None) -> Progress:
        """Tell the state now."""
        with self._lock:
            now, done = self._clock(), sum(self._bytes.values())
            self._samples.append((now, self._moved))
            while len(self._samples) > 2 and now - self._samples[0][0] > _WINDOW:
                self._samples.popleft()
            start, moved = self._samples[0]
            rate = (self._moved - moved) / (now - start) if now > start else 0.0
            left = None if self._size is None else max(self._size - done, 0)
            remaining = left / rate if left is not None and rate > 0 else None
            return Progress(
                done, self._size, self._done, self._files, rate, remaining, file=self._last, note=note
            )
