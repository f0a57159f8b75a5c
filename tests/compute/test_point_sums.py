"""A map over points: one value of all of them, the same to the last bit whatever the batches."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from vre_dm.compute.grid import grid_of
from vre_dm.compute.point_sums import failures, prepare_sums
from vre_dm.compute.reduction import Reduction
from vre_dm.compute.work import do_chunk
from vre_dm.errors import ChunkFailed


def mapped(
    function: Any, axes: Any, batch: int, reduce: Any = None, skip: bool = False
) -> tuple[Any, list[int]]:
    """Value of a map over points, and numbers of those that failed."""
    prepared = prepare_sums(function, grid_of(function, axes), batch, reduce, skip=skip)
    reduction = Reduction(len(prepared.plan.chunks), prepared.work.reduce)
    for source, chunk in prepared.plan.calls():
        reduction.add(chunk.index, do_chunk(prepared.work, source, chunk).value)
    return prepared.finish(reduction.value), [one.index for one in failures(reduction.value)]


def drawn(toy: int, rng: np.random.Generator) -> np.ndarray:
    if toy in (3, 4, 5, 17):
        raise ValueError(toy)
    return rng.normal(size=2)


@settings(max_examples=25)
@given(count=some.integers(1, 70), exponent=some.integers(0, 7))
def test_no_bit_of_a_sum_depends_on_the_batches(count: int, exponent: int):
    axes = {"toy": range(count)}
    each, failed = mapped(drawn, axes, 1, skip=True)
    value, same = mapped(drawn, axes, 1 << exponent, skip=True)
    assert value.tobytes() == each.tobytes()
    assert same == failed == [n for n in (3, 4, 5, 17) if n < count]


def test_values_are_merged_as_one_says_in_their_order():
    def word(n: int) -> str:
        return str(n)

    assert mapped(word, {"n": range(7)}, 2, reduce=lambda left, right: left + right) == ("0123456", [])


def test_an_array_that_is_filled_again_at_each_point_is_added_as_it_was():
    buffer = np.zeros(2)

    def filled(n: int) -> np.ndarray:
        buffer[:] = n
        return buffer

    assert mapped(filled, {"n": range(8)}, 8)[0].tolist() == [28.0, 28.0]


def test_where_all_points_fail_there_is_nothing():
    assert mapped(drawn, {"toy": [3, 4, 5]}, 2, skip=True) == (None, [0, 1, 2])


def test_what_cannot_be_added_is_named():
    with pytest.raises(ChunkFailed, match="Unmergeable: what the function gives is nothing"):
        mapped(lambda toy: None, {"toy": range(3)}, 2)
