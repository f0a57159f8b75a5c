"""Which points a scan has, what a function gets at each, and which grids are none."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xarray as xr
from astropy import units

from vre_dm.compute.grid import Grid, grid_of
from vre_dm.errors import InvalidRun


def limit(mass: float, coupling: float = 1.0) -> float:
    return mass * coupling


def toy(mass: float, toy: int, rng: np.random.Generator) -> float:
    return rng.normal(mass)


def drawn(grid: Grid, index: int) -> float:
    return float(grid.arguments(index)["rng"].normal())


def test_the_last_parameter_runs_fastest():
    grid = grid_of(limit, {"mass": [10, 100], "coupling": np.array([0.1, 0.2, 0.3])})
    assert (grid.shape, grid.count, grid.words) == ((2, 3), 6, "2 mass × 3 coupling")
    assert [grid.arguments(i) for i in (0, 1, 3)] == [
        {"mass": 10, "coupling": 0.1},
        {"mass": 10, "coupling": 0.2},
        {"mass": 100, "coupling": 0.1},
    ]
    assert grid.named(5) == "mass=100, coupling=0.3"


@pytest.mark.parametrize("values", [range(3), ["bb", "tautau"], np.array(["2016", "2017"], "M8[D]")])
def test_a_function_gets_values_as_they_were_given(values: Any):
    grid = grid_of(lambda mass: mass, {"mass": values})
    assert [grid.arguments(i)["mass"] for i in range(grid.count)] == list(values)


def test_random_numbers_depend_on_the_seed_and_on_the_place_alone():
    few, many = (grid_of(toy, {"mass": [1, 2], "toy": range(n)}, seed=3) for n in (10, 1000))
    assert drawn(few, 13) == drawn(few, 13) == drawn(many, 1003)  # both are mass=2, toy=3
    assert len({drawn(few, i) for i in range(20)}) == 20
    assert drawn(few, 0) != drawn(grid_of(toy, {"mass": [1, 2], "toy": range(10)}, seed=4), 0)


def test_a_function_without_a_parameter_for_random_numbers_gets_none():
    assert "rng" not in grid_of(limit, {"mass": [1, 2]}, seed=3).arguments(0)


@pytest.mark.parametrize("function", [limit, lambda **point: 1.0])
def test_axes_and_seed_tell_a_grid(function: Any):
    key = grid_of(function, {"mass": [1, 2]}, seed=3).key
    assert key == grid_of(function, {"mass": [1, 2]}, seed=3).key
    assert key != grid_of(function, {"mass": [1, 3]}, seed=3).key
    assert key != grid_of(function, {"mass": [1, 2]}, seed=4).key  # it may bring a generator


def test_what_is_known_of_an_axis_stays():
    masses = xr.DataArray([1.0, 2.0], dims="mass", attrs={"units": "GeV"})
    assert grid_of(limit, {"mass": masses}).axes[0].attrs == {"units": "GeV"}


@pytest.mark.parametrize("kind", [np.array, lambda texts: xr.DataArray(texts, dims="channel")])
def test_texts_of_an_array_are_an_axis(kind: Callable[[list[str]], Any]):
    channels = grid_of(lambda channel: channel, {"channel": kind(["bb", "tautau"])}).axes[0].values
    assert channels.tolist() == ["bb", "tautau"]


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        ({}, "values of each parameter by name"),
        ([1, 2], "values of each parameter by name"),
        ({"mass": []}, "mass has no values"),
        ({"mass": [1, 2, 1]}, "mass has the value 1 twice"),
        ({"mass": 5}, "mass is no list"),
        ({"mass": [[1], [2]]}, "mass is no list"),
        ({"mass": [[1], [2, 3]]}, "mass is no list"),
        ({"mass": [None, 1]}, "mass is no list"),
        ({"mass": [0, "loose"]}, "mass has texts and others, which would become texts"),
        ({"mass": [1, 2] * units.GeV}, "mass has the unit GeV, which would be lost"),
        ({"mass": [1], "spin": [0]}, "limit takes no 'spin'; its parameters are coupling, mass"),
        ({"coupling": [1]}, "limit needs 'mass', too"),
        ({"rng": [1]}, "'rng' names no parameter"),
        ({7: [1]}, "7 names no parameter"),
    ],
)
def test_axes_that_are_none_are_refused_by_name(axes: Any, said: str):
    with pytest.raises(InvalidRun, match=said):
        grid_of(limit, axes)


@pytest.mark.parametrize("seed", [-1, 1.5, None, True])
def test_a_seed_that_is_none_is_refused(seed: Any):
    with pytest.raises(InvalidRun, match="is no seed"):
        grid_of(toy, {"mass": [1], "toy": [1]}, seed)


def test_parameters_may_be_given_beforehand_or_taken_by_any_name():
    assert grid_of(functools.partial(limit, coupling=2.0), {"mass": [1]}).count == 1
    assert grid_of(lambda **point: len(point), {"mass": [1], "spin": [0, 1]}).count == 2
