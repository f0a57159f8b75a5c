"""Files that stay open from chunk to chunk: opening a tree of many branches is slower than reading a few."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vre_dm.compute.allowed import Allowed
from vre_dm.compute.copies import Copies
from vre_dm.compute.inputs import Away, Input
from vre_dm.compute.parquet import ParquetTable
from vre_dm.compute.tree import Tree
from vre_dm.errors import UnreadableInput

if TYPE_CHECKING:
    from vre_dm.compute.remote import RemoteFile

Table = Tree | ParquetTable
_Key = tuple[str, str, int, int]
_KEPT = 2  # the file whose entries are computed, and the one that is read ahead


@dataclass(slots=True)
class _Place:
    table: Table | None = None
    users: int = 0
    opening: threading.Lock = field(default_factory=threading.Lock)

    @property
    def remote(self) -> "RemoteFile | None":
        """Where it is read without a copy, if it is."""
        return self.table.remote if isinstance(self.table, Tree) else None

    @property
    def broken(self) -> bool:
        """Whether the next one is to open it anew."""
        return self.remote is not None and self.remote.broken

    def close(self) -> None:
        """Close the file, if it was opened."""
        if self.table is not None:
            self.table.close()


class Shelf:
    """Keeps the files that were used last open; safe to be asked from several threads.

    Attributes
    ----------
    allowed
        What may be used to read files where they are.
    """

    def __init__(self) -> None:
        self.allowed = Allowed()
        self._copies = Copies()
        self._lock = threading.Lock()
        self._places: OrderedDict[_Key, _Place] = OrderedDict()

    @contextmanager
    def lend(self, source: Input, tree: str = "") -> Iterator[Table]:
        """Give an open file; one that was replaced meanwhile is opened anew.

        Raises
        ------
        UnreadableInput, TransferFailed, LoginRefused
            As `open_table`.
        """
        key = _key(source, tree)
        with self._lock:
            place = self._places.get(key)
            if place is None or place.broken:
                if place is not None and not place.users:
                    place.close()
                place = self._places[key] = _Place()
            place.users += 1
            self._places.move_to_end(key)
        try:
            with place.opening:  # others are not kept waiting by a server
                if place.table is None:
                    known = self.pinned(source)
                    place.table = open_table(known, tree, self.allowed)
                    if place.remote is not None:
                        self._copies.opened(known, place.remote.url, place.remote.seen)
            yield place.table
        finally:
            if place.remote is not None and place.remote.failed:
                self._copies.failed(source, place.remote.url)
            with self._lock:
                place.users -= 1
                if not place.users and self._places.get(key) is not place:
                    place.close()
                self._tidy()

    def pinned(self, source: Input) -> Input:
        """Give a file with what was seen of it here, so that who reads it elsewhere has to see the same."""
        return self._copies.known(source)

    def untold(self, source: Input) -> bool:
        """Whether it was read here from a server that does not tell when a file is replaced."""
        return self._copies.untold(source)

    def forget(self, run: str) -> None:
        """Forget what was told and seen for a run, and close what nobody uses."""
        self.allowed.forget(run)
        with self._lock:
            self._tidy(kept=0)
        self._copies.forget(run)

    def clear(self) -> None:
        """Close what nobody uses."""
        with self._lock:
            self._tidy(kept=0)

    def _tidy(self, kept: int = _KEPT) -> None:
        idle = [key for key, place in self._places.items() if not place.users]
        surplus = idle[: max(len(self._places) - kept, 0)]
        for key in idle:
            place = self._places[key]
            if key in surplus or place.table is None or place.broken:
                self._places.pop(key).close()


shelf = Shelf()
"""Files of this process."""


def open_table(source: Input, tree: str = "", allowed: Allowed | None = None) -> Table:
    """Open a ROOT or a Parquet file, as its first bytes tell.

    Raises
    ------
    UnreadableInput
        It is missing, empty, truncated, or neither of the two.
    TransferFailed, LoginRefused, DatasetChanged
        It is read where it is, and no copy can be opened, or it is another object than before.
    """
    if source.away is not None and not _is_here(source):
        return _open_away(source, source.away, tree, allowed or Allowed())
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


def _open_away(source: Input, away: Away, tree: str, allowed: Allowed) -> Tree:
    from vre_dm.compute.remote import opened  # with the client of the storage, which few need

    def tree_of(file: "RemoteFile") -> Tree:
        magic = file.small(0, 4)
        if magic == b"root":
            return Tree(file, source.name, tree)
        kind = "is a Parquet file" if magic == b"PAR1" else f"begins with {magic!r}, which no ROOT file does"
        msg = f"{source.name} {kind}: only ROOT files are read where they are; use fetch=True"
        raise UnreadableInput(msg)

    return opened(source, allowed.of(away.run).access, tree_of)


def _is_here(source: Input) -> bool:
    return source.path is not None and source.path.exists()


def _key(source: Input, tree: str) -> _Key:
    if source.away is not None and not _is_here(source):
        return f"{source.away.run} {source.name}", tree, source.size or 0, 0
    try:
        facts = source.path.stat() if source.path is not None else None
    except OSError:
        facts = None  # which opening it says better
    return (
        (str(source.path), tree, facts.st_size, facts.st_mtime_ns)
        if facts
        else (str(source.path), tree, 0, 0)
    )
