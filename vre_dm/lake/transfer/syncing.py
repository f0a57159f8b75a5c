"""Making many small files durable at the price of few syncs."""

import ctypes
import os
import threading
from collections.abc import Callable

_SMALL = 4 << 20  # bytes below which a file's own sync costs more than its bytes


class Syncs:
    """Syncs of one fetch, shared by the threads that ask for one at the same moment; thread-safe.

    While one sync of a file system runs, whoever comes waits for the next, which makes the files of all of
    them durable at once: the slower the disk, the more files a sync.
    """

    def __init__(self) -> None:
        self._systems: dict[int, _System] = {}
        self._lock = threading.Lock()

    def sync(self, descriptor: int) -> None:
        """Return when the bytes of an open file would survive a power cut.

        Raises
        ------
        OSError
            The disk did not take them.
        """
        facts = os.fstat(descriptor)
        if facts.st_size >= _SMALL or _syncfs is None:
            os.fsync(descriptor)
            return
        with self._lock:
            system = self._systems.setdefault(facts.st_dev, _System())
        system.sync(descriptor)


class _System:
    """One file system: at most one sync runs, and it serves all who came before it began."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._running = False
        self._begun = 0
        self._done = 0

    def sync(self, descriptor: int) -> None:
        with self._turn:
            mine = self._begun + 1
            while self._running and self._done < mine:
                self._turn.wait()
            if self._done >= mine:
                return
            self._running, self._begun = True, self._begun + 1
            number, good = self._begun, False
        try:
            good = _syncfs is not None and _syncfs(descriptor) == 0
            if not good:
                os.fsync(descriptor)  # tells of this file alone; those who wait ask for theirs
        finally:
            with self._turn:
                self._running, self._done = False, number if good else self._done
                self._turn.notify_all()


def _find_syncfs() -> Callable[[int], int] | None:
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).syncfs
    except (OSError, AttributeError):  # not Linux
        return None
    return found


_syncfs = _find_syncfs()
