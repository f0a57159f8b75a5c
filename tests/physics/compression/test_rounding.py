"""No number moves further than its bound, and ties go to the even neighbour; exact arithmetic says so."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import OutOfRange
from vre_dm.physics.compression.rounding import Absolute, Relative, rounded

NUMBERS = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e307, max_value=1e307)
SINGLES = st.floats(
    width=32, allow_nan=False, allow_infinity=False, min_value=-(2.0**126), max_value=2.0**126
)


def exactly(value: float, step: Fraction) -> Fraction:
    """Nearest multiple of a step, ties to the even one: Python's own rounding of fractions."""
    return round(Fraction(value) / step) * step


def step_of(value: float, relative: float) -> Fraction:
    """Spacing of the numbers with the fewest bits whose half is within the bound, at this value."""
    kept = next(bits for bits in range(2000) if Fraction(1, 2 ** (bits + 1)) <= Fraction(relative))
    return Fraction(2) ** (math.frexp(value)[1] - 1 - kept)


@given(NUMBERS, st.floats(1e-15, 0.5))
def test_a_relative_bound_gives_the_nearest_number_with_the_fewest_bits(value: float, error: float) -> None:
    (short,) = rounded("x", np.array([value]), Relative(error), "1")
    if abs(value) < np.finfo(float).tiny:
        assert short == value
        return
    assert Fraction(float(short)) == exactly(value, step_of(value, error))
    assert abs(Fraction(float(short)) - Fraction(value)) <= Fraction(error) * abs(Fraction(value))


@given(SINGLES, st.floats(1e-6, 0.5))
def test_a_relative_bound_holds_for_single_precision_too(value: float, error: float) -> None:
    before = np.array([value], dtype=np.float32)
    (short,) = rounded("x", before, Relative(error), "1")
    assert abs(Fraction(float(short)) - Fraction(value)) <= Fraction(error) * abs(Fraction(value))


@pytest.mark.parametrize("kind", [">f4", ">f8"])
@pytest.mark.parametrize("bound", [Relative(1e-3), Absolute(0.5, "GeV")])
def test_the_order_of_the_bytes_changes_nothing(kind: str, bound: Relative | Absolute) -> None:
    values = np.random.default_rng(2).normal(50.0, 20.0, 300)
    native = values.astype(np.dtype(kind).newbyteorder("="))
    assert np.array_equal(rounded("x", values.astype(kind), bound, "GeV"), rounded("x", native, bound, "GeV"))


@given(st.sampled_from([np.float32, np.float64]), SINGLES, st.floats(1e-30, 1e30))
def test_an_absolute_bound_gives_the_nearest_multiple_of_a_power_of_two(
    kind: type, value: float, error: float
) -> None:
    (short,) = rounded("x", np.array([value], dtype=kind), Absolute(error, "GeV"), "GeV")
    step = Fraction(2) ** (math.frexp(error)[1])
    assert step / 2 <= Fraction(error) < step
    assert Fraction(float(short)) == exactly(value, step)


def test_a_looser_bound_never_keeps_more_bits() -> None:
    values = np.random.default_rng(1).normal(size=500)
    ones = [
        int(np.unpackbits(rounded("x", values, Relative(10.0**-k), "1").view(np.uint8)).sum())
        for k in range(15, 0, -1)
    ]
    assert ones == sorted(ones, reverse=True)


@pytest.mark.parametrize("bound", [Relative(1e-3), Absolute(0.5, "GeV")])
def test_minus_zero_stays_what_it_is(bound: Relative | Absolute) -> None:
    assert np.signbit(rounded("x", np.array([-0.0]), bound, "GeV")[0])


@pytest.mark.parametrize("error", [0.0, -1e-3, 0.6, math.nan, math.inf, "1e-3"])
def test_a_relative_bound_that_makes_no_sense_is_refused(error: float) -> None:
    with pytest.raises(OutOfRange, match=r"must lie above 0 and not above 0\.5"):
        Relative(error)


@pytest.mark.parametrize("error", [0.0, -1.0, math.nan, math.inf, 1e301])
def test_an_absolute_bound_that_makes_no_sense_is_refused(error: float) -> None:
    with pytest.raises(OutOfRange, match=r"GeV must lie between 0 and 1e\+300"):
        Absolute(error, "GeV")


def test_a_bound_in_another_unit_than_its_column_is_refused() -> None:
    with pytest.raises(OutOfRange, match="column muon1_eta is in '1', the error bound in 'GeV'"):
        rounded("muon1_eta", np.ones(3), Absolute(0.1, "GeV"), "1")


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_number_for_which_no_bound_can_hold_is_named_by_its_row(bad: float) -> None:
    with pytest.raises(OutOfRange, match="column mass, row 3: the number is not finite"):
        rounded("mass", np.array([1.0, 2.0, bad]), Relative(1e-3), "GeV")


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_number_that_would_become_infinite_is_refused(kind: type) -> None:
    with pytest.raises(OutOfRange, match="row 1: the number is too large to be rounded"):
        rounded("x", np.array([np.finfo(kind).max], dtype=kind), Relative(0.1), "1")
