"""Numbers outside a formula's domain are named, never used."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import between, coupling, positive


@given(st.floats(min_value=0, exclude_min=True, allow_infinity=False))
def test_a_positive_number_comes_back_as_it_is(value: float) -> None:
    assert positive("mass", value) == value


@given(st.one_of(st.floats(max_value=0), st.just(math.nan), st.just(math.inf)))
def test_what_is_not_positive_and_finite_is_named_with_its_value(value: float) -> None:
    with pytest.raises(OutOfRange, match=rf"^mass = {value:g}".replace("+", r"\+")):
        positive("mass", [1.0, value, 2.0])


@pytest.mark.parametrize("value", ["heavy", None, [1, [2, 3]], object()])
def test_what_is_no_number_is_refused_in_one_line(value: object) -> None:
    with pytest.raises(OutOfRange, match=r"^mass = .* (is not a number|must lie above 0)$"):
        positive("mass", value)  # type: ignore[arg-type]


@given(st.floats(0, 1))
def test_both_ends_of_an_interval_are_outside_it(value: float) -> None:
    if value in (0, 1):
        with pytest.raises(OutOfRange, match="between 0 and 1"):
            between("BR", value, 0, 1)
    else:
        assert between("BR", value, 0, 1) == value


def test_zero_is_let_in_only_where_it_means_something() -> None:
    assert coupling("g_l", 0, zero=True) == 0
    with pytest.raises(OutOfRange, match="g_q = 0"):
        coupling("g_q", 0)


def test_a_coupling_that_no_perturbation_theory_allows_is_refused() -> None:
    assert coupling("g_q", math.sqrt(4 * math.pi)) == math.sqrt(4 * math.pi)
    with pytest.raises(OutOfRange, match=r"g_q = 3\.6 exceeds √\(4π\) = 3\.545"):
        coupling("g_q", 3.6)


def test_the_shape_of_an_array_is_kept() -> None:
    assert positive("mass", np.ones((2, 3))).shape == (2, 3)
    assert positive("mass", []).shape == (0,)
