"""Pieces of tables put in a row: what lies together, how rows are numbered, and what is refused."""

from collections.abc import Callable
from typing import Any

import awkward as ak
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from vre_dm.compute.rows import in_a_row, numbered
from vre_dm.errors import Unmergeable


def frame(*x: float) -> pd.DataFrame:
    return pd.DataFrame({"x": x})


@pytest.mark.parametrize(
    ("left", "right", "rows"),
    [
        (frame(1, 2).x, frame(3).x, [1, 2, 3]),
        (np.array([1, 2]), np.array([3.5]), [1, 2, 3.5]),
        (ak.Array([[1], []]), ak.Array([[2, 3]]), [[1], [], [2, 3]]),
        (["a"], [1, None], ["a", 1, None]),
    ],
)
def test_pieces_of_one_type_lie_in_a_row(left: Any, right: Any, rows: list[Any]):
    found = in_a_row(left, right)
    assert type(found) is type(left)
    assert (found if type(found) is list else found.tolist()) == rows


def test_arrow_tables_lie_in_a_row():
    found = in_a_row(pa.table({"x": [1, 2]}), pa.table({"x": [3]}))
    assert found.to_pydict() == {"x": [1, 2, 3]}


def test_rows_without_a_name_are_numbered_whatever_was_left_out():
    whole = frame(1, 2, 3)
    chosen = numbered(in_a_row(whole[whole.x > 1], whole[whole.x > 2]))
    assert chosen.index.tolist() == [0, 1, 2]
    assert numbered(whole[whole.x > 2]).index.tolist() == [0]  # of one piece alone, too


def test_an_index_with_a_name_stays():
    means = frame(1, 2, 3).groupby(pd.Series([7, 7, 8], name="run")).mean()
    assert numbered(in_a_row(means, means)).index.tolist() == [7, 8, 7, 8]


def test_an_empty_piece_changes_no_type():
    empty = frame(1)[:0].astype(object)
    for one, other in ((empty, frame(1)), (frame(1), empty)):
        assert in_a_row(one, other).dtypes.x == np.dtype("i8")
    assert in_a_row(empty, empty).columns.tolist() == ["x"]


@pytest.mark.parametrize("of", [np.array, lambda values: ak.Array(np.array(values))])
def test_an_empty_piece_makes_no_floats_of_large_numbers(of: Callable[[list[int]], Any]):
    event = 2**53 + 1
    for pieces in (([], [event]), ([event], [])):
        assert in_a_row(*map(of, pieces)).tolist() == [event]
    assert len(in_a_row(of([]), of([]))) == 0


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        (frame(1), pd.DataFrame({"y": [1]}), r"their columns differ, \['x'\] and \['y'\]"),
        (frame(1).x, frame(1).x.rename("y"), "their columns differ"),
        (frame(1), frame(1).rename_axis("run"), "their indices differ"),
        (frame(1), frame(1).x, "one is a DataFrame, another a Series"),
        (np.zeros((1, 2)), np.zeros((1, 3)), "cannot be put in a row: all the input array dimensions"),
        (ak.Array([{"x": 1}]), ak.Array([{"y": 1}]), "their fields differ"),
        (pa.table({"x": [1]}), pa.table({"x": ["a"]}), "cannot be put in a row: Schema at index 1"),
        ({"x": 1}, {"x": 2}, "the function gives a dict; map_partitions takes what has rows"),
        (None, None, "the function gives nothing: does it lack a return"),
        (1.0, 2.0, "gives a float"),
        (np.array(1.0), np.array(1.0), "gives a ndarray"),
    ],
)
def test_what_does_not_lie_together_is_refused(left: Any, right: Any, said: str):
    with pytest.raises(Unmergeable, match=said):
        in_a_row(left, right)


def test_what_is_masked_stays_masked() -> None:
    masked = np.ma.masked_array([1, 2], [False, True])
    assert in_a_row(masked, masked).tolist() == [1, None, 1, None]
