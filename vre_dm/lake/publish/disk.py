"""A storage element that is a folder of this machine: a mount, or a ``file`` element of the embedded lake."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vre_dm.errors import NoSpace
from vre_dm.lake.access import Access
from vre_dm.lake.publish.store import Seen, StoreFailed
from vre_dm.lake.transfer.http import Body
from vre_dm.lake.transfer.verify import Digest, chunks

_FULL = {errno.ENOSPC, errno.EDQUOT}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS, errno.EXDEV}


class Disk:
    """Files below the paths that the access maps physical file names to."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def put(self, address: str, body: Body, size: int) -> None:
        """Write a file, durably."""
        with _in_words(path := self._path(address)):
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o666)
            with open(descriptor, "wb", buffering=0) as stream:  # noqa: PTH123 - of a descriptor
                for chunk in body():
                    _write(stream.fileno(), chunk)
                os.fsync(stream.fileno())

    def seen(self, address: str) -> Seen | None:
        """Size and checksum, read back from the storage."""
        digest = Digest(with_md5=False)
        try:
            with self._path(address).open("rb", buffering=0) as stream:
                for chunk in chunks(stream.readinto):
                    digest.update(chunk)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _failed(error, self._path(address)) from error
        return Seen(digest.size, digest.adler32)

    def exists(self, address: str) -> bool:
        """Whether there is a file."""
        with _in_words(path := self._path(address)):
            return path.exists()

    def move(self, address: str, target: str, *, over: bool) -> bool:
        """Rename; a link first, since a plain rename replaces what is there."""
        source, goal = self._path(address), self._path(target)
        with _in_words(goal):
            if over:
                source.replace(goal)
                return True
            try:
                os.link(source, goal)
            except FileExistsError:
                return False
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                if goal.exists():
                    return False
                source.replace(goal)
            else:
                source.unlink()
        return True

    def remove(self, address: str) -> None:
        """Delete a file."""
        with _in_words(path := self._path(address)):
            path.unlink(missing_ok=True)

    def stop(self) -> None:
        """Nothing here waits long."""

    def close(self) -> None:
        """Nothing is open."""

    def _path(self, address: str) -> Path:
        path = self._access.local_path(address)
        if path is None:
            msg = f"{address} is on no path of this machine"
            raise StoreFailed(msg, passing=False)
        return path


def _write(descriptor: int, chunk: memoryview) -> None:
    while chunk:
        chunk = chunk[os.write(descriptor, chunk) :]


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _failed(error, path) from error


def _failed(error: OSError, path: Path) -> Exception:
    if error.errno in _FULL:
        with suppress(OSError):
            free = os.statvfs(path.parent)
            return NoSpace(f"{path.parent}: {error.strerror} ({free.f_bavail * free.f_frsize} bytes free)")
        return NoSpace(f"{path.parent}: {error.strerror}")
    passing = error.errno in {errno.EIO, errno.ESTALE, errno.ENOTCONN, errno.ETIMEDOUT}
    return StoreFailed(f"{path.parent}: {error.strerror}", passing=passing)
