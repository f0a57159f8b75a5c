"""Files of this machine as they were chosen: where one really lies and which it is, told by one look."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from vre_dm.errors import InvalidUpload
from vre_dm.lake.tables import clean

Identity = tuple[int, int, int, int, int]
"""Device, inode, size and times: as long as they stay, the content does."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file that was chosen, as another process can find it again, and no other in its stead.

    Attributes
    ----------
    path
        Where it lies, without links.
    inode
        Which file it is there. Its device is not kept: a network mount has another after each restart, and a
        path without links leads to no other.
    """

    path: str
    inode: int

    @property
    def is_sound(self) -> bool:
        """Whether it may be one, whoever wrote it down."""
        return type(self.inode) is int and isinstance(self.path, str) and Path(self.path).is_absolute()


def look(source: Path | str | Place) -> tuple[Path, Identity]:
    """Where a plain file lies, its links resolved, and its identity; of a place, if it is the file chosen.

    Raises
    ------
    InvalidUpload
        It is missing, no plain file, or not the one that was chosen.
    """
    path = source.path if isinstance(source, Place) else source
    try:
        with _held(path) as (name, facts):
            real = os.readlink(name)  # noqa: PTH115 - as text
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        msg = f"{clean(path, None)} cannot be read: {why}; check the path"
        raise InvalidUpload(msg) from error
    if isinstance(source, Place) and source != Place(real, facts.st_ino):
        msg = f"{clean(path, None)} leads elsewhere than when it was chosen for the upload; publish it anew"
        raise InvalidUpload(msg, field="files")
    if not stat.S_ISREG(facts.st_mode):
        msg = f"{clean(path, None)} is no plain file; give files, or a folder that holds them"
        raise InvalidUpload(msg)
    return Path(real), _identity(facts)


def opened(path: Path, identity: Identity) -> FileIO:
    """Open a file to read it, if it still is the one that was looked at.

    Raises
    ------
    InvalidUpload
        It was changed or exchanged meanwhile.
    OSError
        It cannot be opened.
    """
    with _held(path) as (name, facts):
        if _identity(facts) != identity:
            raise changed(path)
        return FileIO(name)


def changed(path: Path) -> InvalidUpload:
    """Error of a file that is no longer what it was when it was chosen."""
    msg = f"{clean(path, None)} changed while it was uploaded; run again when nothing writes to it"
    return InvalidUpload(msg)


@contextmanager
def _held(path: Path | str) -> Iterator[tuple[str, os.stat_result]]:
    """What a path leads to now, by a name that nobody can exchange, and its facts."""
    descriptor = os.open(path, os.O_PATH)
    try:
        yield f"/proc/self/fd/{descriptor}", os.fstat(descriptor)
    finally:
        os.close(descriptor)


def _identity(facts: os.stat_result) -> Identity:
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns
