"""A few threads for calls that block, with a queue that has an end: what is too much is refused at once."""

import threading
from collections import OrderedDict
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

    Attributes
    ----------
    workers
        As given.
    """

    def __init__(self, what: str, workers: int, waiting: int) -> None:
        self._what, self.workers, self._room = what, workers, workers + waiting
        self._turn = threading.Condition()
        self._waiting: OrderedDict[Future[Any], Callable[[], Any]] = OrderedDict()
        self._running = 0
        self._threads = 0

    @property
    def unanswered(self) -> int:
        """Calls that wait or run."""
        return len(self._waiting) + self._running

    def submit(self, call: Callable[[], T]) -> "Future[T]":
        """Do a call as soon as a thread is free; cancelling the answer takes back one that still waits.

        Raises
        ------
        Busy
            As many calls wait already as may.
        """
        answer: Future[T] = Future()
        with self._turn:
            if self.unanswered >= self._room:
                msg = f"{self._what} has {self._room} unanswered questions already; ask again shortly"
                raise Busy(msg, retry_after=2)
            self._waiting[answer] = call
            if self._threads < min(self.unanswered, self.workers):
                self._threads += 1
                threading.Thread(target=self._work, name=f"vre-dm {self._what}", daemon=True).start()
            self._turn.notify()
        answer.add_done_callback(self._let_go)
        return answer

    def _let_go(self, answer: "Future[Any]") -> None:
        """Make room where an answer was taken back: the threads may hang, and never come to it."""
        if answer.cancelled():
            with self._turn:
                self._waiting.pop(answer, None)

    def _work(self) -> None:
        while True:
            with self._turn:
                if not self._turn.wait_for(lambda: self._waiting, _IDLE):
                    self._threads -= 1
                    return
                answer, call = self._waiting.popitem(last=False)
                self._running += 1
            tell = _done(answer, call)
            with self._turn:
                self._running -= 1
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
