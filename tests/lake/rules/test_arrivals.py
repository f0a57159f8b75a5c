"""The time to go comes from files seen to arrive, and says truthfully how sure it is."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.lake.rules.arrivals import Arrivals
from vre_dm.lake.spans import duration, rough


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
    for before in (0, 60, 10_000):
        left = watched([(0, before), (60, before + 30)]).forecast(300)
        assert left is not None
        assert timedelta(minutes=9) < left.middle < timedelta(minutes=13)
        assert left.soonest < left.middle < left.latest


def test_few_arrivals_are_known_to_say_little() -> None:
    few, many = watched([(0, 0), (60, 2)]).forecast(200), watched([(0, 0), (60, 200)]).forecast(20_000)
    assert few is not None
    assert many is not None
    assert few.latest / few.soonest > 6 > 2 > many.latest / many.soonest


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


def _shared_out(lengths: np.ndarray, streams: int = 4) -> np.ndarray:
    """Arrival times of files that so many streams move."""
    free, times = np.zeros(streams), []
    for length in lengths:
        slot = free.argmin()
        free[slot] += length
        times.append(free[slot])
    return np.sort(times)


COURSES: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "one by one": lambda rng, number: rng.exponential(1, number).cumsum(),
    "all alike": lambda rng, number: _shared_out(rng.uniform(0.9, 1.1, number)),
    "different": lambda rng, number: _shared_out(rng.lognormal(0, 1, number)),
    "very different": lambda rng, number: _shared_out(rng.lognormal(0, 1.5, number)),
    "a few huge ones": lambda rng, number: _shared_out(rng.lognormal(0, 2, number)),
    "a busy network": lambda rng, number: _shared_out(rng.lognormal(0, 1.4, number) + rng.exponential(1)),
    "one stream": lambda rng, number: _shared_out(rng.lognormal(0, 1, number), 1),
    "twenty streams": lambda rng, number: _shared_out(rng.lognormal(0, 1, number), 20),
    "ten at a time": lambda rng, number: np.repeat(rng.exponential(10, number // 10).cumsum(), 10),
}


def _held(rng: np.random.Generator, times: np.ndarray) -> bool | None:
    """Whether a forecast made somewhere on the way held."""
    number = len(times)
    looks = np.arange(rng.uniform(0, 0.05), rng.uniform(0.1, 0.9), rng.uniform(0.01, 0.1)) * times[-1]
    counts = np.searchsorted(times, looks, side="right")
    found = watched([(float(at), int(n)) for at, n in zip(looks, counts, strict=True)]).forecast(
        number - int(counts[-1])
    )
    return found and found.soonest <= timedelta(seconds=times[-1] - looks[-1]) <= found.latest


@pytest.mark.parametrize("course", COURSES)
def test_about_four_of_five_forecasts_hold_however_large_the_files_are(course: str) -> None:
    """Files that are all alike arrive more regularly than is said; a few huge ones are a little late."""
    rng, held = np.random.default_rng(7), list[bool]()
    for turn in range(150):
        said = _held(rng, COURSES[course](rng, (20, 100, 500)[turn % 3]))
        if said is not None:
            held.append(said)
    assert len(held) > 120
    assert np.mean(held) >= 0.7
    assert np.mean(held) <= 0.95 or course in {"all alike", "twenty streams"}


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
