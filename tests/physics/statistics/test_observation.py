"""What a region holds: shapes, quantiles, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.physics.statistics import Observation, Poisson, counted, measured
from vre_dm.physics.statistics.poisson import lowered_poisson_limit, poisson_upper_limit


def test_events_are_counted_in_bins_and_placed_on_the_signal() -> None:
    seen = measured([3.0, 0.5, 1.5], [0.0, 1.0, 2.0, 4.0], [1.0, 1.0, 2.0], background=4.0)
    assert seen.observed == 3
    np.testing.assert_array_equal(seen.counts, [1, 1, 1])
    assert seen.quantiles is not None
    np.testing.assert_allclose(seen.quantiles, [0.125, 0.375, 0.75])
    np.testing.assert_allclose(seen.background, [0.25, 0.25, 0.5])


@given(st.lists(st.floats(0, 10), max_size=20), st.lists(st.floats(0.1, 5), min_size=4, max_size=4))
def test_no_event_is_lost_and_quantiles_rise_from_zero_to_one(
    events: list[float], signal: list[float]
) -> None:
    seen = measured(events, [0.0, 1.0, 2.0, 5.0, 10.0], signal)
    assert seen.observed == len(events)
    assert seen.quantiles is not None
    assert np.all(np.diff(seen.quantiles) >= 0)
    assert np.all((seen.quantiles >= 0) & (seen.quantiles <= 1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"events": [5.0]}, "inside the search region 0 to 2"),
        ({"events": [float("nan")]}, "inside the search region"),
        ({"events": ["1"]}, "events"),
        ({"edges": [0.0, 2.0, 1.0]}, "edges of the search region must rise"),
        ({"signal": [0.0, 0.0]}, "signal has the shape"),
        ({"signal": [1.0]}, "over 2 bins"),
        ({"signal": [1.0, -0.1]}, "signal in a bin = -0.1 must lie above 0"),
        ({"background": -1.0}, "expected background = -1"),
        ({"background_sigma": float("inf")}, "background sigma"),
        ({"efficiency_sigma": float("nan")}, "efficiency sigma"),
        ({"background_shape": [1.0, 2.0, 3.0]}, "background has the shape"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(change: dict[str, object], message: str) -> None:
    good: dict[str, object] = {"events": [1.0], "edges": [0.0, 1.0, 2.0], "signal": [1.0, 1.0]}
    with pytest.raises(OutOfRange, match=message):
        measured(**(good | change))  # type: ignore[arg-type]


@pytest.mark.parametrize("counts", [[-1.0, 2.0], [float("nan"), 1.0]])
def test_an_observation_of_ones_own_is_checked_too(counts: list[float]) -> None:
    half = np.array([0.5, 0.5])
    with pytest.raises(OutOfRange, match="events in a bin"):
        Observation(counts=np.array(counts), signal=half, background=half)
    with pytest.raises(OutOfRange, match="share of the signal in a bin"):
        Observation(counts=half, signal=np.array([1.5, -0.5]), background=half)


@pytest.mark.parametrize("observed", [-1, 2.5, float("nan")])
def test_a_count_is_a_whole_number(observed: float) -> None:
    with pytest.raises(OutOfRange, match="observed events"):
        counted(observed)  # type: ignore[arg-type]


def test_poisson_limits_through_the_interface_are_those_of_the_formulae() -> None:
    seen = counted(6, background=2.0, background_sigma=0.5, efficiency_sigma=0.1)
    assert Poisson().upper_limit(seen) == poisson_upper_limit(6)
    assert Poisson("subtracted").upper_limit(seen, cl=0.95) == poisson_upper_limit(6, cl=0.95, background=2)
    lowered = lowered_poisson_limit(6, background=2, background_sigma=0.5, signal_relative_sigma=0.1)
    assert Poisson("lowered").upper_limit(seen) == lowered


def test_an_unknown_use_of_background_is_refused() -> None:
    with pytest.raises(InvalidCurve, match="subtracted"):
        Poisson("subtract")  # type: ignore[arg-type]
