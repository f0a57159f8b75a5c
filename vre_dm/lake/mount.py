"""Whether a mounted storage element answers: a dead mount fails or hangs, and must hang nobody."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from vre_dm.lake.apart import Apart, Hung

PATIENCE = 5.0
"""Seconds for a mount to answer."""
_FRESH = 30.0  # seconds for which an answer counts

T = TypeVar("T")


class MountWatch:
    """Looks at a mount when asked, at most every half minute, and never waits longer than `PATIENCE`.

    Parameters
    ----------
    folder
        Where it is mounted.
    look
        Asks the file system; may hang for ever.
    clock
        Seconds.
    """

    def __init__(
        self,
        folder: Path,
        look: Callable[[Path], object] = os.statvfs,
        clock: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        self._folder, self._look, self._clock, self._patience = folder, look, clock, patience
        self._lock = threading.Lock()
        self._apart = Apart()
        self._said, self._next = "", -_FRESH

    def fault(self) -> str | None:
        """Why nothing can be read there now, or ``None``."""
        with self._lock:
            return self._fault()

    def ask(self, call: Callable[[], T]) -> T | None:
        """Do what looks at files of the mount; ``None`` where it does not answer, or cannot be read.

        Raises
        ------
        OSError
            As the call does.
        """
        with self._lock:
            if self._fault() is not None:
                return None
            try:
                return self._apart.ask(call, self._patience)
            except Hung:
                return None

    def _fault(self) -> str | None:
        if self._clock() >= self._next and not self._apart.hangs:
            self._look_again()
        if self._apart.hangs:
            return f"the mount {self._folder} does not answer; remount it"
        return f"the mount {self._folder} cannot be read ({self._said}); remount it" if self._said else None

    def _look_again(self) -> None:
        now, self._said = self._clock(), ""
        self._next = now + _FRESH
        try:
            self._apart.ask(lambda: self._look(self._folder), self._patience)
        except Hung:
            self._next = now + self._patience  # it may be slow and not dead
        except OSError as error:
            self._said = error.strerror or type(error).__name__
