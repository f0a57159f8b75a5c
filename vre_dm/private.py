"""Files and folders that nobody but this user and root could have put there or exchanged."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from vre_dm.errors import NotWritable

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def make_private(folder: Path, step: str = "name a folder to fetch into") -> None:
    """Make a folder that others can neither read nor exchange; one that is there must be such already.

    Parameters
    ----------
    folder
        Made with those above it.
    step
        What the user can do where that fails.

    Raises
    ------
    NotWritable
        It cannot be made, or it or a folder above it is another user's to change.
    """
    folder = folder.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        foreign = open_to_others(folder)
    except OSError as error:
        msg = f"cannot make the folder {folder}: {error.strerror}; {step}"
        raise NotWritable(msg) from error
    if foreign is not None:
        msg = f"other users can change {foreign}, so {folder} is not safe to use; {_closing(foreign)}{step}"
        raise NotWritable(msg)


def _closing(foreign: Path) -> str:
    """Say how to close a folder of one's own again that its group came to write, as on a volume for a group.

    Only the user knows whether others had the time to put something into it.
    """
    facts = foreign.lstat()
    mine = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.geteuid()
    if not mine or facts.st_mode & stat.S_IWOTH:
        return ""
    return f"if nobody else is in its group, chmod -R go-rwx,g-s {foreign}, else "


def open_to_others(folder: Path) -> Path | None:
    """Give the folder, or the first of those above it, that another user could change or exchange.

    Raises
    ------
    OSError
        There is no such folder.
    """
    folder = folder.absolute()
    own = {folder, folder.resolve()}
    return next((path for path in _chain(folder) if _is_foreign(path, strict=path in own)), None)


def open_to_exchange(folder: Path) -> Path | None:
    """Give the folder, or the first above it, in which another user could exchange what one makes there.

    Raises
    ------
    OSError
        There is no such folder.
    """
    return next((path for path in _chain(folder.absolute()) if _is_foreign(path, strict=False)), None)


def _chain(folder: Path) -> Iterable[Path]:
    """All that leads to a folder, as written and as resolved: who owns a link can let it point elsewhere."""
    real = folder.resolve()
    return dict.fromkeys((*reversed(folder.parents), folder, *reversed(real.parents), real))


def file_fault(facts: os.stat_result) -> str | None:
    """Why a credential is not this user's alone, or ``None``."""
    if not stat.S_ISREG(facts.st_mode):
        return "is no plain file"
    if facts.st_uid != os.geteuid():
        return "belongs to another user"
    if facts.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return "is open to other users"
    return None


def found_fault(path: Path) -> str | None:
    """Why a credential that was found at a usual place, where others write too, is not ours; or ``None``.

    Raises
    ------
    OSError
        There is no such file.
    """
    return folder_fault(path.parent) or file_fault(path.lstat())


def folder_fault(folder: Path) -> str | None:
    """Why a credential at a usual place, where others write too, does not belong there; or ``None``.

    Raises
    ------
    OSError
        There is no such folder.
    """
    if _is_foreign(folder, strict=False) or folder.is_symlink():
        return "is in a folder of another user"
    return None


def shared_fault(path: Path, root: Path, owner: int = 0) -> str | None:
    """Why a file below a folder that an admin shares is not to be trusted, or ``None``.

    From the folder down all must belong to root, the user or the owner and be closed to others' writing;
    above it nobody else may be able to exchange it.

    Parameters
    ----------
    owner
        Number of another user who is trusted with it.
    """
    try:
        for part in (path, *path.parents):
            facts, inside = part.lstat(), part.is_relative_to(root)
            open_ = inside and (stat.S_ISLNK(facts.st_mode) or facts.st_mode & _OTHERS_WRITE)
            if open_ or _is_foreign(part, strict=False, owner=owner):
                return f"{part} can be changed by others"
        if root.resolve() != root and (fault := shared_fault(root.resolve(), root.resolve(), owner)):
            return fault
    except OSError as error:
        return error.strerror or "cannot be read"
    return None


def is_shared(folder: Path) -> bool:
    """Whether every user of the machine can write in a folder, as in ``/tmp``."""
    return folder.is_dir() and bool(folder.stat().st_mode & stat.S_IWOTH)


def _is_foreign(path: Path, *, strict: bool, owner: int = 0) -> bool:
    """Whether another user could change what a folder (or link) holds.

    A folder above may be open to one's own group, as some systems make every folder, and to all if it is
    sticky; the folder itself may not (``strict``).
    """
    facts = path.lstat()
    if facts.st_uid not in {os.geteuid(), 0, owner}:
        return True
    if stat.S_ISLNK(facts.st_mode):
        return False
    if strict:
        return facts.st_uid != os.geteuid() or bool(facts.st_mode & _OTHERS_WRITE)
    return bool(facts.st_mode & stat.S_IWOTH) and not facts.st_mode & stat.S_ISVTX
