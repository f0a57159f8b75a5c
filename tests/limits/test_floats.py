"""Numbers with a unit, a mask or in words are refused: none is read as another number than was meant."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from astropy import units
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.floats import floats, plain

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.text(max_size=5)
    | st.complex_numbers()
    | st.binary(max_size=5)
    | st.dates(),
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=5,
)


class Pint:
    """Like a quantity of pint, which NumPy turns into its bare number with a warning."""

    units = SimpleNamespace(__str__=lambda: "TeV")

    def __array__(self, *_: object, **__: object) -> np.ndarray[Any, Any]:
        return np.array(1.0)


@pytest.mark.parametrize(
    "mass",
    [
        1.0 * units.TeV,
        [1.0, 2.0] * units.GeV,
        [1.0 * units.TeV, 2.0 * units.TeV],
        np.array([1.0 * units.TeV, None]),
        1.0 * units.dimensionless_unscaled,
        Pint(),
        [Pint(), Pint()],
        xr.DataArray([1.0], attrs={"units": "TeV"}),
        pd.Series([1.0 * units.TeV]),
    ],
)
def test_numbers_with_a_unit_are_refused_with_the_unit_to_give_them_in(mass: object) -> None:
    with pytest.raises(OutOfRange, match=r"^mass .*give plain .* in GeV") as refused:
        floats(mass, "mass", "GeV")
    assert "\n" not in str(refused.value)


def test_a_pure_number_has_no_unit_to_write() -> None:
    with pytest.raises(OutOfRange, match=r"such as x.to_value\(''\)$"):
        floats(3 * units.percent, "g_q")


@pytest.mark.parametrize(("noted", "wanted"), [("GeV", "GeV"), ("cm2", "cm²"), ("1", "")])
def test_a_unit_that_is_noted_as_text_may_be_the_right_one(noted: str, wanted: str) -> None:
    assert floats(xr.DataArray([1.0], attrs={"units": noted}), "mass", wanted).tolist() == [1.0]


@given(anything)
def test_what_is_no_number_is_refused_in_one_line(value: object) -> None:
    with pytest.raises(InvalidCurve, match=r"is not a number or an array of numbers; give plain ones$") as no:
        floats(value, "column", error=InvalidCurve)
    assert len(str(no.value).splitlines()) == 1


@given(st.lists(st.floats() | st.integers(-(2**70), 2**70)))
def test_numbers_come_as_they_were_given(values: list[float]) -> None:
    for given_ in (values, np.array(values, dtype=object), pd.Series(values, dtype=object)):
        np.testing.assert_array_equal(floats(given_, "x"), [float(value) for value in values])


def test_a_single_number_prints_as_one() -> None:
    assert repr(plain(np.float64(2.2e-48))) == repr(plain(np.array(2.2e-48))) == "2.2e-48"
    assert plain(np.array([1.0])) == np.array([1.0])
