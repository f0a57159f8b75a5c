"""The J factor profiled on a lattice is what a search over all nodes finds, or better between them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vre_dm.errors import OutOfRange
from vre_dm.physics.dwarfs.envelope import envelope

VALUES = st.one_of(st.floats(-1e4, 10), st.just(-np.inf))


def all_pairs(values: np.ndarray, step_over_sigma: float) -> np.ndarray:
    """Reference: every node against every node."""
    i = np.arange(values.size)
    return np.max(values - 0.5 * ((i[:, None] - i) * step_over_sigma) ** 2, axis=1)


@given(arrays(float, st.integers(1, 40), elements=VALUES), st.floats(0.01, 3))
@settings(max_examples=100)
def test_no_node_is_better_and_no_more_than_a_parabola_is_gained(values: np.ndarray, step: float) -> None:
    if not np.isfinite(values).any():
        with pytest.raises(OutOfRange, match="known at no node"):
            envelope(values, step)
        return
    best, ours = all_pairs(values, step), envelope(values, step)
    slack = 1e-9 * (1 + np.abs(values[np.isfinite(values)]).max())
    assert np.all(ours >= best - slack)
    # Above the best node the vertex lies by at most an eighth of the fall to its neighbours.
    rise = np.max(np.abs(np.diff(values[np.isfinite(values)])), initial=0.0) + step**2 * values.size**2
    assert np.all(ours <= best + rise)


def test_between_nodes_a_gaussian_is_profiled_exactly() -> None:
    # A likelihood exp(-(z - z0)²/2s²) convolved in this sense with width sigma has width hypot(s, sigma).
    step, s, z0 = 0.05, 0.4, 0.0123
    z = np.arange(-3, 3 + step / 2, step)
    got = envelope(-((z - z0) ** 2) / (2 * s**2), step / 0.3)
    inner = np.abs(z) < 1.5
    np.testing.assert_allclose(got[inner], (-((z - z0) ** 2) / (2 * (s**2 + 0.3**2)))[inner], atol=1e-9)


def test_rows_are_independent_and_keep_their_shape() -> None:
    rows = np.random.default_rng(3).normal(size=(2, 3, 17))
    together = envelope(rows, 0.7)
    assert together.shape == rows.shape
    np.testing.assert_array_equal(together[1, 2], envelope(rows[1, 2], 0.7))


def test_margins_are_searched_and_not_returned() -> None:
    values = np.random.default_rng(4).normal(size=(2, 31))
    np.testing.assert_array_equal(envelope(values, 0.2, margin=7), envelope(values, 0.2)[:, 7:-7])
    with pytest.raises(OutOfRange, match="leave nothing"):
        envelope(values, 0.2, margin=16)


@pytest.mark.parametrize("values", [[0.0, np.nan], [np.inf, 0.0], [-np.inf, -np.inf], 1.0])
def test_what_is_no_likelihood_is_refused(values: object) -> None:
    with pytest.raises(OutOfRange):
        envelope(values, 0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("step", [0.0, -1.0, np.nan, np.inf])
def test_a_step_that_is_none_is_refused(step: float) -> None:
    with pytest.raises(OutOfRange, match="step_over_sigma"):
        envelope([0.0, 1.0], step)
