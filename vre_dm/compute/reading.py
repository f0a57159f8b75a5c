"""Files that stay open from chunk to chunk: opening a tree of many branches is slower than reading a few."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from vre_dm.compute.inputs import Input
from vre_dm.compute.parquet import ParquetTable
from vre_dm.compute.tree import Tree
from vre_dm.errors import UnreadableInput

Table = Tree | ParquetTable
_Key = tuple[str, str, int, int]
_KEPT = 2  # the file whose entries are computed, and the one that is read ahead


@dataclass(slots=True)
class _Place:
    table: Table
    users: int = 0


class Shelf:
    """Keeps the files that were used last open; safe to be asked from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: OrderedDict[_Key, _Place] = OrderedDict()

    @contextmanager
    def lend(self, source: Input, tree: str = "") -> Iterator[Table]:
        """Give an open file; one that was replaced meanwhile is opened anew.

        Raises
        ------
        UnreadableInput
            As `open_table`.
        """
        key = _key(source, tree)
        with self._lock:
            if key not in self._places:
                self._places[key] = _Place(open_table(source, tree))
            place = self._places[key]
            place.users += 1
            self._places.move_to_end(key)
        try:
            yield place.table
        finally:
            with self._lock:
                place.users -= 1
                self._tidy()

    def clear(self) -> None:
        """Close what nobody uses."""
        with self._lock:
            self._tidy(kept=0)

    def _tidy(self, kept: int = _KEPT) -> None:
        idle = [key for key, place in self._places.items() if not place.users]
        for key in idle[: max(len(self._places) - kept, 0)]:
            self._places.pop(key).table.close()


shelf = Shelf()
"""Files of this process."""


def open_table(source: Input, tree: str = "") -> Table:
    """Open a ROOT or a Parquet file, as its first bytes tell.

    Raises
    ------
    UnreadableInput
        It is missing, empty, truncated, or neither of the two.
    """
    path = source.path
    if path is None:
        msg = f"{source.name} is not on this machine; fetch it first"
        raise UnreadableInput(msg)
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        msg = f"{source.name} cannot be opened: {error.strerror or error}"
        raise UnreadableInput(msg) from error
    if magic == b"root":
        return Tree(path, source.name, tree)
    if magic == b"PAR1":
        return ParquetTable(path, source.name)
    what = f"begins with {magic!r}, which no ROOT or Parquet file does" if magic else "is empty (0 bytes)"
    msg = f"{source.name} {what}; leave it out, or take paths with as_='path'"
    raise UnreadableInput(msg)


def _key(source: Input, tree: str) -> _Key:
    try:
        facts = source.path.stat() if source.path is not None else None
    except OSError:
        facts = None  # which opening it says better
    return (
        (str(source.path), tree, facts.st_size, facts.st_mtime_ns)
        if facts
        else (str(source.path), tree, 0, 0)
    )
