"""Poisson limits: the Particle Data Group's table, a release's to the last digit, and coverage."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from vre_dm.errors import OutOfRange
from vre_dm.physics.counting import observed_in
from vre_dm.physics.statistics.poisson import lowered_poisson_limit, poisson_upper_limit

WINDOW = ["s2_roi_min_PE", "s2_roi_max_PE"]


@given(st.integers(0, 200), st.floats(0.5, 0.999))
def test_the_poisson_limit_leaves_the_stated_chance_of_so_few_events(observed: int, cl: float) -> None:
    limit = poisson_upper_limit(observed, cl=cl)
    assert poisson.cdf(observed, limit) == pytest.approx(1 - cl, rel=1e-6)


@pytest.mark.parametrize(("observed", "limit"), [(0, 2.30), (1, 3.89), (2, 5.32), (3, 6.68), (10, 15.41)])
def test_the_poisson_limits_are_those_of_the_particle_data_group(observed: int, limit: float) -> None:
    # Review of Particle Physics (2024), Statistics: table of one-sided 90 % limits for Poisson counts.
    assert poisson_upper_limit(observed) == pytest.approx(limit, abs=0.006)


def test_a_known_background_lowers_the_limit_by_itself() -> None:
    assert poisson_upper_limit(3) - poisson_upper_limit(3, background=1.5) == pytest.approx(1.5)


def test_fewer_events_than_background_is_an_error_and_not_a_negative_limit() -> None:
    with pytest.raises(OutOfRange, match="fewer events"):
        poisson_upper_limit(0, background=3.0)
    for wrong in ({"observed": "3"}, {"observed": 3, "background": "b"}, {"observed": 3, "cl": "90 %"}):
        with pytest.raises(OutOfRange, match="is not a number"):
            poisson_upper_limit(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "arguments", [{"observed": -1}, {"observed": 3, "cl": 1.0}, {"observed": 3, "cl": 90}]
)
def test_impossible_counts_and_levels_are_refused(arguments: dict[str, float]) -> None:
    with pytest.raises(OutOfRange):
        poisson_upper_limit(**arguments)  # type: ignore[arg-type]


def signal_limits(table: pd.DataFrame, observed: object) -> np.ndarray:
    return lowered_poisson_limit(
        observed,  # type: ignore[arg-type]
        background=table["n_background_mean"],
        background_sigma=table["n_background_sigma"],
        signal_relative_sigma=table["n_signal_sigma"] / table["n_signal_mean"],
    )


def test_the_published_limits_on_signal_events_follow_from_counts_and_backgrounds(
    events: pd.DataFrame, published: pd.DataFrame
) -> None:
    derived = signal_limits(published, observed_in(events["s2_area_PE"], published[WINDOW]))
    assert derived.size == 38
    np.testing.assert_allclose(derived, published["n_signal_mean"], rtol=1e-12)


# Rows of the same release's tables for dark photons and axion-like particles, which go down to no event:
# n, b, its sigma, mean and sigma of the signal.
ROWS = [
    (1, 2.169974570, 0.414169673, 2.698586769, 0.309001749),
    (0, 0.547952120, 0.102014027, 2.726071613, 0.330448288),
    (3, 1.194607994, 0.202744600, 34.435429532, 22.386478679),
]


@pytest.mark.parametrize(("n", "b", "sigma_b", "mean", "sigma"), ROWS)
def test_few_or_no_events_give_the_limit_of_an_empty_experiment_without_background(
    n: int, b: float, sigma_b: float, mean: float, sigma: float
) -> None:
    limit = lowered_poisson_limit(
        n, background=b, background_sigma=sigma_b, signal_relative_sigma=sigma / mean
    )
    assert limit == pytest.approx(mean, rel=1e-6)


@given(st.integers(0, 50), st.floats(0, 60), st.floats(0.5, 0.99))
def test_without_uncertainty_the_limit_is_the_classical_one_where_that_is_sensible(
    observed: int, background: float, cl: float
) -> None:
    limit = lowered_poisson_limit(observed, cl=cl, background=background)
    empty = poisson_upper_limit(0, cl=cl)
    assert limit >= empty
    if limit > empty:
        assert limit == pytest.approx(poisson_upper_limit(observed, cl=cl, background=background))


@given(st.integers(0, 30), st.floats(0, 20), st.floats(0, 8), st.floats(0, 0.6), st.floats(0.01, 0.1))
def test_less_certainty_never_gives_a_stronger_limit(
    observed: int, b: float, sigma_b: float, delta: float, more: float
) -> None:
    def at(sigma_b: float, delta: float) -> float:
        return float(
            lowered_poisson_limit(
                observed, background=b, background_sigma=sigma_b, signal_relative_sigma=delta
            )
        )

    assert at(sigma_b + more, delta) >= at(sigma_b, delta)
    assert at(sigma_b, delta + more) > at(sigma_b, delta)


@pytest.mark.parametrize(
    ("true_signal", "b", "sigma_b", "delta"), [(3.0, 3.6, 0.6, 0.15), (12.0, 5.9, 0.8, 0.13)]
)
def test_at_least_the_stated_share_of_repeated_experiments_is_covered(
    true_signal: float, b: float, sigma_b: float, delta: float
) -> None:
    rng = np.random.default_rng(20191220)
    scale, size = rng.normal(1, delta, 20_000), 20_000
    counts = rng.poisson(np.maximum(true_signal * scale + rng.normal(b, sigma_b, size), 0))
    limits = lowered_poisson_limit(
        counts, background=b, background_sigma=sigma_b, signal_relative_sigma=delta
    )
    assert np.mean(limits >= true_signal) > 0.9


@pytest.mark.parametrize(
    "arguments",
    [
        {"cl": 0.3},
        {"cl": 90},
        {"background": -1.0},
        {"background": float("inf")},
        {"background_sigma": float("nan")},
        {"signal_relative_sigma": -0.1},
    ],
)
def test_impossible_uncertainties_are_refused(arguments: dict[str, float]) -> None:
    with pytest.raises(OutOfRange, match="must not be negative"):
        lowered_poisson_limit(3, **arguments)  # type: ignore[arg-type]


def test_a_signal_too_uncertain_to_exclude_is_refused() -> None:
    with pytest.raises(OutOfRange, match="uncertain by 80% has no positive lower end at 90% CL"):
        lowered_poisson_limit(3, signal_relative_sigma=[0.1, 0.8])
