"""Asks the disks that users fetch to, of which one may hang: it holds one thread, and delays no other."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from vre_dm.lake.apart import Apart
from vre_dm.lake.transfer.mounts import mount_of

T = TypeVar("T")

_PATIENCE = 2.0  # seconds for a disk to answer


class Disks:
    """The file systems of this machine, each with a thread of its own; safe to share between threads."""

    def __init__(self, where: Callable[[Path], str] = mount_of, patience: float = _PATIENCE) -> None:
        self._where, self._patience = where, patience
        self._lock = threading.Lock()
        self._known: dict[str, tuple[threading.Lock, Apart]] = {}

    def ask(self, folder: Path, call: Callable[[], T]) -> T:
        """Do what looks at the file system of a folder.

        Raises
        ------
        Hung
            It does not answer; the call may still be done when it does.
        """
        with self._lock:
            turn, apart = self._known.setdefault(self._where(folder), (threading.Lock(), Apart()))
        with turn:  # who comes while it hangs waits for nothing once the first has given up
            return apart.ask(call, self._patience)
