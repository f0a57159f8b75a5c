"""Whether a mounted storage element answers: a dead mount fails or hangs, and must hang nobody."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 5.0
"""Seconds for a mount to answer."""
_FRESH = 30.0  # seconds for which an answer counts


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
        self._looking: threading.Thread | None = None
        self._said, self._at = "", -_FRESH

    def fault(self) -> str | None:
        """Why nothing can be read there now, or ``None``."""
        with self._lock:
            if self._clock() - self._at >= _FRESH:
                self._ask()
                self._at = self._clock()
            if self._looking is not None and self._looking.is_alive():
                return f"the mount {self._folder} does not answer; remount it"
            return (
                f"the mount {self._folder} cannot be read ({self._said}); remount it" if self._said else None
            )

    def _ask(self) -> None:
        """Look in a thread of its own; one that hangs is not followed by another."""
        if self._looking is None or not self._looking.is_alive():
            self._looking = threading.Thread(target=self._answer, daemon=True)
            self._looking.start()
        self._looking.join(self._patience)

    def _answer(self) -> None:
        try:
            self._look(self._folder)
        except OSError as error:
            self._said = error.strerror or type(error).__name__
        else:
            self._said = ""
