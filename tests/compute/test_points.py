"""What a scan lays out: numbers, arrays, labels, and what it says where it cannot."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from astropy import units
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.compute.scanned import merged, scanned
from vre_dm.compute.frozen import Frozen
from vre_dm.compute.run.sending import packed
from vre_dm.errors import ChunkFailed, Unmergeable

AXES = {"mass": [10.0, 100.0, 1000.0], "coupling": [0.1, 0.2]}
ENERGY = [1.0, 2.0, 3.0]


class Interval(NamedTuple):
    lower: float
    upper: float


def product(mass: float, coupling: float) -> float:
    return mass * coupling


def spectrum(mass: float, coupling: float) -> xr.DataArray:
    values = mass * coupling * np.array(ENERGY)
    return xr.DataArray(values, {"energy": ENERGY}, ["energy"], "flux", {"units": "1/s"})


def test_a_number_lies_over_the_parameters():
    found = scanned(product, AXES)
    assert (found.dims, found.name, found.attrs) == (("mass", "coupling"), "product", {"function": "product"})
    assert float(found.sel(mass=100.0, coupling=0.2)) == 100.0 * 0.2
    assert found.values.tolist() == [[m * c for c in AXES["coupling"]] for m in AXES["mass"]]


@settings(max_examples=25)
@given(
    lengths=some.lists(some.integers(1, 5), min_size=1, max_size=3),
    batch=some.integers(1, 20),
    seed=some.integers(0, 5),
)
def test_no_bit_depends_on_the_batches(lengths: list[int], batch: int, seed: int):
    def drawn(rng: np.random.Generator, **point: int) -> float:
        return rng.normal() + sum(point.values())

    axes = {f"p{i}": range(length) for i, length in enumerate(lengths)}
    whole = scanned(drawn, axes, batch=1000, seed=seed)
    assert scanned(drawn, axes, batch=batch, seed=seed).identical(whole)
    assert whole.shape == tuple(lengths)
    assert whole.attrs["seed"] == seed


@pytest.mark.parametrize("spawned", [False, True])
def test_a_generator_that_a_function_brings_draws_the_same_in_whatever_batches(spawned: bool):
    rng = np.random.default_rng(1)

    def drawn(toy: int) -> float:
        return float((rng.spawn(1)[0] if spawned else rng).normal())

    sent = Frozen(packed(drawn))
    each = [merged(sent, {"toy": range(5)}, batch=batch, called="drawn")[1] for batch in (1, 2, 8)]
    assert len(set(each[0].values.tolist())) == 5
    assert each[0].identical(each[1])
    assert each[0].identical(each[2])


def test_arrays_get_dimensions_of_the_functions_name():
    def bands(mass: float) -> Any:
        return np.outer([mass, 2 * mass], [1, 2, 3])

    found = scanned(bands, {"mass": [1, 2, 3]})
    assert found.dims == ("mass", "bands_index", "bands_index_")
    assert found.sel(mass=3).values.tolist() == [[3, 6, 9], [6, 12, 18]]
    assert found.dtype == np.int64


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (lambda m: {"lower": m, "upper": 2.0 * m}, ["lower", "upper"]),
        (lambda m: Interval(m, 2.0 * m), ["lower", "upper"]),
        (lambda m: (m, 2.0 * m), ["interval_0", "interval_1"]),
        (lambda m: xr.Dataset({"lower": m, "upper": 2.0 * m}), ["lower", "upper"]),
    ],
)
def test_several_values_are_a_dataset(value: Callable[[int], Any], names: list[str]):
    def interval(mass: int) -> Any:
        return value(mass)

    found = scanned(interval, {"mass": [1, 2, 3]})
    assert list(found) == names
    assert [found[name].values.tolist() for name in names] == [[1, 2, 3], [2.0, 4.0, 6.0]]
    assert all(found[name].dims == ("mass",) for name in names)


def test_labels_of_xarray_stay():
    found = scanned(spectrum, AXES)
    assert (found.dims, found.name) == (("mass", "coupling", "energy"), "flux")
    assert found.attrs == {"units": "1/s", "function": "spectrum"}
    assert float(found.sel(mass=100.0, coupling=0.2, energy=3.0)) == 100.0 * 0.2 * 3.0


def test_labelled_and_plain_values_go_together():
    def both(mass: float, coupling: float) -> dict[str, Any]:
        return {"flux": spectrum(mass, coupling), "total": mass}

    found = scanned(both, AXES)
    assert found["flux"].dims == ("mass", "coupling", "energy")
    assert found["flux"].attrs == {"units": "1/s"}
    assert found["total"].sel(coupling=0.1).values.tolist() == AXES["mass"]


def test_a_label_of_the_point_itself_is_no_other_label():
    found = scanned(lambda mass: xr.DataArray(mass, {"mass": mass}), {"mass": [1.0, 2.0, 3.0]})
    assert found.sel(mass=2.0) == 2.0


def test_a_series_of_pandas_keeps_its_index():
    def counts(mass: int) -> Any:
        return pd.Series([mass, 0], pd.Index(["ee", "mumu"], name="channel"))

    assert scanned(counts, {"mass": [1, 2, 3]}).sel(channel="ee").values.tolist() == [1, 2, 3]


def test_an_array_that_is_filled_again_at_each_point_is_copied():
    buffer = np.zeros(2)

    def filled(mass: float) -> Any:
        buffer[:] = mass
        return buffer

    assert scanned(filled, {"mass": [1, 2, 3]}).values.tolist() == [[1, 1], [2, 2], [3, 3]]


@pytest.mark.parametrize("batch", [1, 4])
@pytest.mark.parametrize(
    ("other", "said"),
    [
        ([1, 2], r"a number at mass=1, and of shape \(2,\) at mass=3"),
        ({"mu": 1.0}, "a number at mass=1, and mu a number at mass=3"),
        (xr.DataArray(1.0, {"year": 7}), "a number at mass=1, and a number at mass=3, with other dim"),
    ],
)
def test_values_that_do_not_lie_together_are_refused_with_both_points(batch: int, other: Any, said: str):
    def mixed(mass: int) -> Any:
        return other if mass > 2 else 1.0

    with pytest.raises(Unmergeable, match=said):
        scanned(mixed, {"mass": [1, 2, 3, 4]}, batch=batch)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "gives nothing: does it lack a return"),
        ("0.3", "gives a str"),
        ([[1], [1, 2]], "gives a list"),
        (3 * units.GeV, "numbers with the unit GeV, which would be lost"),
        (np.ma.masked_array([1, 2], [0, 1]), "a masked array"),
        ({"limit": None}, "gives nothing: does it lack a return. as 'limit'"),
        ({}, "a dict with the names"),
        ({"mass": 1.0}, "gives 'mass', which is a parameter of the scan"),
        (xr.DataArray([1.0], dims="mass"), "gives 'mass', which is a parameter of the scan"),
    ],
)
@pytest.mark.parametrize("skip", [False, True])
def test_what_cannot_be_laid_out_is_refused_with_its_point(value: Any, said: str, skip: bool):
    with pytest.raises(Unmergeable, match=f"^mass=1: the function .*{said}"):
        scanned(lambda mass: value, {"mass": [1, 2]}, skip=skip)


def broken(mass: int) -> int:
    if mass in (2, 5):
        msg = f"no minimum for {mass}"
        raise ValueError(msg)
    return mass


def test_a_point_that_fails_is_named_and_its_line():
    with pytest.raises(
        ChunkFailed, match=r"^mass=2: ValueError: no minimum for 2 \(line \d+ in broken\)$"
    ) as error:
        scanned(broken, {"mass": [1, 2, 3]})
    assert (error.value.name, error.value.start, error.value.stop) == ("mass=2", 1, 2)
    assert "raise ValueError(msg)" in error.value.trace
    assert "at_points" not in error.value.trace


@pytest.mark.parametrize("batch", [1, 2, 8])
def test_a_point_that_is_skipped_is_nan_and_named(batch: int):
    value, found = merged(broken, {"mass": range(8)}, skip=True, batch=batch)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, [0, 1, np.nan, 3, 4, np.nan, 6, 7])
    assert [(one.index, one.name) for one in value.failed] == [(2, "mass=2"), (5, "mass=5")]
    assert "no minimum for 5" in value.failed[1].cause


def test_where_all_points_fail_all_is_nan():
    found = scanned(broken, {"mass": [2, 5]}, skip=True, batch=1)
    assert (found.dims, found.name, bool(found.isnull().all())) == (("mass",), "broken", True)
