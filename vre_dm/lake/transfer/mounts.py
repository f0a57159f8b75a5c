"""Which paths of this machine are on a file system that may hang, and who waits there in our place."""

import os
import re
import threading
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol, TypeVar

from vre_dm.lake.apart import Apart, Hung
from vre_dm.lake.transfer.failures import SourceFailed, Stopped
from vre_dm.lake.transfer.policy import CHUNK

T = TypeVar("T")

_TABLE = Path("/proc/self/mountinfo")
# File systems that answer by themselves; any other (NFS, FUSE, CephFS …) waits for a program or a machine.
_LOCAL = frozenset(
    "ext2 ext3 ext4 xfs btrfs zfs bcachefs f2fs jfs reiserfs tmpfs ramfs devtmpfs overlay aufs squashfs erofs"  # noqa: SIM905
    " vfat exfat ntfs3 iso9660 udf proc sysfs".split()
)


class Doing(Protocol):
    """Does calls on files of one file system.

    Attributes
    ----------
    most
        Bytes to read in one call: a slow mount has to give those while a server has to give any.
    """

    most: int

    def __call__(self, call: Callable[[], T]) -> T:
        """Do it, and give what it gives.

        Raises
        ------
        SourceFailed
            The mount does not answer.
        Stopped
            The fetch was cancelled meanwhile.
        """
        ...

    def later(self, call: Callable[[], object]) -> None:
        """Do it after those before, without waiting where that may be long."""
        ...


class Mounts:
    """The mounts that one fetch reads from; thread-safe.

    Parameters
    ----------
    patience
        Seconds without an answer after which a mount counts as dead for the rest of the fetch.
    stop
        Set when no answer is wanted any more.
    table
        Linux' list of what is mounted.
    """

    def __init__(self, patience: float, stop: threading.Event, table: Path = _TABLE) -> None:
        self._patience, self._stop = patience, stop
        self._mounted = _mounted(table)
        self._free: list[Apart] = []
        self._dead: set[str] = set()

    @contextmanager
    def doing(self, path: Path) -> Iterator[Doing]:
        """Have somebody who does calls on a file: this thread, or one that may hang in its place."""
        where = self._risky(os.fspath(path))
        if where is None:
            yield _Here()
            return
        there = _There(self, where, self._free.pop() if self._free else Apart())
        try:
            yield there
        finally:
            if not there.apart.hangs:
                self._free.append(there.apart)

    def ask(self, apart: Apart, where: str, call: Callable[[], T]) -> T:
        """Have a call done apart.

        Raises
        ------
        SourceFailed, Stopped
            As `Doing`.
        """
        silent = SourceFailed(f"the mount {where} does not answer", of_host=True)
        if where in self._dead:
            raise silent
        try:
            return apart.ask(call, self._patience, self._stop.is_set)
        except Hung as error:
            if self._stop.is_set():
                raise Stopped from error
            self._dead.add(where)
            raise silent from error

    def may_hang(self, path: Path) -> bool:
        """Whether a path is on a file system that may hang; asks none."""
        return self._risky(os.fspath(path)) is not None

    def _risky(self, path: str) -> str | None:
        """Where the file system of a path is mounted, if it may hang; asks no file system."""
        place = _place(path, self._mounted)
        return place if self._mounted.get(place, True) else None


def mount_of(path: Path) -> str:
    """Where the file system of a path is mounted; asks no file system."""
    return _place(os.fspath(path), _mounted(_TABLE))


class _Here:
    """Does calls at once, on a disk of this machine."""

    most = CHUNK

    def __call__(self, call: Callable[[], T]) -> T:
        return call()

    def later(self, call: Callable[[], object]) -> None:
        call()


class _There:
    """Does calls in another thread."""

    most = 1 << 16

    def __init__(self, mounts: Mounts, where: str, apart: Apart) -> None:
        self._mounts, self._where, self.apart = mounts, where, apart

    def __call__(self, call: Callable[[], T]) -> T:
        return self._mounts.ask(self.apart, self._where, call)

    def later(self, call: Callable[[], object]) -> None:
        self.apart.later(call)


def _place(path: str, mounted: Container[str]) -> str:
    while path and path not in mounted:
        path = path.rpartition("/")[0]
    return path or "/"


def _mounted(table: Path) -> dict[str, bool]:
    """Places where something is mounted, and whether it may hang; none where there is no table."""
    found: dict[str, bool] = {}
    with suppress(OSError):
        for line in table.read_text(errors="surrogateescape").splitlines():
            place, _, system = line.partition(" - ")
            name = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), place.split()[4])
            found[name] = system.split()[0] not in _LOCAL
    return found
