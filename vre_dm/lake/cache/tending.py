"""What a user does with the cache: look at it, read it all again, take things out."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from vre_dm.did import DidPattern
from vre_dm.lake.cache.keys import read_key
from vre_dm.lake.cache.room import Entry, entries, remove, sweep
from vre_dm.lake.cache.store import Cache
from vre_dm.lake.tables import Table, Tabular, plural, size_text
from vre_dm.lake.transfer.verify import holds

_SHOWN = 20


class Contents(list[Entry], Tabular):
    """Objects of a cache, the longest unused first; a list that shows itself as a table.

    Parameters
    ----------
    cache
        What is looked at.
    pattern
        Only objects that were first fetched as a file that fits.
    """

    def __init__(self, cache: Cache, pattern: DidPattern | None = None) -> None:
        super().__init__(entry for entry in entries(cache) if pattern is None or _fits(entry, pattern))
        self.cache = cache

    __repr__ = Tabular.__repr__

    @property
    def size(self) -> int:
        """Bytes of all."""
        return sum(entry.size for entry in self)

    def table(self) -> Table:
        """File, size and last use of the longest unused."""
        rows = [
            (entry.did or "unknown", size_text(entry.size), datetime.fromtimestamp(entry.used, UTC))
            for entry in self[:_SHOWN]
        ]
        bound = "no quota" if self.cache.quota is None else f"a quota of {size_text(self.cache.quota)}"
        title = f"{plural(len(self), 'file')}, {size_text(self.size)}, in {self.cache.folder} ({bound})"
        note = f"{len(self) - _SHOWN} more were used later." if len(self) > _SHOWN else ""
        return Table(title, ("file", "size", "last use (UTC)"), rows, note, widest=120)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What reading every object found: how many are good, and those that were not and went."""

    good: int
    removed: list[Entry]


def verify(cache: Cache, told: Callable[[Entry], None] = lambda _: None) -> Verdict:
    """Read every object; one that is not what its name says goes, with the links that show it.

    Parameters
    ----------
    told
        Called with each object before it is read.
    """
    good, removed, stop = 0, list[Entry](), threading.Event()
    for entry in entries(cache):
        told(entry)
        key = read_key(entry.path.name)
        if key is not None and holds(entry.path, key, stop):
            good += 1
        elif entry.path.exists():
            cache.drop(entry.path)
            removed.append(entry)
    return Verdict(good, removed)


def clear(cache: Cache, wanted: Contents, clock: Callable[[], float]) -> list[Entry]:
    """Remove objects and the links that show them; gives those that stayed, as a program has them open."""
    sweep((cache.folder / "objects").glob("*.link"), clock())
    sweep((cache.folder / "objects").glob("??/*.*.facts"), clock())
    return [entry for entry in wanted if not remove(cache, entry, clock)]


def _fits(entry: Entry, pattern: DidPattern) -> bool:
    scope, _, name = entry.did.partition(":")
    return pattern.has_scope(scope) and pattern.has_name(name)
