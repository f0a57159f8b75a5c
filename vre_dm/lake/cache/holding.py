"""Folders of the cache held open while names in them change: no link on the way, nobody else writes there."""

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vre_dm.lake.transfer.inside import Inside

_FOLDER = os.O_RDONLY | os.O_DIRECTORY
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@contextmanager
def held(root: Path, *names: str) -> Iterator[int]:
    """Hold a folder below the cache's open; made if needed, read as the cache is, whatever the umask.

    Raises
    ------
    OSError
        It cannot be made, a link is in the way, or other users can change it.
    """
    reached = os.open(root, _FOLDER)
    try:
        mode = _closed(reached, root)
        for name in names:
            above = reached
            with suppress(FileExistsError):
                os.mkdir(name, mode & 0o755, dir_fd=above)
            reached = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=above)
            os.close(above)
            _closed(reached, root / name)
        yield reached
    finally:
        os.close(reached)


def put_link(root: Path, target: Path, shows: Path, make: Callable[[str, int], None]) -> None:
    """Give the target's name to a link, in one step over what is there; what a kill leaves is in the cache.

    Parameters
    ----------
    root, shows
        Folder of the cache, and that of the names which show its objects.
    make
        Makes the link, by its name in a folder that is open.

    Raises
    ------
    OSError
        The disk refuses, or other users can change a folder of the cache.
    NotWritable
        A link leads out of the folder of names.
    """
    fresh = f"{secrets.token_hex(8)}.link"
    with held(root, "objects") as objects, Inside().opened(target.parent, shows) as there:
        try:
            make(fresh, objects)
            os.replace(fresh, target.name, src_dir_fd=objects, dst_dir_fd=there)
        finally:
            with suppress(FileNotFoundError):  # a link over another one of the same file stays, says POSIX
                os.unlink(fresh, dir_fd=objects)


def _closed(descriptor: int, folder: Path) -> int:
    """Give the mode of a folder that only this user can change."""
    facts = os.fstat(descriptor)
    if facts.st_uid != os.geteuid() or facts.st_mode & _OTHERS_WRITE:
        raise OSError(errno.EPERM, "other users can change it", os.fspath(folder))
    return stat.S_IMODE(facts.st_mode)
