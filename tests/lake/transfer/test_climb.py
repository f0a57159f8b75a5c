"""As many streams as pay, found by trying; never fewer than one nor more than allowed."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.lake.transfer.climb import Climb


def climbed(rate: Callable[[int], float], windows: int, first: int = 1, most: int = 16) -> list[int]:
    """Limits over some windows at a host that gives this rate to so many streams."""
    climb = Climb(first, most)
    return [climb.limit for _ in range(windows) if climb.judge(rate(climb.limit)) is None]


def test_where_each_stream_brings_its_share_all_are_used():
    assert climbed(lambda streams: 10.0 * streams, 20)[-1] == 16


@pytest.mark.parametrize("first", [1, 4])
def test_where_a_further_stream_brings_nothing_it_is_given_up(first: int):
    limits = climbed(lambda streams: 100.0, 100, first)
    assert max(limits) == first + 1
    assert limits.count(first + 1) <= 10  # tried now and then, not kept


@pytest.mark.parametrize("best", [2, 3, 5, 8])
def test_the_number_that_fills_the_line_is_found(best: int):
    limits = climbed(lambda streams: 10.0 * min(streams, best), 60)
    assert max(limits) == best + 1
    assert max(set(limits[20:]), key=limits[20:].count) == best


def test_a_refusal_halves_and_a_rest_follows():
    climb = Climb(8, 16)
    climb.halve()
    assert climb.limit == 4
    climb.judge(100.0)
    assert climb.limit == 4


@given(st.lists(st.floats(0, 1e12) | st.none(), max_size=200), st.integers(1, 20), st.integers(1, 20))
def test_whatever_is_measured_the_number_stays_in_its_bounds(
    rates: list[float | None], first: int, most: int
):
    climb = Climb(first, most)
    for rate in rates:
        if rate is None:
            climb.halve()
        else:
            climb.judge(rate)
        assert 1 <= climb.limit <= most
