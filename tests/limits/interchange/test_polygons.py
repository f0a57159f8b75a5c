"""Polygons ready to be filled: only walls go, and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange.draft import Draft, RawColumn
from vre_dm.limits.interchange.polygons import drafts, pieces

below = st.floats(1e-20, 1e-6)
lines = st.lists(below, min_size=2, max_size=8)


def polygon(*points: tuple[float, float]) -> Draft:
    m, y = np.array(points).T
    return Draft(
        where="p.txt",
        id="p",
        columns=[RawColumn("m", "eV", m), RawColumn("limit", "1", y)],
        facts={"cl": 0.9},
    )


@given(lines)
def test_a_line_without_walls_is_one_curve_and_loses_no_point(values: list[float]) -> None:
    table = np.column_stack([np.arange(1.0, len(values) + 1), values])
    (kept,), dropped = pieces(table)
    assert (kept.tolist(), dropped) == (list(range(len(values))), 0)


@given(st.lists(lines, min_size=1, max_size=4), st.lists(st.floats(1, 1e9), min_size=5, max_size=5))
def test_ceilings_part_the_lines_between_them_whatever_their_height(
    parts: list[list[float]], ceilings: list[float]
) -> None:
    values, wanted = [ceilings[0]], []
    for part, ceiling in zip(parts, ceilings[1:], strict=False):
        wanted.append(list(range(len(values), len(values) + len(part))))
        values += [*part, ceiling]
    found, dropped = pieces(np.column_stack([np.arange(1.0, len(values) + 1), values]))
    assert [run.tolist() for run in found] == wanted
    assert dropped == len(parts) + 1


@given(st.lists(st.tuples(st.floats(1e-6, 1e6), st.floats(1e-20, 1e3)), min_size=1, max_size=12))
def test_every_point_is_kept_once_or_counted_as_dropped(points: list[tuple[float, float]]) -> None:
    found, dropped = pieces(np.array(points))
    kept = [int(i) for run in found for i in run]
    assert len(kept) == len(set(kept)) == len(points) - dropped
    assert all(points[i][1] < 1 for i in kept)
    assert all(run.size > 1 for run in found)


@pytest.mark.parametrize(
    ("points", "kept"),
    [
        ([(1, 1e-9), (1, 1e-12), (2, 1e-12), (2, 1e-9)], [1, 2]),
        ([(1, 1e-9), (1, 1e-10), (1, 1e-12), (2, 1e-12)], [2, 3]),
        ([(1, 1e-12), (1, 1e-9), (2, 1e-9)], [0, 1, 2]),  # falls to the end: a limit may begin so
        ([(1, 1e-9), (2, 1e-12), (1, 1e-12), (1, 1e-9)], [0, 1, 2, 3]),  # closed
    ],
)
def test_upright_ends_go_unless_the_line_is_closed(
    points: list[tuple[float, float]], kept: list[int]
) -> None:
    (found,), _ = pieces(np.array(points))
    assert found.tolist() == kept


def test_parts_keep_their_rows_and_facts_apart() -> None:
    first, second = drafts(polygon((1, 1), (1, 1e-9), (2, 1e-10), (2, 1), (3, 1), (3, 1e-9), (4, 1e-9)))
    assert (list(first.rows), list(second.rows)) == ([2, 3], [6, 7])
    assert first.treatment == ["3 points dropped that only close a polygon", "part 1 of 2, split at walls"]
    first.facts["cl"] = 0.5
    assert second.facts == {"cl": 0.9}


def test_walls_alone_are_no_curve() -> None:
    with pytest.raises(InvalidCurve, match=r"p\.txt: no two points are left between the walls"):
        drafts(polygon((1, 1), (1, 1e-9), (2, 1)))
