"""Numbers outside a formula's domain are named, never used."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.catalogue import load
from vre_dm.limits.convert import absorption
from vre_dm.limits.convert.annihilation_lines import for_dirac
from vre_dm.limits.convert.dark_photon import epsilon_curve
from vre_dm.limits.convert.domain import between, coupling, positive
from vre_dm.limits.convert.local_density import rescale
from vre_dm.limits.convert.mediator_contours import to_cross_section
from vre_dm.limits.convert.simplified_model import SimplifiedModel


@given(st.floats(min_value=0, exclude_min=True, allow_infinity=False))
def test_a_positive_number_comes_back_as_it_is(value: float) -> None:
    assert positive("mass", value) == value


@given(st.one_of(st.floats(max_value=0), st.just(math.nan), st.just(math.inf)))
def test_what_is_not_positive_and_finite_is_named_with_its_value(value: float) -> None:
    with pytest.raises(OutOfRange, match=rf"^mass = {value:g}".replace("+", r"\+")):
        positive("mass", [1.0, value, 2.0])


@pytest.mark.parametrize("value", ["heavy", None, [1, [2, 3]], object()])
def test_what_is_no_number_is_refused_in_one_line(value: object) -> None:
    with pytest.raises(OutOfRange, match=r"^mass .* is not a number .*; give plain ones in GeV$"):
        positive("mass in GeV", value)  # type: ignore[arg-type]


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


@pytest.mark.parametrize("wrong", ["si_lz_2024", None, 5, load().select("si_lz_2024")])
def test_an_id_or_a_set_in_place_of_a_curve_is_refused_with_what_to_write(wrong: Any) -> None:
    model = SimplifiedModel(mediator="vector", g_q=0.25, g_dm=1)
    for translate in (
        lambda: rescale(wrong, rho0=0.4),
        lambda: for_dirac(wrong, id="x"),
        lambda: to_cross_section(wrong, model, id="x"),
        lambda: absorption.convert(wrong, "kappa", absorbed="dark matter"),
        lambda: epsilon_curve(wrong),
    ):
        with pytest.raises(InvalidCurve, match=r"is not a curve; take one, such as dm\.curves\(") as refused:
            translate()
        assert "\n" not in str(refused.value)
