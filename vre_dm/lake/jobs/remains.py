"""What a fetch left on the disk that did not come to its end: parts of files, which wait for the next run."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from vre_dm.did import Did
from vre_dm.lake.jobs import journal
from vre_dm.lake.transfer.events import Placed, Started
from vre_dm.lake.transfer.names import leftovers, stem

_BLOCK = 512  # bytes of a block in what the file system says of a file


def remains(told: Path, root: Path) -> Iterator[Path]:
    """Parts of files that a fetch began and nobody writes any more.

    Parameters
    ----------
    told
        Journal of the fetch.
    root
        Folder that it fetched into.
    """
    begun: set[Did] = set()
    for event in (entry.event for entry in journal.read(told)):
        if isinstance(event, Started):
            begun.add(event.file)
        elif isinstance(event, Placed):
            begun.discard(event.file)
    folders: dict[Path, set[str]] = {}
    for did in begun:
        target = root / did.path()
        folders.setdefault(target.parent, set()).add(stem(target.name))
    for folder, stems in folders.items():
        yield from (path for path, name, _, _ in leftovers(folder) if name in stems)


def size_of(paths: Iterable[Path]) -> int:
    """Bytes that they take; a file that several streams fill has gaps, which take none."""
    size = 0
    for path in paths:
        with suppress(OSError):  # continued or removed meanwhile
            facts = path.lstat()
            size += min(facts.st_size, facts.st_blocks * _BLOCK)
    return size


def remove(paths: Iterable[Path]) -> None:
    """Give their room back; what is another user's stays."""
    for path in paths:
        with suppress(OSError):
            if path.lstat().st_uid == os.geteuid():
                path.unlink()
