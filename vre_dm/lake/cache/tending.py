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
from vre_dm.lake.transfer.verify import Expected, flaw

_SHOWN = 20
_NOTHING = Expected(None, None, None)  # what a name that is no object's says


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
    """What reading every object found.

    Attributes
    ----------
    good
        How many are what they should be.
    removed
        Those that were not, and went.
    unread
        Those that could not be read, each with the cause; nothing is known of them, so they stay.
    """

    good: int
    removed: list[Entry]
    unread: list[tuple[Entry, str]]


def verify(wanted: Contents, told: Callable[[Entry], None] = lambda _: None) -> Verdict:
    """Read objects; one that is not what its name says goes, with the links that show it.

    Parameters
    ----------
    told
        Called with each object when it was read.
    """
    good, removed, unread = 0, list[Entry](), list[tuple[Entry, str]]()
    for entry in wanted:
        try:
            fault = flaw(entry.path, read_key(entry.path.name) or _NOTHING, threading.Event())
        except OSError as error:
            unread.append((entry, error.strerror or type(error).__name__))
        else:
            if fault is None:
                good += 1
            elif entry.path.exists():  # not removed by another process meanwhile
                wanted.cache.drop(entry.path)
                removed.append(entry)
        told(entry)
    return Verdict(good, removed, unread)


def clear(cache: Cache, wanted: Contents, clock: Callable[[], float]) -> list[Entry]:
    """Remove objects and the links that show them; gives those that stayed, as a program has them open."""
    sweep((cache.folder / "objects").glob("*.link"), clock())
    sweep((cache.folder / "objects").glob("??/*.*.facts"), clock())
    return [entry for entry in wanted if not remove(cache, entry, clock)]


def _fits(entry: Entry, pattern: DidPattern) -> bool:
    scope, _, name = entry.did.partition(":")
    return pattern.has_scope(scope) and pattern.has_name(name)
