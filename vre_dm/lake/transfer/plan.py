"""Everything decided before any byte moves: which files, which names, from where, and whether they fit."""

import errno
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vre_dm.did import Did
from vre_dm.lake.access import Access
from vre_dm.lake.files import File
from vre_dm.lake.transfer.item import Item
from vre_dm.lake.transfer.refusals import (
    existing,
    refuse_blocked,
    refuse_clashes,
    refuse_folders,
    refuse_full,
    refuse_unwritable,
)
from vre_dm.lake.transfer.sources import CACHE, Source, sources
from vre_dm.lake.transfer.verify import Expected

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache


@dataclass(frozen=True, slots=True)
class Plan:
    """The items in the order given, each once; ``targets`` repeats where the input did.

    Attributes
    ----------
    size
        Bytes of all items; None where one is not registered.
    coming
        Items that have to be moved, as far as names and sizes tell.
    free
        Bytes left on the disk.
    """

    items: tuple[Item, ...]
    targets: tuple[Path, ...]
    size: int | None
    coming: tuple[Item, ...]
    free: int

    @property
    def kept(self) -> int:
        """Number of items that seem to be here already, or need no copy."""
        return len(self.items) - len(self.coming)

    @property
    def bytes_coming(self) -> int:
        """Registered bytes that have to be moved."""
        return sum(item.expected.size or 0 for item in self.coming)


def make_plan(
    files: Iterable[File], folder: Path, access: Access, *, copy: bool, cache: "Cache | None" = None
) -> Plan:
    """Decide names and sources, and refuse what could not end well.

    Parameters
    ----------
    copy
        With False, a file that this machine can read in place needs no other.
    cache
        Another source of bytes; in a folder that it manages, its objects need no copy.

    Raises
    ------
    InvalidDid
        Two files would share a path (also where only upper and lower case differ).
    NotWritable
        A folder has the name of a file, a link leads out of the folder, or it cannot be written.
    NoSpace
        The files do not fit on the disk.
    """
    asked = list(files)
    unique = {file.did: file for file in asked}
    refuse_clashes(unique)
    own = None if cache is None or cache.owns(folder) else cache
    folders: dict[str, Path] = {}
    items = tuple(_item(file, folder, folders, access, own) for file in unique.values())
    refuse_blocked(items, folder)
    looks = _looks(items)
    refuse_folders(items, looks)
    shown = cache if cache is not own else None
    coming = tuple(item for item in items if not _is_here(item, looks, shown, copy=copy))
    if copy:
        refuse_unwritable(coming)
        refuse_full(coming, folder)
    targets = {item.did: item.target for item in items}
    free = shutil.disk_usage(existing(folder)).free
    return Plan(items, tuple(targets[file.did] for file in asked), _total(items), coming, free)


def _item(file: File, root: Path, folders: dict[str, Path], access: Access, cache: "Cache | None") -> Item:
    ranked, useless = sources(file, access)
    expected = Expected.of(file)
    cached = () if cache is None else cache.paths(file.did, expected)
    first = (Source(CACHE, path=path) for path in cached)
    inside, _, name = f"{file.did.scope}/{file.did.name}".rpartition("/")
    folder = folders.get(inside) or folders.setdefault(inside, root / inside)
    return Item(file.did, root, folder, folder / name, expected, (*first, *ranked), tuple(useless))


def _total(items: Sequence[Item]) -> int | None:
    sizes = [item.expected.size for item in items]
    return None if None in sizes else sum(size or 0 for size in sizes)


def _looks(items: Sequence[Item]) -> dict[Did, os.stat_result]:
    """State of what has the name of a file already, by one look each; where there is no folder, by none."""
    there = {folder: folder.is_dir() for folder in dict.fromkeys(item.folder for item in items)}
    found: dict[Did, os.stat_result] = {}
    for item in items:
        if there[item.folder]:
            try:
                found[item.did] = item.target.stat()
            except OSError as error:
                if error.errno not in (errno.ENOENT, errno.ELOOP):  # nothing, or a link to nothing
                    raise
    return found


def _is_here(item: Item, looks: Mapping[Did, os.stat_result], cache: "Cache | None", *, copy: bool) -> bool:
    """By its size alone: the sums follow when it is the file's turn."""
    if not copy and any(source.path is not None for source in item.sources):
        return True
    if item.did in looks and looks[item.did].st_size == item.expected.size:
        return True
    return cache is not None and bool(cache.paths(item.did, item.expected))
