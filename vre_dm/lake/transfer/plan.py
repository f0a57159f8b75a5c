"""Everything decided before any byte moves: which files, which names, from where, and whether they fit."""

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vre_dm.did import Did
from vre_dm.errors import InvalidDid, NoSpace, NotWritable
from vre_dm.lake.access import Access
from vre_dm.lake.files import File
from vre_dm.lake.tables import size_text
from vre_dm.lake.transfer.names import leftovers, waiting_for
from vre_dm.lake.transfer.sources import Source, sources
from vre_dm.lake.transfer.verify import Expected

_ROOM = 4096  # bytes a file system may round a file up to


@dataclass(frozen=True, slots=True)
class Item:
    """One file to fetch.

    Attributes
    ----------
    did
        Its identifier.
    target
        Final path.
    expected
        Size and checksums as registered.
    sources
        Ways to read it, best first.
    useless
        Replicas that cannot be read from here, each with the cause.
    """

    did: Did
    target: Path
    expected: Expected
    sources: tuple[Source, ...]
    useless: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The items in the order given, each once; ``targets`` repeats where the input did.

    ``kept`` of the items seem to be here already; ``free`` bytes are left on the disk.
    """

    items: tuple[Item, ...]
    targets: tuple[Path, ...]
    size: int | None
    kept: int
    free: int


def make_plan(files: Iterable[File], folder: Path, access: Access, *, copy: bool) -> Plan:
    """Decide names and sources, and refuse what could not end well.

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
    _refuse_clashes(unique)
    items = tuple(_item(file, folder, access) for file in unique.values())
    _refuse_blocked(items, folder)
    if copy:
        _refuse_unwritable(items)
        _refuse_full(items, folder)
    sizes = [item.expected.size for item in items]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    kept, free = sum(map(_probably_here, items)), shutil.disk_usage(_existing(folder)).free
    return Plan(items, tuple(_target(file.did, folder) for file in asked), total, kept, free)


def _target(did: Did, folder: Path) -> Path:
    return folder / did.path()


def _item(file: File, folder: Path, access: Access) -> Item:
    ranked, useless = sources(file, access)
    return Item(file.did, _target(file.did, folder), Expected.of(file), tuple(ranked), tuple(useless))


def _refuse_clashes(dids: Iterable[Did]) -> None:
    """Names that differ only in case are one name on some disks; a file cannot also be a folder."""
    taken: dict[str, Did] = {}
    for did in dids:
        if (other := taken.setdefault(str(did.path()).casefold(), did)) is not did:
            msg = f"{other} and {did} would be one file on some disks; fetch them into different folders"
            raise InvalidDid(msg)
    for did in taken.values():
        for parent in did.path().parents:
            if (other := taken.get(str(parent).casefold(), did)) is not did:
                msg = (
                    f"{other} would be both a file and the folder of {did}; fetch them into different folders"
                )
                raise InvalidDid(msg)


def _refuse_blocked(items: Sequence[Item], folder: Path) -> None:
    inside = folder.resolve()
    for parent in dict.fromkeys(item.target.parent for item in items):
        existing = _existing(parent)
        if not existing.is_dir():
            msg = f"{existing} is a file where a folder is needed; choose another folder"
            raise NotWritable(msg)
        if not parent.resolve().is_relative_to(inside):
            msg = f"{parent} is a link that leads out of {folder}; remove it or choose another folder"
            raise NotWritable(msg)
    for item in items:
        if item.target.is_dir():
            msg = (
                f"{item.target} is a folder where {item.did} should be; move it away or choose another folder"
            )
            raise NotWritable(msg)


def _refuse_unwritable(items: Sequence[Item]) -> None:
    for folder in dict.fromkeys(item.target.parent for item in items if not _probably_here(item)):
        existing = _existing(folder)
        # A file system of no size (/proc, /sys) lets root believe that it can write.
        if not os.access(existing, os.W_OK | os.X_OK) or shutil.disk_usage(existing).total == 0:
            msg = f"cannot write in {folder}: {existing} takes no files from you; choose another folder"
            raise NotWritable(msg)


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _refuse_full(items: Sequence[Item], folder: Path) -> None:
    """Compare what is still to come with what the disk has; what a killed run left counts as here."""
    found = {parent: list(leftovers(parent)) for parent in {item.target.parent for item in items}}
    missing = [item for item in items if not _probably_here(item)]
    needed = sum((item.expected.size or 0) + _ROOM for item in missing)
    for item in missing:
        parts = waiting_for(item.target, item.expected, found[item.target.parent])
        needed -= sum(part.stat().st_size for part, _ in parts[:1] if part.exists())
    disk = _existing(folder)
    free = shutil.disk_usage(disk).free
    if needed > free:
        msg = f"{folder} needs {size_text(needed)} but has {size_text(free)} free; nothing was written"
        raise NoSpace(msg)
    facts = os.statvfs(disk)
    if facts.f_files and facts.f_favail < len(missing):
        msg = f"{len(missing)} files are needed in {folder} but the disk takes only {facts.f_favail} more"
        raise NoSpace(msg)


def _probably_here(item: Item) -> bool:
    """Size alone: the sums follow when it is the file's turn."""
    try:
        return item.target.stat().st_size == item.expected.size
    except OSError:
        return False
