"""The folder of a file, reached step by step from the target folder: no link on the way leads out of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vre_dm.errors import NotWritable

_FOLDER = os.O_RDONLY | os.O_DIRECTORY


@contextmanager
def opened(folder: Path, root: Path) -> Iterator[int]:
    """Open a folder below the target folder, to rename in exactly this one whatever its path means later.

    Parameters
    ----------
    root
        The target folder. Links up to it are the user's own; below it they may lead to its other folders.

    Raises
    ------
    NotWritable
        A link leads out of the target folder, or somebody exchanges folders just now.
    """
    base, real = root.resolve(), folder.resolve()
    if not real.is_relative_to(base):
        raise _leads_out(folder, root)
    reached = os.open(base, _FOLDER)
    try:
        for name in real.relative_to(base).parts:
            above = reached
            try:
                reached = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=above)
            except OSError as error:
                raise _leads_out(folder, root) from error
            os.close(above)
        yield reached
    finally:
        os.close(reached)


def refuse_outside(folder: Path, root: Path) -> None:
    """Refuse a folder that a link leads out of the target folder.

    Raises
    ------
    NotWritable
        So it is.
    """
    if not folder.resolve().is_relative_to(root.resolve()):
        raise _leads_out(folder, root)


def _leads_out(folder: Path, root: Path) -> NotWritable:
    return NotWritable(f"{folder} is a link that leads out of {root}; remove it or choose another folder")
