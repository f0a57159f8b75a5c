"""A few threads for calls that block, with a queue that has an end: what is too much is refused at once."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

from vre_dm.errors import Busy

T = TypeVar("T")

_IDLE = 30.0  # seconds after which a thread without work ends


class Pool:
    """Runs calls in threads that do not keep the interpreter from ending, however long a call hangs.

    Parameters
    ----------
    what
        Who is busy when there are too many, for the message.
    workers
        Calls that run at the same time.
    waiting
        Calls that may wait beside them.
    """

    def __init__(self, what: str, workers: int, waiting: int) -> None:
        self._what, self._workers, self._room = what, workers, workers + waiting
        self._lock = threading.Lock()
        self._calls: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = queue.SimpleQueue()
        self._open = 0  # calls that wait or run
        self._threads = 0

    @property
    def unanswered(self) -> int:
        """Calls that wait or run."""
        return self._open

    def submit(self, call: Callable[[], T]) -> "Future[T]":
        """Do a call as soon as a thread is free; cancelling the answer takes back one that still waits.

        Raises
        ------
        Busy
            As many calls wait already as may.
        """
        answer: Future[T] = Future()
        with self._lock:
            if self._open >= self._room:
                msg = f"{self._what} has {self._open} unanswered questions already; ask again shortly"
                raise Busy(msg, retry_after=2)
            self._open += 1
            self._calls.put((answer, call))
            if self._threads < min(self._open, self._workers):
                self._threads += 1
                threading.Thread(target=self._work, name=f"vre-dm {self._what}", daemon=True).start()
        return answer

    def _work(self) -> None:
        while True:
            try:
                answer, call = self._calls.get(timeout=_IDLE)
            except queue.Empty:
                with self._lock:
                    if self._calls.empty():
                        self._threads -= 1
                        return
                continue
            tell = _done(answer, call)
            with self._lock:
                self._open -= 1
            tell()  # after it is counted: who hears the answer may ask the next thing at once
            del answer, call, tell  # what they hold is let go now, not with the next call


def _done(answer: "Future[Any]", call: Callable[[], Any]) -> Callable[[], None]:
    """Do a call that was not taken back; gives what tells the answer."""
    if not answer.set_running_or_notify_cancel():
        return lambda: None
    try:
        return partial(answer.set_result, call())
    except StopIteration as error:  # asyncio would wait for ever
        return partial(answer.set_exception, RuntimeError(f"{call} raised {error!r}"))
    except BaseException as error:  # carried to who asked
        return partial(answer.set_exception, error)
