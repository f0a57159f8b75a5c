"""Calls that may hang for ever, as on a mount that died: done in another thread, and waited for so long."""

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any, TypeVar

T = TypeVar("T")

_IDLE = 1.0  # seconds after which a thread without work ends
_LOOK = 0.1  # seconds between two looks at whether the answer is still wanted


class Hung(Exception):
    """A call did not come back in time, or is not wanted any more; it was left behind."""


class Apart:
    """At most one thread for what may hang. While a call hangs, the next ones are refused at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tasks: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = queue.SimpleQueue()
        self._works = False
        self._last: Future[Any] | None = None

    @property
    def hangs(self) -> bool:
        """Whether a call has not come back."""
        return self._last is not None and not self._last.done()

    def ask(self, call: Callable[[], T], seconds: float, stopped: Callable[[], bool] = lambda: False) -> T:
        """Do a call and give what it gives; one caller at a time.

        Parameters
        ----------
        stopped
            Whether the answer is not wanted any more.

        Raises
        ------
        Hung
            It did not come back in so many seconds, an earlier one has not yet, or it is not wanted.
        """
        if self.hangs:
            raise Hung
        answer = self.later(call)
        self._last = answer
        until = time.monotonic() + seconds
        while not wait([answer], min(_LOOK, seconds)).done:
            if stopped() or time.monotonic() >= until:
                raise Hung
        return answer.result()

    def later(self, call: Callable[[], T]) -> "Future[T]":
        """Do a call after those before it, without waiting for it."""
        answer: Future[T] = Future()
        with self._lock:
            self._tasks.put((answer, call))
            if not self._works:
                self._works = True
                # a daemon: what hangs must not keep the interpreter
                threading.Thread(target=self._work, daemon=True).start()
        return answer

    def _work(self) -> None:
        while True:
            try:
                answer, call = self._tasks.get(timeout=_IDLE)
            except queue.Empty:
                with self._lock:
                    if self._tasks.empty():
                        self._works = False
                        return
                continue
            try:
                answer.set_result(call())
            except BaseException as error:  # carried to who asked
                answer.set_exception(error)
            del answer, call  # what they hold is let go now, not with the next task
