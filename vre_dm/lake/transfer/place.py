"""The temporary file beside a target and the one rename that makes it final: never a partial by that name."""

import fcntl
import os
import stat
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vre_dm.errors import NoSpace, NotWritable
from vre_dm.lake.transfer.failures import Stopped, disk_error
from vre_dm.lake.transfer.names import part_path
from vre_dm.lake.transfer.owner import Owner, myself, nobody
from vre_dm.lake.transfer.policy import CHUNK
from vre_dm.lake.transfer.verify import Expected

WORTH_KEEPING = 1 << 20
"""Bytes from which an unfinished file is left for the next run to continue."""

_FICLONE = 0x40049409  # linux/fs.h: share the blocks of another file, where the file system can


class Part:
    """A file on its way, written under a temporary name in the folder of its target.

    Attributes
    ----------
    size
        Bytes on disk; the digest covers exactly these.
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
        self._descriptor = descriptor
        self._placed = False

    @property
    def size(self) -> int:
        """Bytes received so far."""
        return self.digest.size

    @property
    def complete(self) -> bool:
        """Whether these are provably the registered bytes, with nothing left to ask for."""
        return self.expected.has_checksum and self.expected.fault(self.digest) is None

    def write(self, chunk: bytes) -> None:
        """Append bytes.

        Raises
        ------
        NoSpace, NotWritable
            The disk did not take them.
        """
        view = memoryview(chunk)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError as error:
            raise disk_error(error, self.target) from error
        self.digest.update(chunk)

    def clone(self, source: int, stop: threading.Event) -> bool:
        """Share the blocks of an open file instead of copying them; False where the file system cannot."""
        try:
            fcntl.ioctl(self._descriptor, _FICLONE, source)
        except OSError:
            return False
        self.absorb(stop)
        return True

    def absorb(self, stop: threading.Event) -> None:
        """Take the bytes that are on disk already into the digest."""
        self.digest = self.expected.digest()
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        while chunk := os.read(self._descriptor, CHUNK):
            if stop.is_set():
                raise Stopped
            self.digest.update(chunk)

    def copy_to(self, other: "Part", stop: threading.Event) -> None:
        """Give the bytes that are on disk to a part of its own."""
        if not other.clone(self._descriptor, stop):
            while chunk := os.read(self._descriptor, CHUNK):
                if stop.is_set():
                    raise Stopped
                other.write(chunk)

    def restart(self) -> None:
        """Forget every byte received."""
        try:
            os.ftruncate(self._descriptor, 0)
        except OSError as error:
            raise disk_error(error, self.target) from error
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        self.digest = self.expected.digest()
        self.resumed = False
        self.origin = None

    def place(self) -> Path:
        """Make the verified bytes durable and give them their name, in one step.

        Raises
        ------
        NoSpace, NotWritable
            The disk refused, or somebody exchanged the temporary file; the name is as it was before.
        """
        try:
            os.fsync(self._descriptor)
            if not self._is(self.path):
                msg = f"somebody exchanged {self.path} meanwhile; choose a folder that only you can change"
                raise NotWritable(msg)
            self.path.replace(self.target)
        except OSError as error:
            raise disk_error(error, self.target) from error
        self._placed = True
        return self.target

    def _is(self, path: Path) -> bool:
        """Whether a name means the very file that was written and verified here."""
        try:
            return os.path.samestat(path.lstat(), os.fstat(self._descriptor))
        except FileNotFoundError:
            return False

    def close(self, *, keep: bool) -> None:
        """Let go: an unfinished file stays for a later run where that can continue it safely, else goes."""
        keep = keep and self.continuable and self._is(self.path)
        os.close(self._descriptor)
        if self._placed:
            return
        if keep:
            self.path.rename(part_path(self.target, self.expected, nobody()))
        else:
            self.path.unlink(missing_ok=True)

    @property
    def continuable(self) -> bool:
        """Whether a later process can go on from here: the catalogue's checksum will judge the whole."""
        return self.expected.has_checksum and os.fstat(self._descriptor).st_size >= WORTH_KEEPING


@contextmanager
def open_part(
    target: Path, expected: Expected, found: Iterable[tuple[Path, Owner]], stop: threading.Event
) -> Iterator[Part]:
    """Continue what another run left of this very content, or begin; kept or removed at the end, as it ends.

    Parameters
    ----------
    found
        Temporary files of this target and their owners. The caller has the claim, so all are its to take.

    Raises
    ------
    NoSpace, NotWritable
        The folder cannot be written.
    """
    keep, part = True, None
    try:
        part = _adopt(target, expected, found, stop) or _create(target, expected)
        yield part
    except OSError as error:
        raise disk_error(error, target) from error
    except NoSpace:
        keep = False  # the disk needs the room more than the next run needs the bytes
        raise
    finally:
        if part is not None:
            part.close(keep=keep)


def _adopt(
    target: Path, expected: Expected, found: Iterable[tuple[Path, Owner]], stop: threading.Event
) -> Part | None:
    """Take over the first part that is not longer than the file; remove the others."""
    taken: Part | None = None
    for path, owner in found:
        mine = part_path(target, expected, myself())
        try:
            path.rename(mine)  # of two takers one wins
            descriptor = os.open(mine, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            continue
        part = Part(target, expected, descriptor, mine)
        if taken is None and _usable(descriptor, expected):
            taken = _continued(part, stop, alone=owner.ended)
        else:
            part.close(keep=False)
    return taken


def _continued(part: Part, stop: threading.Event, *, alone: bool) -> Part:
    """Take the bytes into the sums; from a file that its writer may still change, a copy of them."""
    if alone:
        try:
            part.absorb(stop)
        except BaseException:
            part.close(keep=True)
            raise
        part.resumed = True
        return part
    copy = _create(part.target, part.expected)
    try:
        part.copy_to(copy, stop)
    except BaseException:
        copy.close(keep=False)
        raise
    finally:
        part.close(keep=False)
    copy.resumed = True
    return copy


def _usable(descriptor: int, expected: Expected) -> bool:
    facts = os.fstat(descriptor)
    ours = stat.S_ISREG(facts.st_mode) and facts.st_uid == os.geteuid() and facts.st_nlink == 1
    return ours and expected.has_checksum and (expected.size is None or facts.st_size <= expected.size)


def _create(target: Path, expected: Expected) -> Part:
    path = part_path(target, expected, myself())
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
    except OSError as error:
        raise disk_error(error, target) from error
    return Part(target, expected, descriptor, path)
