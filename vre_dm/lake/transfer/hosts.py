"""How many streams each host gets, when it wants to be left alone, and who is asked last."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from vre_dm.lake.transfer.climb import Climb
from vre_dm.lake.transfer.failures import SourceFailed, Stopped
from vre_dm.lake.transfer.memory import Memory
from vre_dm.lake.transfer.policy import Pace, Policy
from vre_dm.lake.transfer.sources import Source

_WINDOW = 1.0  # seconds over which a host's throughput is judged
_LOOK = 0.1  # seconds between two looks at the stop while waiting for a turn


@dataclass(slots=True)
class _Host:
    climb: Climb
    since: float
    busy: int = 0
    bytes: int = 0
    full: bool = False  # whether all streams were in use in this window
    free_at: float = 0.0
    turn: threading.Condition = field(default_factory=threading.Condition)


class Hosts:
    """The hosts of one fetch; thread-safe."""

    def __init__(self, policy: Policy, pace: Pace, memory: Memory) -> None:
        self._policy, self._pace, self.memory = policy, pace, memory
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    def ranked(self, sources: Iterable[Source]) -> list[Source]:
        """Order sources as before, but those last where something failed lately or that want to be alone."""
        return sorted(sources, key=lambda source: (self.memory.is_bad(source.place), self.held(source) > 0))

    @property
    def limit(self) -> int:
        """Streams that all hosts together take, as far as they are known."""
        with self._lock:
            known = sum(host.climb.limit for host in self._hosts.values())
        return min(max(known, self._policy.streams), self._policy.threads)

    def held(self, source: Source) -> float:
        """Seconds for which a host still wants to be left alone."""
        return max(self._host(source).free_at - self._pace.clock(), 0.0)

    @contextmanager
    def stream(self, source: Source, stop: threading.Event) -> Iterator[None]:
        """Have one stream from a host, as soon as it is free; its failures and successes are noted.

        Raises
        ------
        Stopped
            The fetch was cancelled while waiting.
        """
        host = self._host(source)
        if seconds := self.held(source):
            self._pace.wait(stop, seconds)
        with host.turn:
            while host.busy >= host.climb.limit:
                if stop.is_set():
                    raise Stopped
                host.turn.wait(_LOOK)
            host.busy += 1
            host.full |= host.busy == host.climb.limit
        with self._used(host, source):
            yield

    @contextmanager
    def further(self, source: Source) -> Iterator[bool]:
        """Have one more stream for a file that has one already; tells whether the host has room now."""
        host = self._host(source)
        with self._lock:
            all_ = sum(each.busy for each in self._hosts.values())
        with host.turn:
            room = host.busy < host.climb.limit and all_ < self._policy.threads
            host.busy += room
        if not room:
            yield False
            return
        with self._used(host, source):
            yield True

    def moved(self, source: Source, size: int) -> None:
        """Count bytes that came from a host."""
        host, now = self._host(source), self._pace.clock()
        with host.turn:
            host.bytes += size
            if now - host.since < _WINDOW:
                return
            if host.full:
                host.climb.judge(host.bytes / (now - host.since))
                host.turn.notify_all()
            host.since, host.bytes, host.full = now, 0, False

    @contextmanager
    def _used(self, host: _Host, source: Source) -> Iterator[None]:
        try:
            yield
        except SourceFailed as failure:
            self._failed(host, source, failure)
            raise
        else:
            self.memory.succeeded(source.place)
        finally:
            with host.turn:
                host.busy -= 1
                host.turn.notify()

    def _failed(self, host: _Host, source: Source, failure: SourceFailed) -> None:
        if not failure.of_host:
            return
        self.memory.failed(source.place)
        with host.turn:
            host.climb.halve()
            if failure.wait is not None and failure.wait <= self._policy.longest_wait:
                host.free_at = max(host.free_at, self._pace.clock() + failure.wait)

    def _host(self, source: Source) -> _Host:
        place = source.place
        with self._lock:
            if place not in self._hosts:
                climb = Climb(self._policy.streams, self._policy.threads)
                self._hosts[place] = _Host(climb, self._pace.clock())
            return self._hosts[place]
