"""Folders that only their user can enter, for files under embargo."""

import stat
from collections.abc import Sequence
from pathlib import Path

from vre_dm.lake.transfer.failures import disk_error
from vre_dm.lake.transfer.item import Item

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def close_folders(items: Sequence[Item], folder: Path) -> None:
    """Make the folders of the items below the target folder, or close those that are there, with their files.

    Raises
    ------
    NotWritable
        One belongs to another user or cannot be made.
    """
    folders: dict[Path, list[Path]] = {}
    for item in items:
        folders.setdefault(item.target.parent, []).append(item.target)
    for parent, targets in folders.items():
        try:
            parent.mkdir(parents=True, exist_ok=True)
            for path in (parent, *parent.parents):
                if path == folder:
                    break
                path.chmod(0o700)
            for target in targets:
                _close(target)
        except OSError as error:
            raise disk_error(error, parent / "x") from error


def _close(target: Path) -> None:
    """Close a file of an earlier fetch; one that is closed already is left as it is, with its times."""
    try:
        facts = target.lstat()
    except FileNotFoundError:
        return
    if stat.S_ISREG(facts.st_mode) and facts.st_mode & _OTHERS:
        target.chmod(0o600)
