"""Units as the field spells them, exact powers of ten."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange import units


@pytest.mark.parametrize(
    ("text", "wanted", "power"),
    [
        ("GeV/c^2", "GeV", 0),
        ("GeV/c$^{2}$", "GeV", 0),
        ("$\\mathrm{GeV}/c^2$", "GeV", 0),
        ("TEV", "GeV", 3),
        ("Mev", "GeV", -3),
        ("meV", "GeV", -12),
        ("cm^2", "cm2", 0),
        ("cm$^{2}$", "cm2", 0),
        ("cm**2", "cm2", 0),
        ("pb", "cm2", -36),
        ("zb", "cm2", -45),
        ("pb", "fb", 3),
        ("fb", "pb", -3),
        ("cm3s-1", "cm3/s", 0),
        ("cm^3 s^-1", "cm3/s", 0),
        ("cm^3/s", "cm3/s", 0),
        ("", "1", 0),
        ("dimensionless", "1", 0),
        ("s", "s", 0),
    ],
)
def test_spellings_of_a_unit_are_understood(text: str, wanted: str, power: int) -> None:
    assert units.power(text, wanted, "") == power


@pytest.mark.parametrize(("text", "wanted"), [("GeV", "cm2"), ("cm2", "1"), ("kg", "GeV"), ("gev", "GeV")])
def test_another_dimension_or_an_unknown_unit_is_refused(text: str, wanted: str) -> None:
    assert not units.converts(text, wanted)
    with pytest.raises(InvalidCurve, match=f"here: unit '{text}'"):
        units.power(text, wanted, "here")


@given(st.integers(1, 10**15), st.integers(-60, 20), st.sampled_from([-45, -36, -9, -3, 3]))
def test_a_decimal_number_stays_the_number_a_hand_would_write(digits: int, exponent: int, by: int) -> None:
    (value,) = units.shifted(np.array([float(f"{digits}e{exponent}")]), by).tolist()
    assert value == float(f"{digits}e{exponent + by}")
