"""A file on its way: bytes under a temporary name, their sums, and the one rename that makes it final."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from vre_dm.errors import NotWritable
from vre_dm.lake.transfer.blocks import Blocks
from vre_dm.lake.transfer.failures import Stopped, disk_error
from vre_dm.lake.transfer.names import part_path
from vre_dm.lake.transfer.owner import nobody
from vre_dm.lake.transfer.verified import settle
from vre_dm.lake.transfer.verify import Expected, chunks

WORTH_KEEPING = 1 << 20
"""Bytes from which an unfinished file is left for the next run to continue."""

_FICLONE = 0x40049409  # linux/fs.h: share the blocks of another file, where the file system can


class Part:
    """A file on its way, written under a temporary name in the folder of its target.

    Attributes
    ----------
    size
        Bytes on disk.
    descriptor
        The open file.
    digest
        Their sums; while the file has ``blocks``, those of its first bytes only.
    blocks
        Map of what is there, while several streams fill the file.
    one_stream
        Whether it must not be filled so (any more).
    resumed
        Whether some of them came from an earlier connection, so that a mismatch may be nobody's fault.
    origin
        Address and strong validator (ETag) of the object the bytes came from.
    """

    def __init__(self, target: Path, expected: Expected, descriptor: int, path: Path) -> None:
        self.target = target
        self.expected = expected
        self.path = path
        self.digest = expected.digest()
        self.resumed = False
        self.origin: tuple[str, str] | None = None
        self.blocks: Blocks | None = None
        self.one_stream = False
        self._joined = False
        self.descriptor = descriptor
        self._placed = False

    @property
    def size(self) -> int:
        """Bytes received so far."""
        return self.digest.size if self.blocks is None else self.blocks.here

    @property
    def facts(self) -> os.stat_result:
        """What the file system says of the file."""
        return os.fstat(self.descriptor)

    @property
    def complete(self) -> bool:
        """Whether these are provably the registered bytes, with nothing left to ask for."""
        return self.blocks is None and self.expected.has_checksum and self.expected.fault(self.digest) is None

    def write(self, chunk: bytes | memoryview) -> None:
        """Append bytes.

        Raises
        ------
        NoSpace, NotWritable
            The disk did not take them.
        """
        view = memoryview(chunk)
        with self._disk():
            while view:
                view = view[os.write(self.descriptor, view) :]
        self.digest.update(chunk)

    def clone(self, source: int, stop: threading.Event) -> bool:
        """Share the blocks of an open file instead of copying them; False where the file system cannot."""
        try:
            fcntl.ioctl(self.descriptor, _FICLONE, source)
        except OSError:
            return False
        self.absorb(stop)
        return True

    def absorb(self, stop: threading.Event) -> None:
        """Take the bytes that are on disk already into the digest."""
        self.digest = self.expected.digest()
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        for chunk in chunks(partial(_readinto, self.descriptor)):
            if stop.is_set():
                raise Stopped
            self.digest.update(chunk)

    def resume(self, stop: threading.Event) -> None:
        """Go on from what an earlier run left on disk."""
        self.resumed, self.digest = True, self.expected.digest()
        if self.expected.size is not None and os.fstat(self.descriptor).st_size > self.expected.size:
            self.blocks = Blocks.found(self.descriptor, self.expected.size)
            if self.blocks is None:
                self.restart()
            elif self.blocks.here == self.expected.size:
                self.merge(stop)
        else:
            self.absorb(stop)

    def split(self, block: int) -> Blocks:
        """Let several streams fill the rest, in blocks of so many bytes."""
        self.blocks = Blocks.begin(self.descriptor, self.expected.size or 0, block, self.size)
        return self.blocks

    def merge(self, stop: threading.Event) -> None:
        """Make one file of blocks that are all there; read again only where their sums cannot be joined."""
        sums = None if self.blocks is None or self.expected.md5 else self.blocks.sums
        self._cut(self.expected.size or 0)
        if sums is None:
            self.absorb(stop)
        else:
            for adler, size in sums:
                self.digest.join(adler, size)
        self.resumed = self._joined = True

    def settle(self, stop: threading.Event) -> None:
        """Go back to one stream: keep the bytes from the begin to the first gap."""
        if self.blocks is not None:
            self._cut(self.blocks.prefix)
            self.absorb(stop)

    def _cut(self, size: int) -> None:
        self.blocks = None
        with self._disk():
            os.ftruncate(self.descriptor, size)
            os.lseek(self.descriptor, size, os.SEEK_SET)

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise disk_error(error, self.target) from error

    def copy_to(self, other: "Part", stop: threading.Event) -> None:
        """Give the bytes that are on disk, and their map, to a part of its own, which goes on from there."""
        if not other.clone(self.descriptor, stop):
            for chunk in chunks(partial(_readinto, self.descriptor)):
                if stop.is_set():
                    raise Stopped
                other.write(chunk)
        other.resume(stop)

    def restart(self) -> None:
        """Forget every byte received; what did not come out right in several streams comes in one."""
        self._cut(0)
        self.one_stream |= self._joined
        self.digest = self.expected.digest()
        self.resumed = False
        self.origin = None

    def finish(self) -> None:
        """Date the verified bytes so that any later change of them shows."""
        settle(self.descriptor)

    def place(self, folder: int) -> None:
        """Give the durable bytes their name in one step, in an open folder that has them.

        Raises
        ------
        NoSpace, NotWritable
            The disk refused, or somebody exchanged the temporary file; the name is as it was before.
        """
        with self._disk():
            if not self._is_in(folder):
                raise _exchanged(self.path)
            os.replace(self.path.name, self.target.name, src_dir_fd=folder, dst_dir_fd=folder)
        self._placed = True

    def _is_in(self, folder: int | None) -> bool:
        """Whether the temporary name means the very file that was written and verified here."""
        name = self.path if folder is None else self.path.name
        try:
            there = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return os.path.samestat(there, self.facts)

    def close(self, *, keep: bool) -> None:
        """Let go: an unfinished file stays for a later run where that can continue it safely, else goes."""
        keep = keep and not self._placed and self.continuable and self._is_in(None)
        os.close(self.descriptor)
        if self._placed:
            return
        if keep:
            with suppress(FileNotFoundError):  # taken over this very moment
                self.path.rename(part_path(self.target, self.expected, nobody()))
        else:
            self.path.unlink(missing_ok=True)

    @property
    def continuable(self) -> bool:
        """Whether a later process can go on from here: the catalogue's checksum will judge the whole."""
        return self.expected.has_checksum and os.fstat(self.descriptor).st_size >= WORTH_KEEPING


def _exchanged(path: Path) -> NotWritable:
    return NotWritable(f"somebody exchanged {path} meanwhile; choose a folder that only you can change")


def _readinto(descriptor: int, room: memoryview) -> int:
    return os.readv(descriptor, [room])
