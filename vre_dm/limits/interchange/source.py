"""A foreign file and its neighbours, read whole but never without bound."""

import stat
from pathlib import Path

from vre_dm.errors import InvalidCurve

LARGEST_BYTES = 4_000_000
"""The largest published limit table seen has 0.5 MB; a larger file is something else."""


class Source:
    """One file to be read, as text.

    Parameters
    ----------
    path
        A regular file, not a folder, a pipe or a device.

    Raises
    ------
    InvalidCurve
        The file is missing, no regular file, too large or no UTF-8.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        self.text = _text(path)

    @property
    def stem(self) -> str:
        """File name without its ending."""
        return self.path.stem

    @property
    def folder(self) -> str:
        """Name of the folder that holds the file, which some collections give a meaning."""
        return self.path.absolute().parent.name

    def has(self, name: str) -> bool:
        """Tell whether a file of this plain name lies beside this one."""
        return _plain(name) and (self.path.parent / name).is_file()

    def beside(self, name: str) -> "Source":
        """Read a file that this one names; only its own folder is looked at.

        Raises
        ------
        InvalidCurve
            The name would leave the folder, or the file cannot be read.
        """
        if not _plain(name):
            msg = f"{self.name} names the file {name[:60]!r}; only plain names in the same folder are read"
            raise InvalidCurve(msg)
        return Source(self.path.parent / name)


def is_folder(place: Path) -> bool:
    """Tell whether a path is a folder; a name too long for any file system is none."""
    try:
        return place.is_dir()
    except OSError:
        return False


def _plain(name: str) -> bool:
    return bool(name) and name not in {".", ".."} and not {"/", "\\", "\0"} & set(name)


def _text(path: Path) -> str:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            msg = f"{path.name} is not a regular file; give the file that holds the numbers"
            raise InvalidCurve(msg)
        with path.open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a null byte
        if isinstance(error, InvalidCurve):
            raise
        msg = f"{path.name} cannot be read: {getattr(error, 'strerror', None) or error}"
        raise InvalidCurve(msg) from None
    if len(content) > LARGEST_BYTES:
        msg = f"{path.name} is larger than {LARGEST_BYTES / 1e6:g} MB; a limit curve never is"
        raise InvalidCurve(msg)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{path.name} is not UTF-8 at byte {error.start}; save it as UTF-8 text"
        raise InvalidCurve(msg) from None
