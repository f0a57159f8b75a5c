"""Numbers a user can believe: totals, rate and time to go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lake.transfer.conftest import Clock
from vre_dm.did import Did
from vre_dm.lake.transfer.policy import Policy, backoff
from vre_dm.lake.transfer.progress import Meter

A, B = Did("s", "a"), Did("s", "b")


def test_rate_and_remaining_time_follow_the_bytes_that_moved():
    clock = Clock()
    meter = Meter(2, 3000, clock)
    clock.now += 2.0
    meter.at(A, 1000, moved=1000)
    event = meter.event()
    assert (event.bytes_done, event.bytes_total, event.files_done, event.files_total) == (1000, 3000, 0, 2)
    assert event.rate == pytest.approx(500.0)
    assert event.remaining == pytest.approx(4.0)
    assert event.file == A


def test_files_that_were_kept_do_not_count_as_speed():
    clock = Clock()
    meter = Meter(2, 3000, clock)
    clock.now += 1.0
    meter.at(A, 1000)
    meter.finish(A)
    assert (meter.event().bytes_done, meter.event().files_done) == (1000, 1)
    assert meter.event().rate == 0.0
    assert meter.event().remaining is None


def test_the_rate_forgets_the_distant_past():
    clock = Clock()
    meter = Meter(1, None, clock)
    for _ in range(20):
        clock.now += 1.0
        meter.at(A, 0, moved=1_000_000)
        meter.event()
    for _ in range(20):
        clock.now += 1.0
        last = meter.event()
    assert last.rate == 0.0


def test_a_file_begun_again_counts_back():
    meter = Meter(1, 10, Clock())
    meter.at(A, 8, moved=8)
    meter.at(A, 2, moved=2)
    assert meter.event().bytes_done == 2


def test_what_another_fetch_moves_counts_as_speed_from_when_it_was_first_seen():
    clock = Clock()
    meter = Meter(1, 3000, clock)
    meter.seen(A, 1000)
    clock.now += 1.0
    meter.seen(A, 1500)
    assert (meter.event().bytes_done, meter.event().rate) == (1500, pytest.approx(500.0))
    meter.seen(A, 0)  # begun again
    assert meter.event().bytes_done == 0


def test_bytes_of_finished_files_stay_counted():
    meter = Meter(2, 30, Clock())
    meter.at(A, 10)
    meter.finish(A)
    meter.at(B, 5)
    assert meter.bytes_done == 15


def test_a_file_that_could_not_be_had_counts_neither_as_done_nor_with_its_bytes_nor_is_waited_for():
    clock = Clock()
    meter = Meter(2, 30, clock)
    meter.at(B, 5)
    meter.give_up(B, 10)
    clock.now += 1.0
    meter.at(A, 10, moved=10)
    event = meter.event()
    assert (event.files_done, event.bytes_done, event.remaining) == (0, 10, pytest.approx(1.0))
    meter.finish(A)
    assert (meter.event().files_done, meter.event().bytes_done) == (1, 10)


@given(st.lists(st.tuples(st.sampled_from([A, B]), st.integers(0, 10**12)), max_size=20))
def test_remaining_is_never_negative(steps: list[tuple[Did, int]]):
    clock = Clock()
    meter = Meter(2, 1000, clock)
    for file, size in steps:
        clock.now += 0.5
        meter.at(file, size, moved=size)
        event = meter.event()
        assert event.remaining is None or event.remaining >= 0


@given(st.integers(0, 500), st.floats(0, 1, exclude_max=True))
def test_waits_grow_stay_bounded_and_are_spread(round_: int, chance: float):
    policy = Policy()
    wait = backoff(policy, round_, chance)
    assert policy.first_wait / 2 <= wait <= policy.longest_wait
    assert wait >= backoff(policy, round_, 0.0)
    assert backoff(policy, round_ + 1, chance) >= wait
