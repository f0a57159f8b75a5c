"""What killed runs left beside files that are here now, or left so long ago that nobody comes back for it."""

import contextlib
import time
from collections.abc import Iterable
from pathlib import Path

from vre_dm.lake.transfer.claim import Claims
from vre_dm.lake.transfer.item import Item
from vre_dm.lake.transfer.names import claims_in, parts, stem

_LONG_AGO = 7 * 86400.0  # seconds


def sweep(items: Iterable[Item], claims: Claims) -> None:
    """Remove temporary files and claims of ended processes from the folders of files that are here.

    Parameters
    ----------
    items
        Files that are whole now: no temporary file of theirs, of whatever content, is of use any more.
    """
    folders: dict[Path, set[str]] = {}
    for item in items:
        folders.setdefault(item.folder, set()).add(stem(item.target.name))
    for folder, whole in folders.items():
        with contextlib.suppress(OSError):  # it has no say in what was fetched
            _sweep(folder, whole, claims)


def _sweep(folder: Path, whole: set[str], claims: Claims) -> None:
    for path, name, _, owner in parts(folder):
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):
            last = path.lstat().st_mtime
            if owner.gone(last) and (name in whole or time.time() - last > _LONG_AGO):
                path.unlink()
    for claim in claims_in(folder):
        with contextlib.suppress(OSError):  # another user's
            claims.remove_dead(claim)
