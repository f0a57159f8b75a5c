"""The time to go comes from files seen to arrive, and says truthfully how sure it is."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.lake.rules.arrivals import Arrivals
from vre_dm.lake.rules.spans import duration, rough


def watched(looks: list[tuple[float, int]]) -> Arrivals:
    arrivals = Arrivals()
    for at, arrived in looks:
        arrivals.look(at, arrived)
    return arrivals


def test_no_time_to_go_is_invented() -> None:
    assert watched([]).forecast(10) is None
    assert watched([(0, 990)]).forecast(10) is None  # 990 may have been there before the rule
    assert watched([(0, 3), (60, 3)]).forecast(10) is None
    assert watched([(0, 3), (60, 5)]).forecast(0) is None


def test_files_that_were_there_before_do_not_count_as_speed() -> None:
    new, old = watched([(0, 0), (60, 30)]), watched([(0, 10_000), (60, 10_030)])
    assert new.forecast(30) == old.forecast(30)
    left = old.forecast(300)
    assert left is not None
    assert timedelta(minutes=9) < left.middle < timedelta(minutes=11)
    assert left.soonest < left.middle < left.latest


def test_few_arrivals_are_known_to_say_little() -> None:
    few, many = watched([(0, 0), (60, 2)]).forecast(200), watched([(0, 0), (60, 200)]).forecast(20_000)
    assert few is not None
    assert many is not None
    assert few.latest / few.soonest > 4 > 1.5 > many.latest / many.soonest


def test_files_that_come_in_heaps_make_it_less_sure() -> None:
    steps = range(0, 61, 10)
    smooth = watched([(at, at) for at in steps]).forecast(100)
    heaps = watched([(at, 60 * (at > 30)) for at in steps]).forecast(100)
    assert smooth is not None
    assert heaps is not None
    assert heaps.latest / heaps.soonest > 2 * (smooth.latest / smooth.soonest)


def test_a_rule_that_was_reset_or_a_clock_that_went_back_begins_anew() -> None:
    assert watched([(0, 5), (10, 9), (20, 1)]).forecast(5) is None
    assert watched([(100, 5), (50, 9)]).forecast(5) is None
    assert watched([(0, 5), (10, 9), (20, 1), (30, 3)]).forecast(5) is not None


def test_standing_still_is_counted_from_the_last_arrival() -> None:
    arrivals = watched([(0, 1), (10, 4), (20, 4), (30, 4)])
    assert arrivals.still(100) == 90
    assert watched([]).still(100) == 0
    assert arrivals.still(5) == 0  # a clock that went back


def _in_slots(rng: np.random.Generator, number: int) -> np.ndarray:
    """Arrival times of files of very different sizes, four at a time."""
    free, times = np.zeros(4), []
    for length in rng.lognormal(0, 1, number):
        slot = free.argmin()
        free[slot] += length
        times.append(free[slot])
    return np.sort(times)


@pytest.mark.parametrize("number", [20, 100, 1000])
def test_four_of_five_forecasts_hold(number: int) -> None:
    rng = np.random.default_rng(7)
    held = []
    for turn in range(400):
        times = rng.exponential(1, number).cumsum() if turn % 2 else _in_slots(rng, number)
        looks = np.arange(rng.uniform(0, 0.05), rng.uniform(0.1, 0.9), rng.uniform(0.01, 0.1)) * times[-1]
        counts = np.searchsorted(times, looks, side="right")
        found = watched([(float(at), int(n)) for at, n in zip(looks, counts, strict=True)]).forecast(
            number - int(counts[-1])
        )
        if found is not None:
            true = timedelta(seconds=times[-1] - looks[-1])
            held.append(found.soonest <= true <= found.latest)
    assert len(held) > 350
    assert 0.7 <= np.mean(held) <= 0.9


@given(
    st.lists(st.tuples(st.floats(0, 1e9), st.integers(0, 10**7)), max_size=40),
    st.integers(0, 10**7),
)
def test_no_history_of_looks_breaks_the_forecast(looks: list[tuple[float, int]], moving: int) -> None:
    found = watched(looks).forecast(moving)
    if found is not None:
        assert timedelta(0) <= found.soonest <= found.middle <= found.latest
        assert str(found).startswith("about ")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "1 s"), (59.6, "1 min"), (61, "1 min 1 s"), (3600, "1 h"), (7500, "2 h 5 min"), (93_784, "1 d 2 h")],
)
def test_durations_have_their_two_largest_units(seconds: float, text: str) -> None:
    assert duration(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "1 s"), (80, "80 s"), (95, "2 min"), (5000, "83 min"), (5500, "2 h"), (200_000, "2 d")],
)
def test_estimates_have_one_unit(seconds: float, text: str) -> None:
    assert rough(timedelta(seconds=seconds)) == text
