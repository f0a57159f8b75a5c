"""A column holds the numbers that were given, in its own unit, and cannot change."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.limits.conftest import make
from vre_dm.errors import InvalidCurve
from vre_dm.limits.column import Column, limit_column, mass_column, multiplied


@pytest.mark.parametrize(
    "values",
    [None, "12", ["1", "a"], [1 + 2j], [1.0, [2.0]], [10**400], np.ma.masked_less([1, 2], 2), [True], [None]],
)
def test_what_is_no_list_of_numbers_makes_no_column(values: Any) -> None:
    for column in (lambda: mass_column(values), lambda: limit_column(values, "sigma_SI")):
        with pytest.raises(InvalidCurve, match=r"^column .* is not a number or an array of numbers"):
            column()


@pytest.mark.parametrize("values", [5.0, [[1.0, 2.0]]])
def test_a_column_has_one_value_a_point(values: Any) -> None:
    with pytest.raises(InvalidCurve, match=r"column m_GeV: .* shape .*; give one value a point"):
        mass_column(values)


def test_exact_numbers_and_integers_make_a_column() -> None:
    assert mass_column([1, Decimal("2.5"), np.float32(4)]).values.tolist() == [1.0, 2.5, 4.0]


def test_a_column_has_a_name_and_a_unit() -> None:
    with pytest.raises(InvalidCurve, match="unit is None"):
        Column("m_GeV", None, np.ones(2))  # type: ignore[arg-type]


def test_a_column_does_not_change_with_the_array_it_was_made_of_nor_by_force() -> None:
    given = np.array([1.0, 2.0])
    column = mass_column(given)
    given[0] = 5.0
    assert column.values.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="WRITEABLE"):
        column.values.setflags(write=True)


def test_a_limit_is_in_the_unit_of_its_quantity() -> None:
    column = limit_column([1e-45], "sigma_SI")
    assert (column.name, column.unit, column.stem) == ("limit_cm2", "cm2", "limit")


def test_a_factor_moves_limit_and_bands_and_no_mass() -> None:
    band = Column("median_cm2", "cm2", np.array([2e-45, 3e-45]))
    curve = make(columns=(mass_column([10, 20]), limit_column([1e-45, 2e-45], "sigma_SI"), band))
    mass, *limits = multiplied(curve, np.array([2.0, 10.0]))
    assert mass.values.tolist() == [10, 20]
    np.testing.assert_allclose([c.values for c in limits], [[2e-45, 2e-44], [4e-45, 3e-44]])
