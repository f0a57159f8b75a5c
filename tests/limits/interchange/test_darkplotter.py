"""DarkPlotter JSON: numbers as text, facts from label and BibTeX."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.limits.interchange.conftest import SAMPLES
from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange import read

Put = Callable[[str, str], Path]
TEXT = (SAMPLES / "darkplotter.json").read_text()


def test_facts_and_numbers_are_read() -> None:
    curve = read(SAMPLES / "darkplotter.json")[0]
    assert curve.y.tolist() == [1e-40, 3e-41, 2e-42]
    assert (curve.quantity, curve.experiment, curve.year, curve.cl) == ("sigma_SI", "TOY", 2020, 0.9)
    assert (curve.reference.arxiv, curve.reference.doi) == ("2001.01234", "10.1000/toy.2001")
    assert (curve.licence, curve.reference.arxiv_version) == ("unknown", "unknown")


def test_a_list_within_a_text_is_a_list(put: Put) -> None:
    text = TEXT.replace('["6.0", "8.0", "100"]', '"[6.0, 8.0, 100]"')
    assert read(put("a.json", text))[0].x.tolist() == [6.0, 8.0, 100.0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"8.0", ', "", "2 masses and 3 limits"),
        ('"8.0"', '"eight"', "row 2, column m: 'eight' is not a finite number"),
        ('"8.0"', "null", "row 2, column m: NoneType is not a finite number"),
        ('"8.0"', "true", "row 2, column m: bool is not a finite number"),
        ('"8.0"', "9" * 400, "row 2, column m: int is not a finite number"),
        ('"8.0"', "NaN", "row 2, column m: nan is not a finite number"),
        ('"8.0"', "6", "row 2, column m_GeV: mass 6 comes twice"),
        ('["6.0", "8.0", "100"]', "7", "x: not a list of numbers"),
        ('"GeV"', '""', "In which units are the masses"),
        ('"SI"', '"XX"', "Which quantity do the numbers limit"),
    ],
)
def test_a_spoiled_file_is_refused_by_place_and_reason(put: Put, old: str, new: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(InvalidCurve, match=message):
        read(put("bad.json", TEXT.replace(old, new, 1)))
