"""Numbers with a unit, a mask or in words are refused: none is read as another number than was meant."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from astropy import units
from hypothesis import given
from hypothesis import strategies as st

from tests.limits.conftest import make
from vre_dm.errors import InvalidCurve, OutOfRange, VreDmError
from vre_dm.limits.catalogue import load
from vre_dm.limits.column import Column, limit_column, mass_column
from vre_dm.limits.floats import floats, plain
from vre_dm.limits.metadata import Scaling, Validity
from vre_dm.limits.overlay import overlay

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


DOORS: dict[str, Callable[[Any], object]] = {
    "a column": lambda x: Column("m_GeV", "GeV", x),
    "a column of masses": mass_column,
    "a column of limits": lambda x: limit_column(x, "sigma_SI"),
    "a confidence level": lambda x: make(cl=x[0]),
    "an end of the validity": lambda x: Validity(x[0], 100.0),
    "masses of a curve": lambda x: make().at(x),
    "a mass of a curve": lambda x: make().at(x[0]),
    "the most sensitive": lambda x: load().select(quantity="sigma_SI").most_sensitive(x[0]),
    "an envelope": lambda x: load().select("si_lz_2024").envelope(x),
    "near a mass": lambda x: load().select("si_lz_2024").near(x[0], 1e-46),
    "near a value": lambda x: load().select("si_lz_2024").near(40.0, x[0]),
    "within": lambda x: load().select("si_lz_2024").near(40.0, 1e-46, within=x[0]),
    "a search near": lambda x: load().select(near=(x[0], 1e-46)),
    "a view": lambda x: overlay(make(), x_range=x),
    "a slider": lambda x: overlay(make(scalings=(Scaling("rho0", 0.3, -1),)), assume={"rho0": x[0]}),
    "a slider set": lambda x: overlay(make(scalings=(Scaling("rho0", 0.3, -1),))).set(rho0=x[0]),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("wrong", [[10.0, 20.0] * units.TeV, [1.0 * units.GeV, 2.0 * units.GeV], ["a", "b"]])
def test_no_door_of_curves_and_plots_strips_a_unit_or_takes_text(door: str, wrong: Any) -> None:
    with pytest.raises(VreDmError) as refused:
        DOORS[door](wrong)
    assert len(str(refused.value).splitlines()) == 1
