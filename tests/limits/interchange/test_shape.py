"""Points put in order: reversed, parted from repeats, or refused with the row that stands in the way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.interchange import shape
from vre_dm.limits.quantities import quantity

SI = quantity("sigma_SI")
masses = st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=8, unique=True).map(sorted)


def points(x: list[float], y: list[float] | None = None, *, repeats: bool = False) -> shape.Points:
    values = [1e-45] * len(x) if y is None else y
    columns = [mass_column(x), limit_column(values, "sigma_SI")]
    return shape.Points(columns, list(range(11, 11 + len(x))), "f.csv", repeats)


@given(masses)
def test_rising_masses_stay_as_they_are_and_falling_ones_are_turned_round_aloud(x: list[float]) -> None:
    for masses_given, said in ((x, []), (x[::-1], ["rows reversed, masses fell"])):
        changes: list[str] = []
        found, geometry = shape.order(points(masses_given), None, SI, changes)
        assert (found.columns[0].values.tolist(), geometry) == (x, "line")
        assert changes == (said if len(x) > 1 else [])
        assert sorted(found.rows) == list(range(11, 11 + len(x)))


@given(masses, st.data())
def test_limits_travel_with_their_masses(x: list[float], data: st.DataObject) -> None:
    size = len(x)
    y = data.draw(st.lists(st.floats(1e-50, 1e-40), min_size=size, max_size=size))
    found, _ = shape.order(points(x[::-1], y), None, SI, [])
    assert dict(zip(*(column.values.tolist() for column in found.columns), strict=True)) == dict(
        zip(x[::-1], y, strict=True)
    )


@given(masses, st.randoms())
def test_masses_in_no_order_are_refused_by_row_or_were_in_order(x: list[float], random: object) -> None:
    mixed = list(x)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    if mixed in (x, x[::-1]):
        return
    with pytest.raises(InvalidCurve, match=r"f\.csv row \d+, column m_GeV: mass .* follows") as refused:
        shape.order(points(mixed), None, SI, [])
    row = int(str(refused.value).split("row ")[1].split(",")[0]) - 11
    assert mixed[row] < mixed[row - 1]


def test_a_mass_that_comes_twice_says_so() -> None:
    with pytest.raises(InvalidCurve, match=r"f\.csv row 13, column m_GeV: mass 6 comes twice; sort the rows"):
        shape.order(points([5, 6, 6], [1e-45, 1e-46, 1e-47]), None, SI, [])


def test_whole_rows_repeated_go_aloud_only_where_a_format_is_known_for_it() -> None:
    changes: list[str] = []
    found, _ = shape.order(points([5, 6, 6, 6], repeats=True), None, SI, changes)
    assert (found.rows, changes) == ([11, 12], ["2 repeated rows dropped (13, 14)"])
    with pytest.raises(InvalidCurve, match="comes twice"):
        shape.order(points([5, 6, 6, 6]), None, SI, [])


@pytest.mark.parametrize(
    ("x", "y", "stated", "found"),
    [
        ([1, 2, 2, 1], [1e-40, 1e-40, 1e-41, 1e-40], None, "contour"),
        ([1, 2, 1], [1e-40, 1e-41, 1e-40], "contour", "contour"),
        ([2, 1, 3], None, "band", "band"),
        ([2, 1, 3], None, "grid", "grid"),
    ],
)
def test_what_is_no_line_keeps_its_order(
    x: list[float], y: list[float] | None, stated: str | None, found: str
) -> None:
    kept, geometry = shape.order(points(x, y), stated, SI, changes := [])
    assert (kept.columns[0].values.tolist(), geometry, changes) == (x, found, [])


def test_a_plane_of_two_masses_is_bounded_by_a_contour() -> None:
    plane = quantity("mediator_plane")
    assert shape.order(points([2, 1, 3]), None, plane, [])[1] == "contour"


def test_three_points_make_no_area() -> None:
    with pytest.raises(InvalidCurve, match="mass 1 follows 2"):
        shape.order(points([1, 2, 1]), None, SI, [])


@pytest.mark.parametrize("bad", [0.0, -1e-45, np.nan, np.inf])
def test_what_no_logarithmic_axis_shows_is_refused_with_row_and_column(bad: float) -> None:
    with pytest.raises(InvalidCurve, match=r"f\.csv row 12, column limit_cm2: .* is not a positive finite"):
        shape.require_positive(points([5, 6], [1e-45, bad]))


@given(st.floats(1e-60, 1e3))
def test_a_magnitude_is_refused_exactly_outside_the_range_of_the_quantity(value: float) -> None:
    found = points([5, 6], [1e-45, value])
    if SI.low <= value <= SI.high:
        shape.require_magnitude(found, SI)
        return
    with pytest.raises(InvalidCurve, match=r"row 12, column limit_cm2: .* cm2 contradicts the unit"):
        shape.require_magnitude(found, SI)
