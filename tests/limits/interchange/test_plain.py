"""Plain tables: three questions, asked together, and only where the file is silent."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.limits.interchange.conftest import SAMPLES
from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange import QUESTIONS, read

Put = Callable[[str, str], Path]
ALL: dict[str, Any] = {"quantity": "sigma_SI", "x_unit": "GeV", "y_unit": "cm2", "experiment": "TOY"}


def test_three_questions_cover_what_bare_numbers_leave_open(put: Put) -> None:
    path = put("bare.txt", "6 1e-45\n30 1e-47\n")
    with pytest.raises(InvalidCurve) as caught:
        read(path)
    assert all(question.text in str(caught.value) for question in QUESTIONS)
    assert read(path, **ALL, reference="arXiv:2001.01234v1")[0].reference.arxiv_version == "v1"


@pytest.mark.parametrize("left", ["quantity", "x_unit", "y_unit", "experiment"])
def test_only_what_is_open_is_asked(put: Put, left: str) -> None:
    given = {name: value for name, value in ALL.items() if name != left}
    with pytest.raises(InvalidCurve) as caught:
        read(put("bare.txt", "6 1e-45\n30 1e-47\n"), **given)
    assert [left in question.answers for question in QUESTIONS if question.text in str(caught.value)] == [
        True
    ]


@pytest.mark.parametrize("text", ["6,1e-45\n30,1e-47\n", "6;1e-45\n30;1e-47\n", "6\t1e-45\n\n30   1d-47\n"])
def test_commas_semicolons_and_space_part_the_cells(put: Put, text: str) -> None:
    assert read(put("bare.dat", text), "plain", **ALL)[0].y.tolist() == [1e-45, 1e-47]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("10;1,5e-45\n20;1e-46\n", r"bare.dat row 1, column limit: '1,5e-45' is not"),
        ("10,1e-45x\n20,1e-46\n", r"bare.dat row 1, column limit: '1e-45x' is not"),
        ("x10 1e-45\n20 1e-46\n", r"bare.dat row 1, column m: 'x10' is not"),
        ("-.5x 1e-45x\n20 1e-46\n", r"bare.dat row 1, column m: '-.5x' is not"),
    ],
)
def test_a_bad_first_row_is_no_header_that_goes_lost(put: Put, text: str, complaint: str) -> None:
    with pytest.raises(InvalidCurve, match=complaint):
        read(put("bare.dat", text), "plain", **ALL)


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(InvalidCurve, match="is not a regular file; give the file that holds the numbers"):
        read(tmp_path, "plain", **ALL)


def test_a_curve_is_called_by_experiment_and_year(put: Put) -> None:
    path = put("bare.dat", "6,1e-45\n30,1e-47\n")
    assert read(path, **ALL, year=2026)[0].label == "TOY 2026"
    assert read(path, **ALL)[0].label == "TOY"
    assert read(path, **ALL, year=2026, label="mine")[0].label == "mine"


def test_a_header_with_units_answers_one_question() -> None:
    curve = read(SAMPLES / "plain.csv", quantity="sigma_SI", experiment="TOY")[0]
    assert curve.y.tolist() == [1e-45, 1e-47, 4e-47]
    assert (curve.reference.arxiv, curve.reference.arxiv_version) == ("2001.01234", "v1")
    assert "limit from pb to cm2" in curve.provenance.treatment


def test_headers_of_the_catalogue_are_understood(put: Put) -> None:
    path = put("own.csv", "m_GeV,limit_cm3_s,median_cm3_s\n10,1e-25,2e-25\n20,1e-25,2e-25\n")
    curve = read(path, experiment="TOY")[0]
    assert curve.quantity == "sigmav"
    assert [column.name for column in curve.columns] == ["m_GeV", "limit_cm3_s", "median_cm3_s"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("6 1e-45\n30 x\n", "row 2, column limit: 'x' is not a finite number"),
        ("6 1e-45\n30 1e-45 7\n", "row 2: 3 cells where 2 are expected"),
        ("6 1e-45\n30 nan\n", "row 2, column limit: 'nan' is not a finite number"),
        ("6 1e-45\n30 -1e-45\n", "row 2, column limit_cm2: -1e-45 is not a positive"),
        ("6 1e-45\n6 1e-46\n", "row 2, column m_GeV: mass 6 comes twice"),
        ("6 1e-45\n30 1e-9\n", "row 2, column limit_cm2: 1e-09 cm2 contradicts the unit or the quantity"),
        ("6 1e-45\n-3 1e-45\n", "row 2, column m_GeV: -3 is not a positive"),
        ("6 1e-45\n30 １e-45\n", "row 2, column limit: '１e-45' is not a finite number"),
    ],
)
def test_bad_rows_are_refused_by_place_and_reason(put: Put, text: str, message: str) -> None:
    with pytest.raises(InvalidCurve, match=message):
        read(put("bad.txt", text), "plain", **ALL)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"quantity": "sigma_SJ"}, "unknown quantity 'sigma_SJ'; near it: sigma_SI"),
        ({"kind": "guess"}, "unknown kind 'guess'"),
        ({"geometry": "blob"}, "unknown geometry 'blob'"),
        ({"reference": "my talk"}, "reference 'my talk' has no arXiv number and no DOI"),
        ({"x_unit": "kg"}, "unit 'kg' is unknown; GeV is wanted"),
        ({"y_unit": "GeV"}, "unit 'GeV' cannot become cm2"),
        ({"cl": 90}, "cl is 90; give a number between 0 and 1"),
        ({"year": "soon"}, "year is 'soon'; give a number between 1969 and 2101"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(put: Put, answer: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidCurve, match=message):
        read(put("bare.txt", "6 1e-45\n30 1e-47\n"), **(ALL | answer))
