"""The sum of all chunks has the same bits whatever came first."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.compute.reduction import Reduction
from vre_dm.errors import Unmergeable

COUNTS = st.integers(1, 40)


@given(COUNTS.flatmap(lambda n: st.tuples(st.permutations(range(n)), st.sets(st.integers(0, n - 1)))))
def test_any_order_of_arrival_gives_the_same_bits(case: tuple[list[int], set[int]]) -> None:
    order, skipped = case
    values = np.random.default_rng(7).normal(0, 1, len(order)) * 10.0 ** np.arange(len(order))

    def total(indices: Any) -> Any:
        reduction = Reduction(len(order))
        for index in indices:
            if index in skipped:
                reduction.missing([index])
            else:
                reduction.add(index, values[index])
        return reduction.value

    assert total(order) == total(range(len(order)))


@given(COUNTS.flatmap(lambda n: st.permutations(range(n))))
def test_the_earlier_chunks_are_always_on_the_left(order: list[int]) -> None:
    reduction = Reduction(len(order), lambda left, right: left + right)
    for index in order:
        reduction.add(index, [index])
    assert reduction.value == sorted(order)


@given(st.integers(1, 500))
def test_values_that_come_in_order_are_held_only_a_level_each(count: int) -> None:
    reduction = Reduction(count)
    most = 0
    for index in range(count):
        reduction.add(index, 1)
        most = max(most, reduction.held)
    assert reduction.value == count
    assert most <= count.bit_length()


def test_nothing_and_nothing_but_skipped_chunks_give_nothing() -> None:
    assert Reduction(0).value is None
    reduction = Reduction(2)
    reduction.missing([1, 0])
    assert reduction.value is None


def test_values_that_do_not_fit_are_refused() -> None:
    reduction = Reduction(2)
    reduction.add(1, np.zeros(2))
    with pytest.raises(Unmergeable, match="shapes differ"):
        reduction.add(0, np.zeros(3))
