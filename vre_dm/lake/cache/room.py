"""Keeps the cache within its quota: what was not used for longest goes first, what is in use never."""

import time
from collections.abc import Callable, Container, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from vre_dm.errors import NoSpace
from vre_dm.lake.cache.facts import facts_path, read_facts
from vre_dm.lake.cache.opened import Opened, opened
from vre_dm.lake.cache.store import Cache
from vre_dm.lake.tables import size_text

RECENT = 600.0
"""Seconds after its last use in which an object stays."""
RECENT_ELSEWHERE = 86400.0
"""The same where it cannot be seen whether a program has it open, as on network file systems."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One object.

    Attributes
    ----------
    path
        Where it is.
    did
        File that it was first fetched as; empty where that is not known.
    size
        Bytes.
    used
        Last use, unix seconds.
    """

    path: Path
    did: str
    size: int
    used: float


def entries(cache: Cache) -> list[Entry]:
    """Objects of the user, the one not used for longest first."""
    found = []
    for path in cache.objects():
        with suppress(OSError):  # removed meanwhile
            facts, state = read_facts(path), path.lstat()
            notes = facts_path(path)
            used = notes.lstat().st_mtime if notes.exists() else state.st_ctime
            found.append(Entry(path, facts.did if facts else "", state.st_size, used))
    return sorted(found, key=lambda entry: entry.used)


def make_room(
    cache: Cache, needed: int, clock: Callable[[], float] = time.time, keep: Container[Path] = ()
) -> int:
    """Remove objects until so many bytes more fit into the quota; gives the bytes removed.

    Parameters
    ----------
    keep
        Objects that stay, however long ago they were used.
    clock
        Unix time in seconds.

    Raises
    ------
    NoSpace
        They cannot fit. Where that is plain from the sizes, nothing is removed.
    """
    if cache.quota is None:
        return 0
    known = entries(cache)
    excess = sum(entry.size for entry in known) + needed - cache.quota
    idle = [entry for entry in known if clock() - entry.used > RECENT and entry.path not in keep]
    if (missing := excess - sum(entry.size for entry in idle)) > 0:
        raise NoSpace(_too_small(cache.quota, needed, missing))
    freed = 0
    for entry in idle:
        if freed >= excess:
            break
        if remove(cache, entry, clock):
            freed += entry.size
    if freed < excess:
        raise NoSpace(_too_small(cache.quota, needed, excess - freed))
    return freed


def remove(cache: Cache, entry: Entry, clock: Callable[[], float] = time.time) -> bool:
    """Remove an object that no program has open; False if it stays."""
    try:
        with opened(entry.path) as answer:
            unseen = answer is Opened.UNKNOWN and clock() - entry.used <= RECENT_ELSEWHERE
            if answer is Opened.YES or unseen:
                return False
            cache.drop(entry.path)
    except OSError:  # removed by another process
        return not entry.path.exists()
    return True


def sweep(leftovers: Iterable[Path], now: float) -> None:
    """Remove what killed processes left among the objects a day ago or earlier."""
    for path in leftovers:
        with suppress(OSError):
            if now - path.lstat().st_ctime > RECENT_ELSEWHERE:
                path.unlink()


def _too_small(quota: int, needed: int, missing: int) -> str:
    return (
        f"the cache may hold {size_text(quota)}, this needs {size_text(needed)}, and {size_text(missing)} "
        "cannot be made free: what is open or was used in the last minutes stays; fetch into a folder of "
        "your own, or raise VRE_DM_CACHE_QUOTA"
    )
