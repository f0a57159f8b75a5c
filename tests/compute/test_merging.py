"""What two chunks give is added where that means something, and refused by name where not."""

from typing import Any

import boost_histogram as bh
import hist
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vre_dm.compute.merging import addable, merge
from vre_dm.errors import Unmergeable


def mass(values: list[float]) -> hist.Hist:
    return hist.Hist.new.Reg(10, 0, 10, name="mass").Weight().fill(values)


@given(
    hnp.arrays(np.float64, 5, elements=st.floats(-1e6, 1e6)),
    hnp.arrays(np.float64, 5, elements=st.floats(-1e6, 1e6)),
)
def test_arrays_of_one_shape_are_added_and_stay_as_they_were(left: np.ndarray, right: np.ndarray) -> None:
    before = left.copy(), right.copy()
    assert np.array_equal(merge(left, right), before[0] + before[1])
    assert np.array_equal(left, before[0])
    assert np.array_equal(right, before[1])


def test_histograms_in_dictionaries_and_tuples_are_added_and_a_key_of_one_is_kept() -> None:
    left = {"mass": mass([1, 2]), "cuts": ({"all": 2}, np.array([1.0])), "mc": 3}
    right = {"mass": mass([2]), "cuts": ({"all": 1}, np.array([2.0])), "data": 4}
    merged = merge(left, right)
    assert list(merged) == ["mass", "cuts", "mc", "data"]
    assert merged["mass"] == mass([1, 2, 2])
    assert merged["cuts"][0] == {"all": 3}
    assert merged["cuts"][1] == [3.0]
    assert left["mass"] == mass([1, 2])


def test_a_category_axis_that_grows_takes_the_names_of_both() -> None:
    def by_channel(name: str) -> hist.Hist:
        return hist.Hist.new.StrCat([], growth=True, name="channel").Double().fill([name])

    merged = merge(by_channel("ee"), by_channel("mumu"))
    assert merged.sum() == 2
    assert list(merged.axes[0]) == ["ee", "mumu"]


def test_boost_histograms_are_added() -> None:
    one = bh.Histogram(bh.axis.Regular(3, 0, 3)).fill([1.5])
    assert merge(one, one).sum() == 2


def test_xarray_is_added_where_the_coordinates_are_equal() -> None:
    one = xr.DataArray([1.0, 2.0], coords={"mass": [10, 20]}, dims="mass", name="n")
    assert merge(one, one).equals(2 * one)
    assert merge(one.to_dataset(), one.to_dataset()).equals(2 * one.to_dataset())


X = xr.DataArray([1.0, 2.0], coords={"mass": [10, 20]}, dims="mass", name="n")


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        (np.zeros(2), np.zeros(3), r"shapes differ, \(2,\) and \(3,\)"),
        (np.zeros(2), 1.0, "one is ndarray, another float"),
        (X, X.assign_coords(mass=[10, 30]), "cannot be added"),
        (X, X.drop_vars("mass").rename(mass="m"), "variables differ"),
        (X.to_dataset(), X.rename("k").to_dataset(), "variables differ"),
        (mass([1]), hist.Hist.new.Reg(9, 0, 10, name="mass").Weight(), "cannot be added"),
        (mass([1]), 3, "one is Hist, another int"),
        ((1, 2), (1, 2, 3), "lengths differ, 2 and 3"),
        ({"a": 1}, 3, "one is dict, another int"),
        ({"a": {"b": np.zeros(1)}}, {"a": {"b": np.zeros(2)}}, r"\['a'\]\['b'\]"),
    ],
)
def test_what_does_not_fit_is_refused_with_both_sides(left: Any, right: Any, said: str) -> None:
    with pytest.raises(Unmergeable, match=said):
        merge(left, right)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "lack a return"),
        ([1], "a list"),
        ({"cuts": {"names": "ab"}}, r"as \['cuts'\]\['names'\] is a builtins.str"),
        ((1, {1}), r"as \[1\] is a builtins.set"),
        (pd.DataFrame(), "DataFrame"),
        (np.array(["a"]), "NumPy array of <U1"),
        (np.array([True]), "NumPy array of bool"),
        (True, "truth value"),
    ],
)
def test_what_can_never_be_added_is_refused_after_the_first_chunk(value: Any, said: str) -> None:
    with pytest.raises(Unmergeable, match=said) as caught:
        addable(value)
    assert "reduce=" in str(caught.value)


def test_masked_arrays_are_refused_before_counts_vanish() -> None:
    counts = np.ma.masked_array([1, 2], [False, True])
    with pytest.raises(Unmergeable, match=r"as \['n'\] is a masked array.*\.filled\(0\)"):
        addable({"n": counts})
    assert merge(counts.filled(0), np.array([3, 4])).tolist() == [4, 4]
