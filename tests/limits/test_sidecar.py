"""A record and a table become the curve they describe, whatever the numbers."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.limits.conftest import HOSTILE, make
from vre_dm.errors import InvalidCurve
from vre_dm.limits.checks import check_record
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.metadata import Assumptions
from vre_dm.limits.sidecar import from_record, parse_columns, to_record

FIELDS = [{"name": "m_GeV", "unit": "GeV"}, {"name": "limit_cm2", "unit": "cm2"}]


@given(st.lists(st.tuples(st.floats(1e-6, 1e9), st.floats(1e-54, 1e-26)), min_size=1, max_size=30))
def test_any_numbers_survive_the_way_through_text_to_the_last_bit(points: list[tuple[float, float]]) -> None:
    masses, values = zip(*points, strict=True)
    curve = make(columns=(mass_column(masses), limit_column(values, "sigma_SI")))
    assert from_record(to_record(curve), curve.csv, "toy") == curve


@settings(deadline=None)  # the first example imports the schema's validator
@given(st.text(min_size=1, max_size=100))
def test_any_text_survives_and_passes_the_schema(text: str) -> None:
    curve = make(label=text, notes=text, assumptions=Assumptions({"halo": text}))
    record = json.loads(json.dumps(to_record(curve)))
    check_record(record, "toy")
    assert from_record(record, curve.csv, "toy") == curve


def test_the_record_is_a_frictionless_resource() -> None:
    record = to_record(make())
    assert record["path"] == record["name"] + ".csv"
    assert record["licenses"] == [{"name": "CC0-1.0"}]
    assert [field["name"] for field in record["schema"]["fields"]] == ["m_GeV", "limit_cm2"]


@given(st.lists(st.lists(st.sampled_from(["1", "2e-45", "x", ""]), max_size=3), max_size=4))
def test_a_table_is_read_whole_or_refused_with_the_row_that_is_wrong(rows: list[list[str]]) -> None:
    text = "m_GeV,limit_cm2\n" + "".join(",".join(row) + "\n" for row in rows)
    sound = all(len(row) == 2 and not {"x", ""} & set(row) for row in rows)
    if sound:
        columns = parse_columns(text, FIELDS, "toy")
        assert [[float(cell) for cell in row] for row in rows] == np.column_stack(
            [column.values for column in columns]
        ).tolist()
    else:
        with pytest.raises(InvalidCurve, match="toy row"):
            parse_columns(text, FIELDS, "toy")


def test_windows_line_ends_are_read() -> None:
    columns = parse_columns("m_GeV,limit_cm2\r\n5,1e-44\r\n", FIELDS, "toy")
    np.testing.assert_array_equal(columns[1].values, [1e-44])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "header ''"),
        ("m_GeV\n5\n", "header 'm_GeV'"),
        ("limit_cm2,m_GeV\n1e-44,5\n", "header"),
        ("m_GeV,limit_cm2\n5\n", "row 1: 1 cells"),
        ("m_GeV,limit_cm2\n5,1e-44\n\n", "row 2: 1 cells"),
        ("m_GeV,limit_cm2\nfive,1e-44\n", "row 1, column m_GeV: 'five'"),
        ("m_GeV,limit_cm2\n5,=1+1\n", "row 1, column limit_cm2"),
        ("m_GeV,limit_cm2\n5,1e-44 cm2\n", "is not a number"),
    ],
)
def test_a_table_that_is_none_is_refused_with_row_and_column(text: str, complaint: str) -> None:
    with pytest.raises(InvalidCurve, match=complaint):
        parse_columns(text, FIELDS, "toy.csv")


def test_a_message_does_not_repeat_a_long_hostile_cell() -> None:
    with pytest.raises(InvalidCurve) as caught:
        parse_columns(f"m_GeV,limit_cm2\n5,{HOSTILE.replace(',', '') * 1000}\n", FIELDS, "toy.csv")
    assert len(str(caught.value)) < 200
