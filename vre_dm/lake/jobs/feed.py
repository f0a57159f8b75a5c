"""Events of a running fetch inside its process: any number of followers, each at its own pace."""

import threading
from collections import deque
from collections.abc import Iterator
from itertools import takewhile

from vre_dm.lake.transfer.events import Event, Planned, Progress, is_last

KEPT = 10_000
"""Events that are remembered; a follower that is further behind misses the oldest."""


class Feed:
    """One writer, many followers. Of states that follow each other only the last is kept."""

    def __init__(self) -> None:
        self._events: deque[tuple[int, Event]] = deque(maxlen=KEPT)
        self._told = 0
        self._over = False
        self._changed = threading.Condition()

    def put(self, event: Event) -> None:
        """Tell an event; never waits for a follower."""
        with self._changed:
            if isinstance(event, Progress) and self._events and isinstance(self._events[-1][1], Progress):
                self._events.pop()
            self._told += 1
            self._events.append((self._told, event))
            if isinstance(event, Progress | Planned) or is_last(event):
                self._changed.notify_all()  # the others wait for the next state: to wake threads costs time

    def close(self) -> None:
        """Let the followers end."""
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def follow(self) -> Iterator[Event]:
        """All events that are remembered, and what comes, until the end."""
        heard, over = 0, False
        while not over:
            with self._changed:
                self._changed.wait_for(lambda: self._over or self._told > heard, timeout=1.0)  # noqa: B023
                new = list(takewhile(lambda pair: pair[0] > heard, reversed(self._events)))  # noqa: B023
                heard, over = self._told, self._over
            for _, event in reversed(new):
                yield event
