"""From a path as the file browser says it, below the server's root, to the file of this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
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
        top = self.root.resolve()
        return [self._file(top, path, field) for path in paths]

    def _file(self, top: Path, path: str, field: str) -> Path:
        parts = path.strip("/").split("/") if path.strip("/") else []
        if not all(map(_is_name, parts)):
            raise _refused(path, "is no path below the folder that JupyterLab shows", field)
        if not self.hidden and any(part.startswith(".") for part in parts):
            why = "is hidden, and this server does not show hidden files; choose another name"
            raise _refused(path, why, field)
        found = top.joinpath(*parts)
        # A link may be part of what somebody else packed: it must not show what lies elsewhere.
        if not _leads_below(found, top):
            why = "leads out of the folder that JupyterLab shows; copy the files into it"
            raise _refused(path, why, field)
        return found


def _is_name(part: str) -> bool:
    sound = part not in {"", ".", ".."} and "\\" not in part and part.isprintable()
    return sound and len(part.encode()) <= _LONGEST_NAME


def _leads_below(found: Path, top: Path) -> bool:
    try:
        return found.resolve().is_relative_to(top)
    except (OSError, RuntimeError):  # a link to itself, or a path beyond what the system takes
        return False


def _refused(path: str, why: str, field: str) -> InvalidRequest:
    return InvalidRequest(f"{ascii(path)[:200]} {why}", field=field)
