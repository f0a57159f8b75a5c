"""Every treatment of a table takes out what is not the limit, nothing else, and says so."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import curves_columns as steps
from builders.curves_columns import Treated
from vre_dm.errors import InvalidCurve

LIMITS = (1e-54, 1e-26)
masses = st.lists(st.floats(1, 1e4), min_size=3, max_size=30, unique=True).map(sorted)


def table(*rows: tuple[float, ...]) -> Treated:
    return Treated(("m_GeV", "limit_cm2"), np.array(rows))


def kept(treated: Treated) -> list[tuple[float, ...]]:
    return [tuple(row) for row in treated.table.tolist()]


def test_an_empty_cell_is_no_number(tmp_path: Path) -> None:
    numbers = tmp_path / "toy.csv"
    numbers.write_text("m_GeV,limit_cm2\n5,1e-44\n10,\n")
    assert np.isnan(steps.read(numbers).table[1, 1])


@pytest.mark.parametrize("sentinel", [1e10, 1.0, -1.0, 0.0, np.nan, 1e-60])
def test_a_value_that_only_closes_a_polygon_is_taken_out_and_counted(sentinel: float) -> None:
    treated = steps.without_sentinels(table((5, 1e-44), (6, 1e-44), (7, 1e-45), (9, sentinel)), *LIMITS)
    assert [row[0] for row in kept(treated)] == [5, 6, 7]
    assert treated.said == ("1 sentinel rows dropped",)


def test_a_table_in_another_unit_is_not_taken_for_sentinels() -> None:
    with pytest.raises(InvalidCurve, match="3 of 3 rows outside 1e-54 to 1e-26; wrong unit"):
        steps.without_sentinels(table((5, 1e-8), (6, 1e-9), (7, 1e-9)), *LIMITS)


@pytest.mark.parametrize(
    "rows",
    [
        ((5, 1e-40), (5, 1e-44), (6, 1e-45), (7, 1e-45)),
        ((5, 1e-44), (6, 1e-45), (7, 1e-45), (7, 1e-40)),
        ((4.5, 1e-40), (5, 1e-44), (6, 1e-45), (7, 1e-45)),
        ((5, 1e-44), (6, 1e-45), (7, 1e-45), (8, 1e-41)),
    ],
)
def test_an_upright_end_is_taken_out(rows: tuple[tuple[float, float], ...]) -> None:
    treated = steps.without_walls(table(*rows))
    assert len(treated.table) == 3
    assert treated.table[:, 1].max() == 1e-44
    assert treated.said == ("1 upright end rows dropped",)


def test_a_steep_threshold_is_no_wall() -> None:
    rows = ((5.0, 5e-43), (6.0, 1e-44), (7.0, 1e-45), (100.0, 1e-44))
    assert kept(steps.without_walls(table(*rows))) == list(rows)


def test_a_point_that_prolongs_the_line_is_taken_out() -> None:
    treated = steps.without_prolongation(table((500, 1e-44), (996, 2e-44), (10000, 2e-43)))
    assert [row[0] for row in kept(treated)] == [500, 996]
    assert "prolongs the line" in treated.said[0]


@pytest.mark.parametrize("last", [(9876.0, 2e-43), (10000.0, 5e-44), (2000.0, 4e-44)])
def test_a_last_point_that_was_measured_stays(last: tuple[float, float]) -> None:
    assert len(steps.without_prolongation(table((500, 1e-44), (996, 2e-44), last)).table) == 3


@pytest.mark.parametrize(("first", "second"), [(1e-44, 2e-44), (2e-44, 1e-44)])
def test_of_two_rows_of_one_mass_the_weaker_limit_stays(first: float, second: float) -> None:
    treated = steps.without_doubles(table((5, 1e-43), (6, first), (6, second), (7, 1e-44)))
    assert kept(treated)[1] == (6, 2e-44)
    assert len(treated.table) == 3


def test_of_three_rows_of_one_mass_the_weakest_stays() -> None:
    treated = steps.without_doubles(table((6, 1e-44), (6, 3e-44), (6, 2e-44)))
    assert kept(treated) == [(6, 3e-44)]


@given(masses, st.data())
def test_no_step_makes_a_limit_stronger_than_the_source_or_loses_order(
    points: list[float], data: st.DataObject
) -> None:
    """Whatever jitter and doubles a digitised line has, what remains are rows of it, each mass once."""
    values = data.draw(st.lists(st.floats(1e-47, 1e-40), min_size=len(points), max_size=len(points)))
    jitter = data.draw(
        st.lists(st.sampled_from([1.0, 1.0, 0.99]), min_size=len(points), max_size=len(points))
    )
    rows = np.column_stack([np.array(points) * jitter, values])
    treated = steps.without_steps_back(steps.without_doubles(Treated(("m", "y"), rows)))
    assert {tuple(row) for row in treated.table.tolist()} <= {tuple(row) for row in rows.tolist()}
    step = treated.table[1:, 0] / treated.table[:-1, 0]
    assert np.all((step > 1) | (step <= 1 - steps.BACKWARD))


def test_a_small_step_back_keeps_the_weaker_limit() -> None:
    treated = steps.without_steps_back(table((5, 1e-43), (10, 1e-45), (9.9, 2e-45), (20, 1e-46)))
    assert kept(treated) == [(5, 1e-43), (9.9, 2e-45), (20, 1e-46)]


def test_a_large_step_back_stays_for_the_checks_to_refuse() -> None:
    treated = steps.without_steps_back(table((5, 1e-43), (10, 1e-45), (6, 2e-45)))
    assert len(treated.table) == 3


def test_a_contour_is_closed_once() -> None:
    once = steps.closed(table((5, 1e-43), (10, 1e-45), (7, 1e-42)))
    assert kept(once)[0] == kept(once)[-1]
    assert steps.closed(once) == once


def test_massless_dark_matter_of_a_linear_figure_is_lifted_to_where_logarithms_end() -> None:
    treated = steps.above_axis(table((15, 60.0), (1199, 49.0), (1204, 4e-6)))
    assert kept(treated) == [(15, 60), (1199, 49), (1204, 1)]
    assert treated.said == ("1 dark-matter masses below 1 GeV, on the axis, set to 1 GeV",)
    assert steps.above_axis(treated) is treated


def test_a_line_is_cut_where_its_source_gives_no_limit() -> None:
    whole = table((1, 1e-43), (2, 1e-43), (5, 1e-43), (6, 1e-43), (9, 1e-43))
    pieces = steps.parts(whole, [(2, 5), (6.5, 8)])
    assert [piece.table[:, 0].tolist() for piece in pieces] == [[1, 2], [5, 6], [9]]
