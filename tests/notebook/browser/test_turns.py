"""However many questions come, few threads answer them, each question once."""

import logging
import threading
from collections.abc import Callable

import pytest

from vre_dm.notebook.browser.turns import Turns


def _awaited(count: int, begin: Callable[[Callable[[], None]], object]) -> None:
    """Begin so many calls, and wait until each was done."""
    done = threading.Semaphore(0)
    for _ in range(count):
        begin(done.release)
    for _ in range(count):
        assert done.acquire(timeout=60)


def test_five_hundred_questions_take_four_threads_and_those_that_find_no_room_are_refused():
    turns, go, before = Turns(4, 200), threading.Event(), threading.active_count()
    answered = threading.Semaphore(0)

    def question() -> None:
        assert go.wait(60)
        answered.release()

    taken = [turns.take(question) for _ in range(500)]
    assert threading.active_count() <= before + 4
    assert taken == [True] * 204 + [False] * 296
    go.set()
    assert all(answered.acquire(timeout=60) for _ in range(204))
    assert not answered.acquire(blocking=False)


def test_a_question_that_fails_leaves_the_others_their_turn(caplog: pytest.LogCaptureFixture):
    turns, done = Turns(1, 5), threading.Event()
    with caplog.at_level(logging.CRITICAL + 1):
        assert turns.take(lambda: [].pop())
        assert turns.take(done.set)
        assert done.wait(60)


def test_who_comes_after_all_were_answered_gets_a_turn():
    turns = Turns(2, 50)
    _awaited(40, turns.take)
    _awaited(40, turns.take)
