"""Numbers in text: what is one is read exactly, what is none is named by its place."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange.numbers import looks_numeric, number, split, table

finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e299, max_value=1e299)
junk = st.one_of(st.text(), st.binary(), st.none(), st.booleans(), st.lists(st.integers()), st.floats())


@given(finite, st.sampled_from(["", " ", "\t"]))
def test_what_python_writes_is_read_to_the_last_bit(value: float, space: str) -> None:
    assert number(f"{space}{value!r}{space}", "x") == value
    assert number(value, "x") == value


@given(finite, st.sampled_from("dDE"))
def test_exponents_may_be_written_as_fortran_does(value: float, letter: str) -> None:
    assert number(f"{value:e}".replace("e", letter), "x") == float(f"{value:e}")


@given(junk)
def test_a_cell_is_a_finite_number_or_an_error_with_its_place(cell: object) -> None:
    try:
        found = number(cell, "a.csv row 3, column m")
    except InvalidCurve as error:
        text = str(error)
        assert text.startswith("a.csv row 3, column m: ")
        assert text.endswith(" is not a finite number")
        assert len(text) < 200
        assert text.isprintable()
    else:
        assert math.isfinite(found)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "nan",
        "inf",
        "-Infinity",
        "1e400",
        "1_000",
        "0x10",
        "1,5",
        "1e",
        "e5",
        "１",
        "1 2",
        "--1",
        True,
        None,
    ],
)
def test_what_only_looks_like_a_number_is_none(cell: object) -> None:
    with pytest.raises(InvalidCurve, match="is not a finite number"):
        number(cell, "x")


@pytest.mark.parametrize(
    ("line", "delimiter", "cells"),
    [
        ("1 2\t3", None, ["1", "2", "3"]),
        ("1, 2 ,3", None, ["1", "2", "3"]),
        ("1,5;2,5", None, ["1,5", "2,5"]),
        ("1;2", None, ["1", "2"]),
        ("1,,3", None, ["1", "", "3"]),
        ("1|2", "|", ["1", "2"]),
        ("1  2", " ", ["1", "2"]),
        ("1,2", "", ["1,2"]),
    ],
)
def test_a_line_is_parted_at_its_delimiter(line: str, delimiter: str | None, cells: list[str]) -> None:
    assert split(line, delimiter) == cells


@given(st.lists(st.lists(finite, min_size=2, max_size=4), min_size=1, max_size=6), st.sampled_from(",; "))
def test_a_table_of_equal_rows_comes_back_and_another_names_the_first_odd_row(
    rows: list[list[float]], mark: str
) -> None:
    names = [f"c{i}" for i in range(len(rows[0]))]
    cells = [(place, split(mark.join(map(repr, row)))) for place, row in enumerate(rows, start=7)]
    odd = [place for place, row in cells if len(row) != len(names)]
    if odd:
        with pytest.raises(InvalidCurve, match=rf"t\.csv row {odd[0]}: \d cells where {len(names)}"):
            table(cells, names, "t.csv")
    else:
        np.testing.assert_array_equal(table(cells, names, "t.csv"), np.array(rows))


def test_no_row_is_no_table() -> None:
    with pytest.raises(InvalidCurve, match=r"t\.csv: no row of numbers"):
        table([], ["m", "limit"], "t.csv")


@given(finite)
def test_every_number_looks_like_one(value: float) -> None:
    assert looks_numeric([repr(value), f"{Decimal(value):.3E}", "nan", "-inf"])


@pytest.mark.parametrize("cells", [[], ["m", "1"], ["1", ""], ["1_0"]])
def test_a_header_does_not_look_like_numbers(cells: list[str]) -> None:
    assert not looks_numeric(cells)
