"""ECSV of dmbounds: the key without its colon, bounds, targets, licence."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.limits.interchange.conftest import SAMPLES
from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange import read

Put = Callable[[str, str], Path]
TEXT = (SAMPLES / "dmbounds.ecsv").read_text()


def with_columns(*names: str, row: str = "1e-24 2e-24") -> str:
    described = "".join(f"# - {{name: {name} , unit: cm3s-1}}\n" for name in names)
    old = next(line for line in TEXT.splitlines(keepends=True) if "name: sigmav" in line)
    head, _, _ = TEXT.replace(old, described).partition("\nmass")
    return f"{head}\nmass {' '.join(names)}\n1 {row}\n2 {row}\n"


def test_the_malformed_confidence_level_is_read_and_said() -> None:
    curve = read(SAMPLES / "dmbounds.ecsv")[0]
    assert curve.cl == 0.95
    assert "confidence read although its colon is missing" in curve.provenance.treatment


def test_a_well_formed_confidence_level_needs_no_repair(put: Put) -> None:
    curve = read(put("good.ecsv", TEXT.replace("{confidence ", "{confidence: ")))[0]
    assert curve.cl == 0.95
    assert "confidence" not in curve.provenance.treatment


def test_masses_are_in_gev_and_facts_are_the_headers() -> None:
    curve = read(SAMPLES / "dmbounds.ecsv")[0]
    assert curve.x.tolist() == [400.0, 1000.0, 20000.0]
    assert (curve.quantity, curve.channel, curve.experiment, curve.year) == ("sigmav", "bb", "H.E.S.S.", 2020)
    assert curve.licence == "CC-BY-NC-SA-3.0"
    assert (curve.reference.arxiv, curve.reference.doi) == ("2001.01234", "10.1000/toy.2001")
    assert (curve.reference.arxiv_version, curve.statistic) == ("unknown", "unknown")
    assert curve.assumptions["target"] == "toydwarf"


def test_two_bounds_are_a_band(put: Put) -> None:
    band = read(put("band.ecsv", with_columns("sigmav_lo", "sigmav_hi")))[0]
    assert band.geometry == "band"
    assert [column.name for column in band.columns] == ["m_GeV", "low_cm3_s", "high_cm3_s"]


def test_each_target_is_a_curve_and_one_without_a_limit_is_left_out_aloud(put: Put) -> None:
    found = read(put("many.ecsv", with_columns("draco", "sigmav", "fornax", row="nan 2e-24 3e-24")))
    assert [curve.assumptions["target"] for curve in found] == ["toydwarf", "fornax"]
    assert found.ids == ["many", "many_fornax"]
    assert "target draco left out" in found[0].provenance.treatment


def test_the_combined_limit_must_have_all_its_numbers(put: Put) -> None:
    with pytest.raises(InvalidCurve, match="row 25, column sigmav: 'nan' is not a finite number"):
        read(put("nan.ecsv", with_columns("draco", "sigmav", row="1e-24 nan")))


def test_a_sensitivity_is_a_projection_and_tau_a_lifetime(put: Put) -> None:
    text = TEXT.replace("NFW profile", "sensitivity, NFW").replace("unit: cm3s-1", "unit: s     ")
    text = (
        text.replace("name: sigmav", "name: tau   ").replace("mass sigmav", "mass tau").replace("E-24", "E24")
    )
    curve = read(put("tau.ecsv", text))[0]
    assert (curve.kind, curve.quantity) == ("projection", "lifetime")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("mass sigmav", "mass tau", "the table begins 'mass tau', the header describes 'mass sigmav'"),
        ("5.0E-24", "5.0E-24 7", "row 25: 3 cells where 2 are expected"),
        ("5.0E-24", "-5.0E-24", "row 25, column limit_cm3_s: -5e-24 is not a positive"),
        ("1.0  4.5", "0.4  4.5", "row 26, column m_GeV: mass 400 comes twice"),
        ("unit: TeV", "unit: kg", "unit 'kg' is unknown"),
        ('"bb"', '"KK"', "channel 'KK' is none of bb"),
        ("# datatype:", "# somethingelse:", "describes no columns"),
        ("meta: !!omap", "meta: !!python/object/apply:os.getcwd []\n# more:", "is not YAML"),
    ],
)
def test_a_spoiled_file_is_refused_by_place_and_reason(put: Put, old: str, new: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(InvalidCurve, match=message):
        read(put("bad.ecsv", TEXT.replace(old, new, 1)))
