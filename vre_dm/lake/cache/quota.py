"""The quota while a fetch runs: room before each file moves, and never at the price of the fetch's own."""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from vre_dm.did import Did
from vre_dm.errors import NoSpace
from vre_dm.lake.cache.room import RECENT, make_room
from vre_dm.lake.cache.store import Cache
from vre_dm.lake.transfer.verify import Expected

_LOOK = 10.0  # seconds after which another process may have added enough to count again
_USED = RECENT / 2  # seconds after which the files of a fetch count as used once more

Named = tuple[Did, Expected]


class Quota:
    """What one fetch puts into the cache, held against its quota; thread-safe.

    Parameters
    ----------
    cache
        Where the files go; None where the cache does not manage them.
    clock
        Seconds.
    """

    def __init__(self, cache: Cache | None, clock: Callable[[], float]) -> None:
        self._cache, self._clock = cache, clock
        self._lock = threading.Lock()
        self._own: dict[Path, Named] = {}
        self._coming: dict[Did, int] = {}
        self._total = 0
        self._looked = self._used = clock()

    def begin(self, kept: Iterable[Named], coming: int) -> None:
        """Have room for what is coming; none of what is here makes way.

        Raises
        ------
        NoSpace
            It does not fit.
        """
        if self._cache is not None:
            for did, expected in kept:
                self._keep(self._cache, did, expected)
            make_room(self._cache, coming, keep=self._own)
            if self._cache.quota is not None:
                self._look(self._cache)

    def reserve(self, did: Did, expected: Expected) -> None:
        """Have room for a file that is about to move.

        Raises
        ------
        NoSpace
            Others have filled the cache meanwhile, with what is in use.
        """
        if self._cache is None or self._cache.quota is None:
            return
        size = expected.size or 0
        with self._lock:
            if self._clock() - self._looked >= _LOOK:
                self._look(self._cache)
            coming = size + sum(self._coming.values()) - self._coming.get(did, 0)
            if self._total + coming > self._cache.quota:
                make_room(self._cache, coming, keep=self._own)
                self._look(self._cache)
            self._coming[did] = size

    def added(self, did: Did, expected: Expected) -> None:
        """Count a file that is in the cache now."""
        if self._cache is not None:
            with self._lock:
                self._total += self._coming.pop(did, 0)
                self._keep(self._cache, did, expected)

    def given_up(self, did: Did) -> None:
        """Give back the room of a file that did not come."""
        with self._lock:
            self._coming.pop(did, None)

    def beat(self) -> None:
        """Let other processes see that the files of this fetch are in use; cheap to call often."""
        if self._cache is not None and self._clock() - self._used >= _USED:
            self._used = self._clock()
            with self._lock:
                own = list(self._own.values())
            for did, expected in own:
                self._cache.use(did, expected)

    def end(self) -> None:
        """Make what others added at the same time fit too, as far as it is not in use."""
        if self._cache is not None:
            with suppress(NoSpace):
                make_room(self._cache, 0, keep=self._own)

    def _keep(self, cache: Cache, did: Did, expected: Expected) -> None:
        if (path := cache.place(did, expected)) is not None and cache.use(did, expected):
            self._own[path] = did, expected

    def _look(self, cache: Cache) -> None:
        self._looked, self._total = self._clock(), cache.size()
