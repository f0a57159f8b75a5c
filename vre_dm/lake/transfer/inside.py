"""The folder of a file, reached step by step from the target folder: no link on the way leads out of it."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vre_dm.errors import NotWritable
from vre_dm.lake.transfer.failures import disk_error

_FOLDER = os.O_RDONLY | os.O_DIRECTORY
_ALL = stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO  # without what the umask takes
_TRIES = 100  # times that a folder on the way may be removed meanwhile


class Inside:
    """Folders below the target folder, opened to work in exactly this one whatever its path means later.

    One that was reached once is known again as long as its path leads to the same.

    Parameters
    ----------
    private
        Whether folders that are made can be entered by their user only, also one that is made once more.
    """

    def __init__(self, *, private: bool = False) -> None:
        self._mode = stat.S_IRWXU if private else _ALL
        self._known: dict[Path, tuple[int, int]] = {}
        self._bases: dict[Path, Path] = {}

    @contextmanager
    def opened(self, folder: Path, root: Path) -> Iterator[int]:
        """Open a folder, made if needed.

        Parameters
        ----------
        root
            The target folder. Links up to it are the user's own; below it they may lead to its other folders.

        Raises
        ------
        NoSpace, NotWritable
            A link leads out of the target folder, somebody exchanges folders just now, or the disk refuses.
        """
        try:
            descriptor = self._again(folder)
            if descriptor is None:
                # where the target folder lies is looked up once: nobody puts a link in its place later
                base = self._bases.setdefault(root, Path(os.path.realpath(root)))
                descriptor = _reached(folder, root, base, self._mode)
                self._known[folder] = _identity(descriptor)
        except OSError as error:
            raise disk_error(error, folder / "any") from error
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _again(self, folder: Path) -> int | None:
        """Open a folder by its path, if that is the one it was."""
        known = self._known.get(folder)
        if known is None:
            return None
        with suppress(OSError):
            descriptor = os.open(folder, _FOLDER)
            if _identity(descriptor) == known:
                return descriptor
            os.close(descriptor)
        return None


def _identity(descriptor: int) -> tuple[int, int]:
    facts = os.fstat(descriptor)
    return facts.st_dev, facts.st_ino


def _reached(folder: Path, root: Path, base: Path, mode: int) -> int:
    """Open a folder from the target folder on; another fetch that ends removes those that are empty again."""
    for left in reversed(range(_TRIES)):
        try:
            return _descended(folder, root, base, mode)
        except FileNotFoundError:
            if not left:
                raise
    raise AssertionError


def _descended(folder: Path, root: Path, base: Path, mode: int) -> int:
    """Open a folder from the target folder on, step by step; FileNotFoundError where one goes meanwhile."""
    # no error where links lead in a circle: the descent refuses them
    real = Path(os.path.realpath(folder))
    if not real.is_relative_to(base):
        raise _leads_out(folder, root)
    base.mkdir(parents=True, exist_ok=True)
    reached = os.open(base, _FOLDER | os.O_NOFOLLOW)
    for name in real.relative_to(base).parts:
        above = reached
        try:
            with suppress(FileExistsError):
                os.mkdir(name, mode, dir_fd=above)
            reached = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=above)
        except NotADirectoryError as error:
            raise _leads_out(folder, root) from error
        finally:
            os.close(above)
    return reached


def _leads_out(folder: Path, root: Path) -> NotWritable:
    return NotWritable(f"{folder} is a link that leads out of {root}; remove it or choose another folder")
