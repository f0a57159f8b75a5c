"""The counters behind `Progress`: fed by the threads of a fetch, read by the one that tells."""

import threading
from collections import deque
from collections.abc import Callable

from vre_dm.did import Did
from vre_dm.lake.transfer.events import LARGEST, Progress

_WINDOW = 5.0  # seconds over which the rate is averaged


class Meter:
    """Counters that the workers feed and one reader turns into events; only files on their way are kept."""

    def __init__(self, files: int, size: int | None, clock: Callable[[], float]) -> None:
        self._files, self._size, self._clock = files, size, clock
        self._lock = threading.Lock()
        self._moving: dict[Did, int] = {}
        self._finished = 0
        self._moved = 0
        self._lost = 0
        self._done = 0
        self._last: Did | None = None
        self._samples: deque[tuple[float, int]] = deque([(clock(), 0)])

    def at(self, file: Did, size: int, *, moved: int = 0) -> None:
        """Set how many bytes of a file are here, and how many of them just came over the wire."""
        with self._lock:
            self._moving[file] = size
            self._moved += moved
            self._last = file

    def seen(self, file: Did, size: int) -> None:
        """Set how many bytes of a file another fetch has here; their growth counts as speed."""
        with self._lock:
            self._moved += max(size - self._moving.get(file, size), 0)
            self._moving[file] = size
            self._last = file

    def finish(self, file: Did) -> None:
        """Count a file as done."""
        with self._lock:
            self._finished += self._moving.pop(file, 0)
            self._done += 1
            self._last = file

    def give_up(self, file: Did, size: int | None) -> None:
        """Count a file no more, and wait for its bytes no longer: it could not be had."""
        with self._lock:
            self._moving.pop(file, None)
            self._lost += size or 0

    @property
    def bytes_done(self) -> int:
        """Verified or received bytes."""
        with self._lock:
            return self._finished + sum(self._moving.values())

    def event(self) -> Progress:
        """Tell the state now."""
        done = self.bytes_done
        with self._lock:
            now = self._clock()
            self._samples.append((now, self._moved))
            while len(self._samples) > 2 and now - self._samples[0][0] > _WINDOW:
                self._samples.popleft()
            start, moved = self._samples[0]
            rate = (self._moved - moved) / (now - start) if now > start else 0.0
            left = None if self._size is None else max(self._size - self._lost - done, 0)
            remaining = min(left / rate, LARGEST) if left is not None and rate > 0 else None
            return Progress(done, self._size, self._done, self._files, rate, remaining, self._last)
