"""Yellin's limits against their closed forms, his table, and repeated experiments."""

import gc
import math
import pickle
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from vre_dm.errors import OutOfRange
from vre_dm.physics.statistics import (
    MaximumGap,
    Observation,
    OptimumInterval,
    counted,
    interval_tables,
    measured,
)
from vre_dm.physics.statistics.interval_tables import (
    interval_table,
    largest_fractions,
    largest_gap_probability,
)

SEED = 20020305


def on_a_line(quantiles: object) -> Observation:
    """Events at given shares of a flat signal."""
    return measured(quantiles, [0.0, 1.0], [1.0])  # type: ignore[arg-type]


def optimum(experiments: int = 2000) -> OptimumInterval:
    return OptimumInterval(np.random.default_rng(SEED), experiments)


@pytest.mark.parametrize("mean", [1.0, 4.0, 15.0])
def test_a_gap_as_long_as_the_range_is_missing_unless_there_is_no_event(mean: float) -> None:
    assert largest_gap_probability(mean, mean) == pytest.approx(1 - math.exp(-mean), rel=1e-12)


def test_a_gap_over_half_of_the_range_has_its_elementary_probability() -> None:
    # With m = 1: one minus the chance that some gap above x begins at the left end or behind an event.
    gap, mean = 3.0, 5.0
    assert largest_gap_probability(gap, mean) == pytest.approx(1 - math.exp(-gap) * (1 + mean - gap))


@given(st.floats(2.0, 40.0), st.floats(0.05, 0.95), st.floats(0.01, 0.04))
def test_the_probability_rises_with_the_gap_from_zero_to_one(mean: float, share: float, more: float) -> None:
    smaller, larger = (largest_gap_probability(mean * part, mean) for part in (share, share + more))
    assert -1e-6 <= smaller <= larger + 1e-9 <= 1 + 2e-9


@pytest.mark.parametrize("mean", [3.0, 8.0, 20.0])
def test_simulated_gaps_have_the_distribution_of_the_closed_form(mean: float) -> None:
    table = interval_table(mean, 10_000, SEED)
    for gap in np.linspace(0.15, 0.9, 6) * mean:
        simulated = np.searchsorted(table.sizes[0], np.float32(gap)) / 10_000
        assert simulated == pytest.approx(largest_gap_probability(gap, mean), abs=0.016)


# physics/0203002, Table I, as public codes carry it: the expected signal from which intervals with n events
# take part at 90 %. There the whole range with its n events is exactly as convincing as needed.
@pytest.mark.parametrize(("events", "mean"), [(1, 3.890), (2, 5.800), (3, 7.491), (4, 9.059), (6, 12.009)])
def test_intervals_begin_to_count_where_yellin_says(events: int, mean: float) -> None:
    needed = np.quantile(interval_table(mean, 10_000, SEED).best, 0.9)
    assert poisson.sf(events, mean) == pytest.approx(needed, abs=0.008)


def test_without_events_all_methods_give_the_poisson_limit() -> None:
    for statistic in (MaximumGap(), optimum()):
        assert statistic.upper_limit(on_a_line([])) == pytest.approx(math.log(10), rel=1e-12)


def test_one_event_in_the_middle_leaves_half_of_the_range_as_the_gap() -> None:
    limit = MaximumGap().upper_limit(on_a_line([0.5]))
    assert largest_gap_probability(limit / 2, limit) == pytest.approx(0.9, rel=1e-9)


def test_background_at_one_end_hardly_weakens_the_limit_of_intervals_but_that_of_counts() -> None:
    crowded = on_a_line(np.linspace(0.9, 1.0, 20))
    assert optimum().upper_limit(crowded) < 3.2
    assert MaximumGap().upper_limit(crowded) < 3.2


def test_the_limit_does_not_depend_on_the_unit_or_the_shape_of_the_axis() -> None:
    values, edges = np.array([0.1, 0.4, 0.45, 0.8]), np.linspace(0, 1, 6)
    signal = [0.1, 0.3, 0.2, 0.2, 0.2]
    plain = measured(values, edges, signal)
    stretched = measured(1000 * values, 1000 * edges, np.multiply(signal, 7.0))
    statistic = optimum()
    assert statistic.upper_limit(plain) == statistic.upper_limit(stretched)


def test_the_same_seed_gives_the_same_limit_and_another_one_a_close_one() -> None:
    seen = on_a_line([0.2, 0.3, 0.7])
    same = [OptimumInterval(np.random.default_rng(1), 2000).upper_limit(seen) for _ in range(2)]
    other = OptimumInterval(np.random.default_rng(2), 2000).upper_limit(seen)
    assert same[0] == same[1] != other
    assert other == pytest.approx(same[0], rel=0.06)


@pytest.mark.slow
@pytest.mark.parametrize("true", [4.0, 9.0])
def test_pure_signal_is_covered_as_often_as_stated(true: float) -> None:
    rng, statistic = np.random.default_rng(3), optimum(5000)
    experiments = [on_a_line(rng.random(rng.poisson(true))) for _ in range(400)]
    for method in (statistic, MaximumGap()):
        covered = np.mean([method.upper_limit(seen) >= true for seen in experiments])
        assert covered == pytest.approx(0.9, abs=0.045)


@given(st.lists(st.floats(0, 1), max_size=30))
def test_the_largest_interval_grows_with_the_events_in_it_up_to_the_whole(events: list[float]) -> None:
    fractions = largest_fractions(np.sort(events))
    assert fractions.size == len(events) + 1
    assert np.all(np.diff(fractions) >= 0)
    assert fractions[-1] == 1


@settings(max_examples=20)
@given(st.lists(st.floats(0, 1), max_size=8), st.floats(0, 1))
def test_one_more_event_never_makes_the_limit_of_the_gap_stronger(events: list[float], more: float) -> None:
    gap = MaximumGap()
    assert gap.upper_limit(on_a_line([*events, more])) >= gap.upper_limit(on_a_line(events)) * (1 - 1e-9)


def test_a_bare_number_of_events_is_refused_with_the_way_out() -> None:
    for statistic in (MaximumGap(), optimum()):
        with pytest.raises(OutOfRange, match=r"measured\(\)"):
            statistic.upper_limit(counted(3))


@pytest.mark.parametrize("cl", [0.3, 1.0, 90.0, float("nan")])
def test_an_impossible_level_is_refused(cl: float) -> None:
    with pytest.raises(OutOfRange, match="confidence level"):
        optimum().upper_limit(on_a_line([0.5]), cl=cl)


def test_a_level_beyond_the_simulated_experiments_is_refused() -> None:
    with pytest.raises(OutOfRange, match=r"2000 simulated experiments do not resolve a level of 0\.999"):
        optimum().upper_limit(on_a_line([0.5]), cl=0.999)


def test_tables_live_as_long_as_their_object_and_do_not_travel_with_it() -> None:
    statistic = optimum()
    limit = statistic.upper_limit(on_a_line([0.2, 0.5]))
    sent = pickle.dumps(statistic)
    assert len(sent) < 2000
    assert pickle.loads(sent).upper_limit(on_a_line([0.2, 0.5])) == limit
    table = weakref.ref(statistic._tables.at(math.log(10)).sizes)
    del statistic
    gc.collect()
    assert table() is None


def test_more_tables_than_there_is_room_for_change_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, anew = optimum(), optimum()
    seen = [on_a_line(np.linspace(0.05, 0.95, events)) for events in (2, 5, 3)]
    limits = [kept.upper_limit(one) for one in seen]
    monkeypatch.setattr(interval_tables, "MOST_KEPT", 0)
    assert [anew.upper_limit(one) for one in seen] == limits


def test_few_or_very_many_experiments_and_too_many_events_are_refused() -> None:
    for experiments in (10, 10**6):
        with pytest.raises(OutOfRange, match=r"must be 1000 to 100000: .* takes 4 kB of memory for each"):
            OptimumInterval(np.random.default_rng(1), experiments)
    with pytest.raises(OutOfRange, match="up to 100 events, not 101"):
        optimum().upper_limit(on_a_line(np.linspace(0, 1, 101)))
