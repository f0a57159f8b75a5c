"""Halving of intervals: the border is found from either side, in each interval by itself."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.limits.convert.bisection import border


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=5))
def test_each_border_is_found_from_either_side(borders: list[float]) -> None:
    at = np.array(borders)
    low, high = np.full(at.shape, -2.0), np.full(at.shape, 3.0)
    np.testing.assert_allclose(border(lambda x: x < at, low, high, steps=40), at, atol=1e-10)
    np.testing.assert_allclose(border(lambda x: x > at, high, low, steps=40), at, atol=1e-10)


def test_every_step_halves_what_is_unknown() -> None:
    start = np.array([0.0])
    found = [border(lambda x: x < 0.7, start, start + 1, steps=n).item() for n in (0, 1, 2)]
    assert found == [0.5, 0.75, 0.625]
