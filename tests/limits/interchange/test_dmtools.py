"""DMTools XML: rescaled axes, SD nucleons from the label, no entities."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.limits.conftest import HOSTILE, make
from tests.limits.interchange.conftest import SAMPLES
from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange import read, write

Put = Callable[[str, str], Path]
TEXT = (SAMPLES / "dmtools.xml").read_text()


def test_both_axes_are_rescaled_and_it_is_said() -> None:
    curve = read(SAMPLES / "dmtools.xml")[0]
    np.testing.assert_allclose(curve.y, [2e-39, 2.5e-40, 4e-41], rtol=1e-15)
    assert "y multiplied by its y-rescale 1e-40" in curve.provenance.treatment
    assert "1 repeated rows dropped (3)" in curve.provenance.treatment


def test_an_x_rescale_counts_too(put: Put) -> None:
    curve = read(put("x.xml", TEXT.replace("<x-rescale>1<", "<x-rescale>2<")))[0]
    assert curve.x.tolist() == [10.0, 20.0, 200.0]


def test_facts_come_from_the_fields() -> None:
    curve = read(SAMPLES / "dmtools.xml")[0]
    assert (curve.quantity, curve.experiment, curve.year, curve.cl) == ("sigma_SDp", "TOY", 2020, 0.9)
    assert (curve.reference.arxiv, curve.reference.arxiv_version) == ("2001.01234", "v2")
    assert (curve.licence, curve.statistic, curve.provenance.type) == ("unknown",) * 3


@pytest.mark.parametrize("comment", ["limit", "proton and neutron"])
def test_a_spin_dependent_limit_on_no_nucleon_is_asked_about(put: Put, comment: str) -> None:
    path = put("sd.xml", TEXT.replace("spin-dependent proton cross section", comment))
    with pytest.raises(InvalidCurve, match="Which quantity do the numbers limit"):
        read(path)
    assert read(path, quantity="sigma_SDn")[0].quantity == "sigma_SDn"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("5.0 20;", "5.0 twenty;", "data-values row 1, column limit: 'twenty' is not a finite number"),
        ("5.0 20;", "5.0;", "data-values row 1: 1 cells where 2 are expected"),
        ("5.0 20;", "5.0 -20;", "row 1, column limit_cm2: -2e-39 is not a positive"),
        ("5.0 20;", "5.0 nan;", "row 1, column limit: 'nan' is not a finite number"),
        ("5.0 20;", "500 20;", r"row 2, column m_GeV: mass 10 follows 500"),
        ("10.0 2.5; 100", "10.0 2.6; 100", "row 3, column m_GeV: mass 10 comes twice"),
        ("{[5.0", "{[1 1];[5.0", "2 groups of points"),
        ("1e-40", "1e-10", "contradicts the unit"),
        ("1e-40", "many", "y-rescale: 'many' is not a finite number"),
        ("</limit>", "", "is not XML"),
        ("<limit>", "<list><limit/><limit>", "is not XML"),
    ],
)
def test_a_spoiled_file_is_refused_by_place_and_reason(put: Put, old: str, new: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(InvalidCurve, match=message):
        read(put("bad.xml", TEXT.replace(old, new, 1)), "dmtools")


def test_entities_are_refused_before_they_can_grow(put: Put) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<limit>'
    with pytest.raises(InvalidCurve, match="declares a document type or entities"):
        read(put("bomb.xml", TEXT.replace("<limit>", bomb)))


def test_what_xml_cannot_hold_is_shown_as_a_mark_and_kept_in_the_record(tmp_path: Path) -> None:
    curve = make(label=HOSTILE)
    (path,) = write(curve, tmp_path, "dmtools")
    assert "\x1b" not in path.read_text()
    assert read(path)[0].label == HOSTILE
