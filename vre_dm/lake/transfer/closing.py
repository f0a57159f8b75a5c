"""Folders that only their user can enter, for files under embargo."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from vre_dm.lake.transfer.failures import disk_error
from vre_dm.lake.transfer.inside import Inside
from vre_dm.lake.transfer.item import Item

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def close_folders(items: Sequence[Item], folder: Path) -> None:
    """Make the folders of the items below the target folder, or close those that are there, with their files.

    Each is opened first, and what was opened is closed: whoever exchanges a name meanwhile gains nothing.

    Raises
    ------
    NotWritable
        One belongs to another user, cannot be made, or is a link that leads out of the target folder.
    """
    folders: dict[Path, list[str]] = {}
    for item in items:
        folders.setdefault(item.folder, []).append(item.target.name)
    inside = Inside(private=True)
    for parent, names in folders.items():
        try:
            for path in (parent, *parent.parents):
                if path == folder:
                    break
                with inside.opened(path, folder) as descriptor:
                    os.fchmod(descriptor, stat.S_IRWXU)
            with inside.opened(parent, folder) as descriptor:
                for name in names:
                    _close(name, descriptor)
        except OSError as error:
            raise disk_error(error, parent / "x") from error


def _close(name: str, folder: int) -> None:
    """Close a file of an earlier fetch; one that is closed already is left as it is, with its times."""
    try:
        if not _is_open(os.stat(name, dir_fd=folder, follow_symlinks=False)):
            return
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except FileNotFoundError:
        return
    try:
        if _is_open(os.fstat(descriptor)):
            os.fchmod(descriptor, stat.S_IRUSR | stat.S_IWUSR)
    finally:
        os.close(descriptor)


def _is_open(facts: os.stat_result) -> bool:
    return stat.S_ISREG(facts.st_mode) and bool(facts.st_mode & _OTHERS)
