"""A pool does so many calls at a time and no more, and survives whatever one of them raises."""

import threading
from concurrent.futures import CancelledError

import pytest

from tests.lakes import until
from vre_dm.errors import Busy
from vre_dm.pool import Pool


def test_calls_run_side_by_side_up_to_the_bound_and_the_next_are_refused() -> None:
    pool, gate, running = Pool("the lake", 2, 1), threading.Event(), threading.Semaphore(0)

    def call() -> int:
        running.release()
        gate.wait(60)
        return 1

    answers = [pool.submit(call) for _ in range(3)]
    assert running.acquire(timeout=60)
    assert running.acquire(timeout=60)
    assert not running.acquire(blocking=False)
    with pytest.raises(Busy, match="the lake has 3 unanswered questions") as caught:
        pool.submit(call)
    assert caught.value.retry_after > 0
    gate.set()
    assert [answer.result(60) for answer in answers] == [1, 1, 1]
    assert pool.unanswered == 0


def test_however_many_come_few_threads_answer_each_once() -> None:
    pool, gate = Pool("few threads", 4, 196), threading.Event()
    answers = [pool.submit(lambda: gate.wait(60)) for _ in range(200)]
    assert sum(thread.name == "vre-dm few threads" for thread in threading.enumerate()) == 4
    gate.set()
    assert all(answer.result(60) for answer in answers)
    assert pool.submit(lambda: 5).result(60) == 5  # who comes after all were answered


def test_one_that_waits_can_be_taken_back() -> None:
    pool, gate, done = Pool("the lake", 1, 5), threading.Event(), []
    first = pool.submit(lambda: gate.wait(60))
    second = pool.submit(lambda: done.append("second"))
    assert second.cancel()
    gate.set()
    assert first.result(60)
    with pytest.raises(CancelledError):
        second.result(60)
    until(lambda: pool.unanswered == 0)
    assert done == []


def test_those_that_are_taken_back_leave_room_though_all_threads_hang() -> None:
    pool, gate = Pool("the lake", 1, 1), threading.Event()
    first = pool.submit(lambda: gate.wait(60))
    until(first.running)
    for _ in range(100):
        assert pool.submit(lambda: None).cancel()
    assert pool.unanswered == 1
    last = pool.submit(lambda: 5)
    gate.set()
    assert last.result(60) == 5


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(1)])
def test_what_a_call_raises_goes_to_who_asked(error: BaseException) -> None:
    pool = Pool("the lake", 1, 1)

    def call() -> None:
        raise error

    with pytest.raises(type(error)):
        pool.submit(call).result(60)
    assert pool.submit(lambda: 5).result(60) == 5


def test_the_end_of_an_iterator_is_an_error_and_no_silence() -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        Pool("the lake", 1, 1).submit(lambda: next(iter([]))).result(60)
