"""Events on their way from the threads of a fetch to its one listener, who may be slow."""

import threading
from collections import deque

from vre_dm.lake.transfer.events import Event, Listener

BEAT = 0.1  # seconds between two looks at the counters
_AHEAD = 1000  # events that the threads may be ahead of the listener


class Outbox:
    """Takes events from any thread and hands them over in one; None says that a thread ended."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._events: deque[Event | None] = deque()
        self._news = threading.Event()

    def put(self, event: Event | None) -> None:
        """Leave an event; waits for a listener that is far behind, unless all ends."""
        self._events.append(event)
        if event is None or len(self._events) > _AHEAD // 2:
            self._news.set()  # else the next beat is soon enough: to wake a thread costs more than an event
        while len(self._events) > _AHEAD and not self._stop.is_set():
            self._stop.wait(BEAT / 10)

    def wait(self) -> None:
        """Wait for a beat, or less where something is urgent."""
        self._news.wait(BEAT)
        self._news.clear()

    def pass_on(self, listener: Listener) -> int:
        """Tell the listener what the threads said; returns how many of them ended."""
        ended = 0
        while self._events:
            event = self._events.popleft()
            if event is None:
                ended += 1
            else:
                listener(event)
        return ended
