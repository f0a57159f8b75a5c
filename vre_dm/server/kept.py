"""Lists of files that were asked for lately, so that the next page of one asks the lake nothing; bounded."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from vre_dm.did import Did
from vre_dm.lake.dataset import Dataset


@dataclass
class _Place:
    """One dataset with its files; the lock makes those who want it at the same time ask once."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    dataset: Dataset | None = None
    files: int = 0
    until: float = 0.0


class KeptDatasets:
    """Datasets whose files are known, the latest used ones; safe to share between threads.

    Parameters
    ----------
    most
        Files in all of them together; the last one is kept however many it has.
    seconds
        How long a list is trusted.
    clock
        Seconds, never going back.
    """

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._lock = threading.Lock()
        self._places: OrderedDict[Did, _Place] = OrderedDict()

    def get(self, did: Did, ask: Callable[[], Dataset], *, fresh: bool = False) -> Dataset:
        """Dataset whose files are known.

        Parameters
        ----------
        ask
            Gets it from the lake.
        fresh
            Whether it is asked for even if it is kept.
        """
        with self._lock:
            place = self._places.setdefault(did, _Place())
        with place.lock:
            if fresh or place.dataset is None or place.until <= self._clock():
                place.dataset = None  # what the lake no longer knows is not kept either
                dataset = ask()
                place.files = len(dataset.files)
                place.dataset, place.until = dataset, self._clock() + self._seconds
            found = place.dataset
        self._trim(did, place)
        return found

    def forget(self) -> None:
        """Keep none of them any more."""
        with self._lock:
            self._places.clear()

    def _trim(self, did: Did, place: _Place) -> None:
        with self._lock:
            self._places[did] = place
            self._places.move_to_end(did)
            while len(self._places) > 1 and self._weight() > self._most:
                self._places.popitem(last=False)

    def _weight(self) -> int:
        return sum(1 + place.files for place in self._places.values())
