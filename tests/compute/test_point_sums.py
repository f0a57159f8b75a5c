"""A map over points: one value of all of them, the same to the last bit whatever the batches."""

import functools
import operator
from typing import Any

import hist
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from vre_dm.compute.frozen import Frozen
from vre_dm.compute.grid import grid_of
from vre_dm.compute.point_sums import failures, prepare_sums
from vre_dm.compute.preparing import Prepared
from vre_dm.compute.reduction import Reduction
from vre_dm.compute.run.sending import packed
from vre_dm.compute.work import do_chunk
from vre_dm.errors import ChunkFailed


def mapped(
    function: Any, axes: Any, batch: int, reduce: Any = None, skip: bool = False
) -> tuple[Any, list[int]]:
    """Value of a map over points, and numbers of those that failed."""
    return added(prepare_sums(function, grid_of(function, axes), batch, reduce, skip=skip))


def added(prepared: Prepared) -> tuple[Any, list[int]]:
    """Do the batches, one after the other."""
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


def test_an_array_that_is_made_at_each_point_is_added_as_it_was():
    def filled(n: int) -> np.ndarray:
        buffer = np.zeros(2)
        buffer[:] = n
        return buffer

    assert mapped(filled, {"n": range(8)}, 8)[0].tolist() == [28.0, 28.0]


@pytest.mark.parametrize("reduce", [None, operator.add])
@pytest.mark.parametrize("batch", [1, 8])
def test_what_a_function_holds_and_fills_at_each_point_is_refused_by_name(reduce: Any, batch: int):
    total = np.zeros(2)

    def filled(n: int) -> np.ndarray:
        total[:] += n + 1
        return total

    sent = Frozen(packed(filled))
    with pytest.raises(
        ChunkFailed, match=r"^n=0: Unmergeable: the function gives 'total', which it did not make"
    ):
        mapped(sent, {"n": range(8)}, batch, reduce)


@pytest.mark.parametrize("reduce", [None, operator.add])
def test_what_is_made_at_the_first_point_and_filled_at_the_next_is_refused(reduce: Any):
    def filled(n: int, made: dict[str, hist.Hist] = {}) -> dict[str, Any]:  # noqa: B006
        if not made:
            made["h"] = hist.Hist.new.Reg(3, 0, 3).Weight()
        return {"h": made["h"].fill(n)}["h"]

    with pytest.raises(
        ChunkFailed, match=r"^n=1: Unmergeable: the function fills what it gave at the point bef"
    ):
        mapped(filled, {"n": range(3)}, 4, reduce)


def test_what_comes_back_unchanged_is_added_at_each_point():
    @functools.cache
    def template(mass: int) -> np.ndarray:
        return np.full(2, mass)

    def repeated(mass: int, toy: int) -> np.ndarray:
        return template(mass)

    assert mapped(repeated, {"mass": [1, 10], "toy": range(4)}, 8)[0].tolist() == [44, 44]


def test_small_numbers_are_widened_also_where_there_is_one_point():
    def small(n: int) -> dict[str, np.ndarray]:
        return {"n": np.full(1, 100, "i1")}

    alone, of_two = (mapped(small, {"n": range(n)}, 2)[0]["n"] for n in (1, 2))
    assert (alone.dtype, of_two.dtype, of_two.tolist()) == (np.int64, np.int64, [200])


def test_a_generator_of_the_function_draws_by_seed_and_place():
    rng = np.random.default_rng(1)

    def drawn(toy: int) -> float:
        return float(rng.normal())

    def sums(seed: int, batch: int) -> float:
        prepared = prepare_sums(
            Frozen(packed(drawn)), grid_of(drawn, {"toy": range(8)}, seed), batch, None, skip=False
        )
        return added(prepared)[0]

    assert sums(1, 1) == sums(1, 8)
    assert len({sums(seed, 8) for seed in range(5)}) == 5


def test_where_all_points_fail_there_is_nothing():
    assert mapped(drawn, {"toy": [3, 4, 5]}, 2, skip=True) == (None, [0, 1, 2])


def test_what_cannot_be_added_is_named():
    with pytest.raises(ChunkFailed, match=r"^toy=0: Unmergeable: what the function gives is nothing"):
        mapped(lambda toy: None, {"toy": range(3)}, 2)
