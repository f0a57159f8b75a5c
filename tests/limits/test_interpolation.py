"""The value at a mass: a power law between tabulated points, an error where there are none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.limits.conftest import make
from vre_dm.errors import OutOfRange
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.curve import Curve

positive = st.floats(1e-3, 1e6)
sigmas = st.floats(1e-49, 1e-30)


@st.composite
def lines(draw: st.DrawFn) -> Curve:
    masses = sorted(draw(st.sets(positive, min_size=2, max_size=20)))
    values = draw(st.lists(sigmas, min_size=len(masses), max_size=len(masses)))
    return make(columns=(mass_column(masses), limit_column(values, "sigma_SI")))


@given(lines())
def test_at_a_tabulated_mass_the_tabulated_value_comes_back(curve: Curve) -> None:
    np.testing.assert_array_equal(curve.at(curve.x), curve.y)


@given(lines(), st.floats(0, 1))
def test_between_two_points_the_value_stays_between_them(curve: Curve, share: float) -> None:
    low, high = curve.x[:2]
    mass = np.clip(low ** (1 - share) * high**share, low, high)
    value = curve.at(mass)
    assert curve.y[:2].min() * (1 - 1e-9) <= value <= curve.y[:2].max() * (1 + 1e-9)


def test_between_two_points_the_curve_is_a_power_law() -> None:
    curve = make(columns=(mass_column([1, 100]), limit_column([1e-40, 1e-44], "sigma_SI")))
    assert curve.at(10.0) == pytest.approx(1e-42, rel=1e-12)


@given(lines(), st.floats(1e-6, 0.5))
def test_outside_its_range_a_curve_answers_with_an_error(curve: Curve, beyond: float) -> None:
    for mass in (curve.x[0] * (1 - beyond), curve.x[-1] * (1 + beyond)):
        with pytest.raises(OutOfRange, match="nothing is extrapolated"):
            curve.at(mass)


def test_one_mass_outside_spoils_the_whole_question() -> None:
    with pytest.raises(OutOfRange, match="5 to 1000 GeV"):
        make().at([10.0, 5000.0])


@pytest.mark.parametrize(
    "mass", ["40", ["40"], None, [10, [1]], True, 40j, [40j, None], {40}, [10**400], b"40"]
)
def test_what_is_not_a_number_has_no_value_and_the_unit_is_named(mass: object) -> None:
    with pytest.raises(OutOfRange, match=r"^mass .* is not a number .* plain ones in GeV$"):
        make().at(mass)  # type: ignore[arg-type]


@pytest.mark.parametrize("mass", [0, -1, float("inf"), float("nan"), [10.0, float("nan")]])
def test_a_mass_that_cannot_be_is_outside_the_range(mass: float) -> None:
    with pytest.raises(OutOfRange, match="covers 5 to 1000 GeV"):
        make().at(mass)


def test_one_mass_gives_a_plain_float_and_several_an_array() -> None:
    for mass in (10.0, 10, np.float64(10), np.array(10.0)):
        assert type(make().at(mass)) is float
    assert make().at([[10.0, 20.0]]).shape == (1, 2)
    assert repr(make().at(make().x[0])) == repr(float(make().y[0]))


def test_numbers_of_any_kind_are_masses() -> None:
    expected = make().at(10.0)
    for mass in (10, np.int64(10), np.float32(10), np.array(10, dtype=object)):
        assert make().at(mass) == expected
    assert make().at([]).shape == (0,)
