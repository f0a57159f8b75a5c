"""Threads that answer the page: so many at once, and so many questions that wait; what is more is refused."""

import logging
import threading
from collections import deque
from collections.abc import Callable

_LOG = logging.getLogger(__name__)


class Turns:
    """Calls in threads that do not keep the kernel: a hung lake must not hold up its end.

    Parameters
    ----------
    threads
        Calls that run at the same time.
    waiting
        Calls that may wait beside them.
    """

    def __init__(self, threads: int, waiting: int) -> None:
        self._threads, self._most = threads, waiting
        self._lock = threading.Lock()
        self._running = 0
        self._waiting: deque[Callable[[], None]] = deque()

    def take(self, call: Callable[[], None]) -> bool:
        """Do it as soon as a thread is free; False, and nothing is done, if too many wait already."""
        with self._lock:
            if self._running == self._threads:
                if len(self._waiting) >= self._most:
                    return False
                self._waiting.append(call)
                return True
            self._running += 1
        threading.Thread(target=self._work, args=(call,), name="vre-dm browser", daemon=True).start()
        return True

    def _work(self, call: Callable[[], None] | None) -> None:
        while call is not None:
            try:
                call()
            except Exception:
                _LOG.exception("an answer could not be given")  # the others still wait for theirs
            call = self._next()

    def _next(self) -> Callable[[], None] | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._running -= 1
            return None
