"""Memory of which files on disk were verified as what, so that they need not be read to say so again.

A file is known by its name, inode, size and times; whatever differs, or cannot be read, costs a second
verification and nothing else.
"""

import contextlib
import hashlib
import os
import secrets
import stat
import threading
import time
import zlib
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Self

from vre_dm.errors import NotWritable
from vre_dm.lake.transfer.verify import Expected, holds
from vre_dm.private import file_fault, make_private

GRAIN = 2_000_000_000
"""Nanoseconds within which two changes of a file may bear the same time (FAT counts in two seconds)."""
_AT_ONCE = 256  # records kept in memory before they are written: what a kill can cost
_SLACK = 1000  # outdated lines that are not worth a compaction


def stamp(facts: os.stat_result) -> str:
    """What changes when a file is written, exchanged, renamed or dated back, as one text."""
    return f"{facts.st_dev}\t{facts.st_ino}\t{facts.st_size}\t{facts.st_mtime_ns}\t{facts.st_ctime_ns}"


def content_stamp(facts: os.stat_result) -> str:
    """Give the part of the stamp that a further link or name of the file leaves as it is."""
    return stamp(facts).rpartition("\t")[0]


def is_settled(facts: os.stat_result, now: int) -> bool:
    """Whether any later change of the content is sure to show in the times; ``now`` in unix nanoseconds."""
    return max(facts.st_ctime_ns, now) - facts.st_mtime_ns >= GRAIN


def settle(descriptor: int) -> None:
    """Date a file that was just written back by `GRAIN`, so that it `is_settled` at once."""
    facts = os.fstat(descriptor)
    with contextlib.suppress(OSError):  # a file system that keeps its own times
        os.utime(descriptor, ns=(facts.st_atime_ns, facts.st_mtime_ns - GRAIN))


class Ledger:
    """Records of one target folder; safe to share between threads and, at the price of a record, processes.

    Parameters
    ----------
    file
        Where the records are; None keeps them in memory.
    target
        Folder that the recorded files are in.
    clock
        Unix time in nanoseconds.
    """

    def __init__(self, file: Path | None, target: Path, clock: Callable[[], int] = time.time_ns) -> None:
        self._file, self._clock = file, clock
        self._target = os.fspath(target.absolute()).rstrip(os.sep) + os.sep
        self._lines: dict[bytes, bytes] = {}
        self._new: list[bytes] = []
        self._lock = threading.Lock()
        self._on_disk = self._read()

    @classmethod
    def open(cls, memory: Path, target: Path) -> Self:
        """Ledger of a target folder, kept in the folder ``memory``; where that is no safe place, nowhere."""
        name = hashlib.sha256(os.fsencode(target.resolve())).hexdigest()[:32]
        try:
            make_private(memory)
        except NotWritable:
            return cls(None, target)
        return cls(memory / name, target)

    def holds(self, path: Path, expected: Expected) -> bool:
        """Whether a file is, unchanged, one that was verified to be this content."""
        key = self._key(path)
        line = self._lines.get(key) if key else None
        if line is None or not expected.has_checksum:
            return False
        try:
            facts = path.lstat()
        except OSError:
            return False
        crc, _, rest = line.partition(b"\t")
        if not stat.S_ISREG(facts.st_mode) or crc != _crc(rest):
            return False
        was, adler32, md5, _ = rest.decode("ascii", "replace").rsplit("\t", 3)
        return was == stamp(facts) and _fits(expected, facts.st_size, adler32, md5)

    def proves(self, path: Path, expected: Expected, stop: threading.Event) -> bool:
        """Whether a file is this content: by its record, or by reading it, which is recorded then.

        Raises
        ------
        Stopped
            The stop was set meanwhile.
        """
        if self.holds(path, expected):
            return True
        try:
            before = path.lstat()
            good = holds(path, expected, stop)
            if good and stamp(path.lstat()) == stamp(before):
                self.record(path, expected, before)
        except OSError:
            return False
        return good

    def record(self, path: Path, expected: Expected, facts: os.stat_result) -> None:
        """Remember that a file was verified to be this content.

        Parameters
        ----------
        facts
            Its state, the same before and after it was read (or since it was written). One in which a change
            could still go unseen is not remembered.
        """
        key = self._key(path)
        if not key or not expected.has_checksum or not is_settled(facts, self._clock()):
            return
        sums = f"{expected.adler32 or '-'}\t{expected.md5 or '-'}"
        rest = f"{stamp(facts)}\t{sums}\t".encode() + key
        line = _crc(rest) + b"\t" + rest
        with self._lock:
            self._lines[key] = line
            self._new.append(line)
            full = len(self._new) >= _AT_ONCE
        if full:
            self.save()

    def save(self) -> None:
        """Write what is new. A disk that refuses costs a second verification, so it is no error."""
        with self._lock, contextlib.suppress(OSError):
            if self._file is None or not self._new:
                return
            if self._on_disk is None or self._on_disk + len(self._new) > 2 * len(self._lines) + _SLACK:
                self._rewrite(self._file)
            else:
                _append(self._file, self._new)
                self._on_disk += len(self._new)
            self._new.clear()

    def _read(self) -> int | None:
        """Take in the file's lines; their number, or None where the file is not there or not trusted."""
        if self._file is None:
            return None
        try:
            descriptor = os.open(self._file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None
        with FileIO(descriptor) as stream:
            if file_fault(os.fstat(descriptor)) is not None:
                return None
            lines = stream.read().splitlines()
        self._lines = {line.rpartition(b"\t")[2]: line for line in lines if line}
        return len(lines)

    def _rewrite(self, file: Path) -> None:
        """Replace the file by the last line of each name; records that others add meanwhile are lost."""
        fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        try:
            _append(fresh, list(self._lines.values()))
            fresh.replace(file)
        finally:
            fresh.unlink(missing_ok=True)
        self._on_disk = len(self._lines)

    def _key(self, path: Path) -> bytes | None:
        """Name of a file below the target; None for what is elsewhere or would break a line."""
        name = os.fspath(path if path.is_absolute() else path.absolute())
        if not name.startswith(self._target) or not name.isascii() or not name.isprintable():
            return None
        return name[len(self._target) :].encode()


def _crc(rest: bytes) -> bytes:
    return f"{zlib.crc32(rest):08x}".encode()


def _fits(expected: Expected, size: int, adler32: str, md5: str) -> bool:
    """Whether a record says everything that is expected now."""
    same = (expected.size in (None, size), expected.adler32 in (None, adler32), expected.md5 in (None, md5))
    return all(same)


def _append(file: Path, lines: list[bytes]) -> None:
    """Add lines in one write, after a line break: the last run may have been cut in the middle of a line."""
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with FileIO(descriptor, "w") as stream:
        stream.write(b"\n" + b"\n".join(lines) + b"\n")
