"""Sums lose no count: small numbers are widened, and what has no room in 64 bits is refused."""

from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.compute.merging import addable, merge
from vre_dm.compute.reduction import Reduction
from vre_dm.errors import Unmergeable

SMALL = ["i1", "i2", "i4", "u1", "u2", "u4", ">i2", ">u4"]
LARGEST = np.iinfo(np.int64).max


def merged(values: list[Any]) -> Any:
    """What chunks of these values give."""
    reduction = Reduction(len(values))
    for index, value in enumerate(values):
        reduction.add(index, addable(value))
    return reduction.value


@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("chunks", [1, 300])
def test_counts_in_small_integers_do_not_go_round(kind: str, chunks: int) -> None:
    most = np.iinfo(kind).max
    value = {"n": np.array([most, 1], kind), "one": np.dtype(kind).type(most)}
    found = merged([value] * chunks)
    wide = np.dtype("u8" if "u" in kind else "i8")
    assert found["n"].tolist() == [chunks * int(most), chunks]
    assert int(found["one"]) == chunks * int(most)
    assert (found["n"].dtype, found["one"].dtype) == (wide, wide)


@pytest.mark.parametrize("kind", ["f2", "f4", ">f4", "c8"])
def test_sums_of_small_floats_keep_what_a_small_float_would_lose(kind: str) -> None:
    value = np.array([1024.0, 1.0], kind)
    found = merged([value] * 4097)
    assert found.tolist() == [4097 * 1024, 4097]
    assert found.dtype == np.dtype("c16" if kind == "c8" else "f8")


def test_wide_numbers_and_numbers_of_python_are_left_as_they_are() -> None:
    value = {"n": 3, "x": 0.5, "a": np.ones(2), "l": np.longdouble(1)}
    kept = addable(value)
    assert {name: type(one) for name, one in kept.items()} == {n: type(one) for n, one in value.items()}
    assert kept["a"] is value["a"]


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=5))
def test_a_sum_of_integers_is_the_sum_or_is_refused(numbers: list[int]) -> None:
    for made in (lambda n: np.array([n, 0]), np.int64, lambda n: xr.DataArray([n, 0], dims="x")):
        values = [made(n) for n in numbers]
        if all(-(2**63) <= part < 2**63 for part in partial_sums(numbers)):
            assert int(np.asarray(merged(values)).flat[0]) == sum(numbers)
        else:
            with pytest.raises(Unmergeable, match="beyond 64 bits"):
                merged(values)


def partial_sums(numbers: list[int]) -> list[int]:
    """Every sum that the tree of a reduction makes."""
    seen: list[int] = []

    def noted(left: int, right: int) -> int:
        seen.append(left + right)
        return left + right

    reduction = Reduction(len(numbers), noted)
    for index, number in enumerate(numbers):
        reduction.add(index, number)
    return [*seen, *numbers]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (np.array([2**64 - 1], "u8"), np.array([1], "u8")),
        (np.uint64(2**64 - 1), np.uint64(1)),
        (np.array(LARGEST), np.array(1)),
        (np.array([2**63], "u8"), np.array([1])),
        (xr.Dataset({"n": ("x", [LARGEST])}), xr.Dataset({"n": ("x", [1])})),
    ],
)
def test_what_is_beyond_64_bits_is_refused_and_not_wrapped(left: Any, right: Any) -> None:
    with pytest.raises(Unmergeable, match=r"\['n'\] cannot be added: an integer sum is beyond 64 bits"):
        merge({"n": left}, {"n": right})


def test_signed_and_unsigned_counts_are_added_without_going_through_floats() -> None:
    large = 2**53 + 1
    found = merge(np.array([large], "u8"), np.array([0]))
    assert (found.tolist(), found.dtype) == ([large], np.dtype("i8"))


def test_arrays_without_a_dimension_stay_arrays_however_many_chunks_there_are() -> None:
    for count in (1, 2, 3, 5):
        assert merged([np.array(2.0)] * count) == 2.0 * count


def test_xarray_of_small_integers_is_widened_and_keeps_its_labels() -> None:
    one = xr.DataArray(np.array([100, 1], "i1"), coords={"m": [1, 2]}, dims="m", name="n")
    for value in (one, one.to_dataset()):
        found = merged([value] * 3)
        values = found["n"] if isinstance(found, xr.Dataset) else found
        assert values.values.tolist() == [300, 3]
        assert values.m.values.tolist() == [1, 2]


@pytest.mark.parametrize("values", [["a"], [True], np.array(["2020"], "M8[Y]")])
def test_xarray_of_what_is_no_number_is_refused_by_type(values: Any) -> None:
    with pytest.raises(Unmergeable, match=r"is xarray of .*reduce="):
        addable(xr.DataArray(values, dims="x"))
