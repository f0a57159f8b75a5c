"""Distances in decades from a point of the plane to a curve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.limits.conftest import make
from vre_dm.errors import OutOfRange
from vre_dm.limits.column import Column, limit_column, mass_column
from vre_dm.limits.distance import distance, point_of_plane

FLAT = make(columns=(mass_column([1.0, 100.0]), limit_column([1e-45, 1e-45], "sigma_SI")))


@pytest.mark.parametrize(
    ("mass", "value", "decades"),
    [(10, 1e-45, 0.0), (10, 1e-44, 1.0), (10, 1e-47, 2.0), (1000, 1e-45, 1.0), (0.1, 1e-44, 2**0.5)],
)
def test_the_distance_is_to_the_nearest_part_of_the_path(mass: float, value: float, decades: float) -> None:
    assert distance(FLAT, mass, value) == pytest.approx(decades, abs=1e-12)


def test_between_the_nodes_of_a_grid_there_is_no_path() -> None:
    columns = (Column("m_GeV", "GeV", np.array([1.0, 100.0])), Column("limit_1", "1", np.array([1.0, 1.0])))
    assert distance(make(columns=columns, geometry="grid"), 10, 1.0) == pytest.approx(1.0)


@given(st.floats(-2, 4), st.floats(-50, -40))
def test_no_point_is_further_than_its_nearest_table_row_and_all_are_reached(x: float, y: float) -> None:
    curve = make()
    rows = np.hypot(np.log10(curve.x) - x, np.log10(curve.y) - y)
    assert 0 <= distance(curve, 10**x, 10**y) <= rows.min() + 1e-9


@given(st.floats(5.0, 1000.0))
def test_a_point_on_the_curve_is_at_no_distance(mass: float) -> None:
    assert distance(make(), mass, float(make().at(mass))) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    "point",
    [None, 40, (40,), (40, 1e-46, 3), ("40", 1e-46), (0, 1e-46), (40, -1e-46), (np.nan, 1), (1, np.inf)],
)
def test_what_is_no_point_is_refused_with_an_example(point: object) -> None:
    with pytest.raises(OutOfRange, match=r"such as near=\(40, 1e-46\)"):
        point_of_plane(point)
