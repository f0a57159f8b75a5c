"""What cannot end well and is said before a byte moves: names that clash, folders in the way, a full disk."""

import os
import shutil
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from vre_dm.did import Did
from vre_dm.errors import InvalidDid, NoSpace, NotWritable
from vre_dm.lake.tables import size_text
from vre_dm.lake.transfer.item import Item
from vre_dm.lake.transfer.names import Found, leftovers, waiting_for

_ROOM = 4096  # bytes a file system may round a file up to


def existing(folder: Path) -> Path:
    """Give the folder, or the nearest one above it that is there."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def refuse_clashes(dids: Iterable[Did]) -> None:
    """Names that differ only in case are one name on some disks; a file cannot also be a folder.

    Raises
    ------
    InvalidDid
        Two files would share a path.
    """
    taken: dict[str, Did] = {}
    folders: dict[str, Did] = {}
    for did in dids:
        path = f"{did.scope}/{did.name}".casefold()
        if (other := taken.setdefault(path, did)) is not did:
            msg = f"{other} and {did} would be one file on some disks; fetch them into different folders"
            raise InvalidDid(msg)
        while path := path.rpartition("/")[0]:
            folders.setdefault(path, did)
    for path in folders.keys() & taken.keys():
        msg = (
            f"{taken[path]} would be both a file and the folder of {folders[path]}; "
            "fetch them into different folders"
        )
        raise InvalidDid(msg)


def refuse_blocked(items: Sequence[Item], folder: Path) -> None:
    """Refuse folders that cannot be made where they are to be.

    Raises
    ------
    NotWritable
        A file has the name of a folder, or a link leads out of the folder.
    """
    inside = os.path.realpath(folder)  # which takes links that lead in a circle
    for parent in dict.fromkeys(item.folder for item in items):
        found = existing(parent)
        if not found.is_dir():
            msg = f"{found} is a file where a folder is needed; choose another folder"
            raise NotWritable(msg)
        if not Path(os.path.realpath(parent)).is_relative_to(inside):
            msg = f"{parent} is a link that leads out of {folder}; remove it or choose another folder"
            raise NotWritable(msg)


def refuse_folders(items: Sequence[Item], looks: Mapping[Did, os.stat_result]) -> None:
    """Refuse names that folders have.

    Parameters
    ----------
    looks
        What has the name of a file already.

    Raises
    ------
    NotWritable
        A folder has the name of a file.
    """
    for item in items:
        if item.did in looks and stat.S_ISDIR(looks[item.did].st_mode):
            msg = (
                f"{item.target} is a folder where {item.did} should be; move it away or choose another folder"
            )
            raise NotWritable(msg)


def refuse_unwritable(coming: Sequence[Item]) -> None:
    """Refuse folders that take no files.

    Raises
    ------
    NotWritable
        One cannot be written.
    """
    for folder in dict.fromkeys(item.folder for item in coming):
        found = existing(folder)
        # A file system of no size (/proc, /sys) lets root believe that it can write.
        if not os.access(found, os.W_OK | os.X_OK) or shutil.disk_usage(found).total == 0:
            msg = f"cannot write in {folder}: {found} takes no files from you; choose another folder"
            raise NotWritable(msg)


def refuse_full(coming: Sequence[Item], folder: Path) -> None:
    """Compare what is still to come with what the disk has; what a killed run left counts as here.

    Raises
    ------
    NoSpace
        The files do not fit on the disk, by their bytes or by their number.
    """
    needed = sum((item.expected.size or 0) + _ROOM for item in coming) - _left(coming)
    disk = existing(folder)
    free = shutil.disk_usage(disk).free
    if needed > free:
        msg = f"{folder} needs {size_text(needed)} but has {size_text(free)} free; nothing was written"
        raise NoSpace(msg)
    facts = os.statvfs(disk)
    if facts.f_files and facts.f_favail < len(coming):
        msg = f"{len(coming)} files are needed in {folder} but the disk takes only {facts.f_favail} more"
        raise NoSpace(msg)


def _left(coming: Sequence[Item]) -> int:
    """Bytes that an earlier run left of the files."""
    found: dict[Path, list[Found]] = {
        parent: list(leftovers(parent)) for parent in {item.folder for item in coming}
    }
    size = 0
    for item in coming:
        if left := found[item.folder]:
            parts = waiting_for(item.target, item.expected, left)[:1]
            size += sum(_arrived(part, item.expected.size or 0) for part, _ in parts)
    return size


def _arrived(part: Path, size: int) -> int:
    """Bytes of a file that have come; one that several streams fill is longer than it will be, with gaps."""
    try:
        facts = part.lstat()
    except OSError:
        return 0
    return facts.st_size if facts.st_size <= size else min(facts.st_blocks * 512, size)
