"""How many points of a scan make a batch: about half a second of work, told from a few that are tried."""

import math
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from vre_dm.compute.grid import Grid
from vre_dm.compute.interrupting import interrupt
from vre_dm.errors import Unmergeable

Look = Callable[[Any], int]
Clock = Callable[[], float]

SECONDS = 0.5
"""Work of a batch, at least: below, a cluster is busy with itself."""
_MOST = 4096  # batches: what a scheduler holds at a time, and a folder of files
_MOST_BYTES = 32_000_000  # of the values of a batch
_TRIED = 0.3  # seconds for which points are tried, after a first one
_PATIENCE = 2.0  # for these, after which it is known that a point is dear
_FIRST = 10.0  # for the first, in which things are imported and compiled
_LOOK = 0.1


class _Enough(BaseException):
    """Raised in a function that is known to be dear; no ``except Exception`` of a user keeps it."""


class _Trial:
    """Calls a function at some points."""

    def __init__(self, function: Callable[..., Any], grid: Grid, look: Look, clock: Clock) -> None:
        self._function, self._grid, self._look, self._clock = function, grid, look, clock
        self.begun = threading.Event()  # a first one is done
        self.seconds = math.inf
        self.bytes = 0
        self.refused: Unmergeable | None = None

    def run(self) -> None:
        """Measure until it is known, or somebody has had enough."""
        with suppress(_Enough):
            try:
                self._call(0)
            finally:
                self.begun.set()
            begin = self._clock()
            for done, index in enumerate(_spread(self._grid.count), 1):
                self._call(index)
                span = self._clock() - begin
                self.seconds = span / done
                if span > _TRIED or self.refused:
                    break

    def _call(self, index: int) -> None:
        try:
            value = self._function(**self._grid.arguments(index))
        except (Exception, SystemExit):  # said of the point when it is done
            return
        try:
            self.bytes = max(self.bytes, self._look(value))
        except Unmergeable as error:
            self.refused = self.refused or Unmergeable(f"{self._grid.named(index)}: {error}")


def points_a_batch(
    function: Callable[..., Any],
    grid: Grid,
    look: Look,
    *,
    first: float = _FIRST,
    patience: float = _PATIENCE,
    clock: Clock = time.perf_counter,
) -> int:
    """Choose the number of points of a batch: a power of two.

    Parameters
    ----------
    look
        Refuses a value that is of no use, and gives the bytes that are kept of each.
    first, patience
        Seconds after which it is known that a point is dear: for a first one, and for those after it.
    clock
        Gives seconds, by which points are measured.

    Raises
    ------
    Unmergeable
        What the function gives is of no use.
    """
    trial = _Trial(function, grid, look, clock)
    thread = threading.Thread(target=trial.run, daemon=True)
    thread.start()
    while not trial.begun.wait(first) and is_importing(thread):
        first = _LOOK
    if trial.begun.is_set():
        thread.join(patience)
    if thread.is_alive():
        interrupt(thread.ident, _Enough)
        thread.join()  # compiled code is not interrupted; two calls at once could disturb each other
    if trial.refused:
        raise trial.refused
    return size_of_batch(grid.count, trial.seconds, trial.bytes)


def is_importing(thread: threading.Thread) -> bool:
    """Whether a thread is in an import, which leaves half a module behind when it is interrupted."""
    frame = sys._current_frames().get(thread.ident or 0)
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def size_of_batch(count: int, seconds: float, size: int) -> int:
    """Choose it for so many points.

    Parameters
    ----------
    count
        Of all points.
    seconds, size
        Time of a point, and bytes of its value.
    """
    wanted = SECONDS / seconds if seconds > 0 else math.inf
    bounds = (wanted, count, _MOST_BYTES / max(size, 1))
    return _power_of_two(max(min(bounds), count / _MOST))


def _power_of_two(least: float) -> int:
    return 1 << max(math.ceil(least) - 1, 0).bit_length()


def _spread(count: int) -> Iterator[int]:
    """Places all over a grid, each once; of a point in one corner all may be cheap."""
    step = next(
        step for step in range(round(0.618 * count) or 1, 2 * count + 1) if math.gcd(step, count) == 1
    )
    return ((1 + i) * step % count for i in range(count))
