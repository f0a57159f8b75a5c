"""From a path as the file browser says it, below the server's root, to the file of this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from vre_dm.errors import InvalidRequest

_LONGEST_NAME = 255  # bytes that a file system takes


@dataclass(frozen=True)
class Shown:
    """What the file browser shows.

    Attributes
    ----------
    root
        Folder that the server shows.
    hidden
        Whether it shows what begins with a dot.
    """

    root: Path
    hidden: bool

    @cached_property
    def top(self) -> Path:
        """The root with its links resolved. Asks the disk."""
        return self.root.resolve()

    def files(self, paths: Sequence[str], field: str) -> list[Path]:
        """Files or folders that paths of the file browser mean; they need not be there. Asks the disk.

        Parameters
        ----------
        paths
            With slashes, from the root; empty for the root itself.
        field
            Part of the question that says them, for the error.

        Raises
        ------
        InvalidRequest
            One leads out of the root, by its name or through a link, is not shown, or is no path.
        """
        return [self._looked_at(path, field)[0] for path in paths]

    def folder(self, path: str, field: str) -> Path:
        """Folder that a path means, links resolved: later they may lead elsewhere; refused as in `files`."""
        return self._looked_at(path, field)[1]

    def allow(self, real: Path, field: str, said: str = "") -> None:
        """Refuse where a path leads, its links resolved, as in `files`."""
        # A link may be part of what somebody else packed: it must not show what lies elsewhere.
        if not real.is_relative_to(self.top):
            why = "leads out of the folder that JupyterLab shows; copy the files into it"
            raise _refused(said or str(real), why, field)
        self._refuse_hidden(said or str(real), real.relative_to(self.top).parts, field)

    def _looked_at(self, path: str, field: str) -> tuple[Path, Path]:
        """What a path means, and where that leads."""
        parts = path.strip("/").split("/") if path.strip("/") else []
        if not all(map(_is_name, parts)):
            raise _refused(path, "is no path below the folder that JupyterLab shows", field)
        self._refuse_hidden(path, parts, field)
        found = self.top.joinpath(*parts)
        real = _resolved(found)
        self.allow(real, field, path)
        return found, real

    def _refuse_hidden(self, path: str, parts: Sequence[str], field: str) -> None:
        if not self.hidden and any(part.startswith(".") for part in parts):
            why = "is hidden, and this server does not show hidden files; choose another name"
            raise _refused(path, why, field)


def _is_name(part: str) -> bool:
    sound = part not in {"", ".", ".."} and "\\" not in part and part.isprintable()
    return sound and len(part.encode()) <= _LONGEST_NAME


def _resolved(found: Path) -> Path:
    try:
        return found.resolve()
    except (OSError, RuntimeError):  # a link to itself, or a path beyond what the system takes
        return Path("/")


def _refused(path: str, why: str, field: str) -> InvalidRequest:
    return InvalidRequest(f"{ascii(path)[:200]} {why}", field=field)
