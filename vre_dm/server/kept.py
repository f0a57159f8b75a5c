"""What was asked lately and is long to get, so that the next page or panel asks the lake nothing; bounded."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
P = TypeVar("P")
K = TypeVar("K", bound=Hashable)


@dataclass
class _Place(Generic[T]):
    """One answer; the lock makes those who want it at the same time ask once."""

    answers: list[T] = field(default_factory=list)  # none or one
    weight: int = 0
    until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Kept(Generic[T]):
    """The answers that were used last; safe to share between threads.

    Parameters
    ----------
    most
        Weight of all of them together; the last one is kept however much it weighs.
    seconds
        How long an answer is trusted.
    weight
        Of one answer.
    clock
        Seconds, never going back.
    """

    def __init__(
        self,
        most: int,
        seconds: float,
        weight: Callable[[T], int] = lambda _: 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.most, self._seconds, self._weight, self._clock = most, seconds, weight, clock
        self._lock = threading.Lock()
        self._places: OrderedDict[Hashable, _Place[T]] = OrderedDict()
        self._coming = 0  # weight of what is gathered now

    def get(self, what: Hashable, ask: Callable[[], T], *, fresh: bool = False) -> T:
        """Answer that is kept, or asked for now; ``fresh`` asks in any case. An error leaves nothing kept."""
        with self._lock:
            place = self._places.setdefault(what, _Place())
        try:
            with place.lock:
                if fresh or not place.answers or place.until <= self._clock():
                    place.answers, place.weight, place.until = [], 0, 0.0
                    answer = ask()
                    place.answers, place.weight = [answer], self._weight(answer)
                    place.until = self._clock() + self._seconds
                return place.answers[0]
        finally:
            self._trim(what, place)

    def put(self, what: Hashable, answer: T) -> None:
        """Keep an answer that was got without `get`, such as one that came bit by bit."""
        place = _Place([answer], self._weight(answer), self._clock() + self._seconds)
        with self._lock:
            self._places[what] = place
        self._trim(what, place)

    def gather(self: "Kept[list[P]]", what: Hashable, parts: Iterable[P]) -> Iterator[P]:
        """Give the parts of an answer as they come, and keep them at the end.

        Nothing is kept of one that, with all others that come at the same time, weighs more than all may.
        """
        told: list[P] | None = []
        weight = 0
        try:
            for part in parts:
                yield part
                if told is None:
                    continue
                if self._takes(more := self._weight([part])):
                    told.append(part)
                    weight += more
                else:
                    self._takes(-weight)
                    told, weight = None, 0
            if told is not None:
                self.put(what, told)
        finally:
            self._takes(-weight)

    def look(self, what: Hashable) -> T | None:
        """Answer if it is kept; nothing is asked, and nobody waited for."""
        with self._lock:
            place = self._places.get(what)
            if place is None or not place.answers or place.until <= self._clock():
                return None
            self._places.move_to_end(what)
            return place.answers[0]

    def drop(self, what: Hashable) -> None:
        """Keep this answer no more."""
        with self._lock:
            self._places.pop(what, None)

    def forget(self) -> None:
        """Keep nothing any more."""
        with self._lock:
            self._places.clear()

    def _takes(self, weight: int) -> bool:
        with self._lock:
            if weight > 0 and self._coming + weight > self.most:
                return False
            self._coming += weight
            return True

    def _trim(self, what: Hashable, place: _Place[T]) -> None:
        with self._lock:
            if self._places.get(what) is not place:
                return  # forgotten meanwhile
            self._places.move_to_end(what)
            for old in [each for each, at in self._places.items() if self._is_over(at)]:
                del self._places[old]
            while len(self._places) > 1 and sum(each.weight for each in self._places.values()) > self.most:
                self._places.popitem(last=False)

    def _is_over(self, place: _Place[T]) -> bool:
        return place.until <= self._clock() and not place.lock.locked()


class Seen(Generic[K]):
    """Which things were seen, of the last so many; safe to share between threads."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._things: OrderedDict[K, None] = OrderedDict()

    def add(self, things: Iterable[K]) -> None:
        """Remember them; what was not seen for longest is forgotten."""
        with self._lock:
            for thing in things:
                self._things[thing] = None
                self._things.move_to_end(thing)
            while len(self._things) > self._most:
                self._things.popitem(last=False)

    def __contains__(self, thing: object) -> bool:
        with self._lock:
            return thing in self._things

    def forget(self) -> None:
        """Remember none any more."""
        with self._lock:
            self._things.clear()
