"""dd_limit_plot: CSV without header beside one TOML, BibTeX backslashes and all."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.limits.conftest import HOSTILE, make
from tests.limits.interchange.conftest import SAMPLES
from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange import read, write
from vre_dm.limits.metadata import Provenance

Put = Callable[[str, str], Path]
FOLDER = SAMPLES / "dd"
RECORD = (FOLDER / "result_metadata.toml").read_text()


def test_the_toml_reads_although_its_bibtex_has_backslashes() -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(RECORD)
    observed, projected = read(FOLDER / "result_metadata.toml")
    assert "BibTeX of result_metadata.toml read literally" in observed.provenance.treatment
    assert (observed.kind, projected.kind) == ("observed", "projection")


def test_the_header_orders_the_columns_and_the_record_gives_the_facts() -> None:
    curve = read(FOLDER / "WIMPSI_TOY_2020.csv")[0]
    assert [column.stem for column in curve.columns] == [
        "m", "limit", "sensitivity_m1sigma", "median", "sensitivity_p1sigma",
    ]  # fmt: skip
    assert curve.y.tolist() == [2.5e-45, 1.5e-47]
    assert (curve.experiment, curve.year, curve.cl, curve.quantity) == ("TOY", 2020, 0.9, "sigma_SI")
    assert (curve.reference.arxiv, curve.reference.doi) == ("2001.01234", "10.1000/toy.2001")
    assert (curve.provenance.type, curve.assumptions["exposure_ty"]) == ("collaboration file", 1.5)
    assert (curve.licence, curve.reference.arxiv_version) == ("unknown", "unknown")


def test_scaling_applies_to_limits_only_and_an_index_column_is_skipped() -> None:
    curve = read(FOLDER / "WIMPSDn_TOY_projection.csv")[0]
    assert curve.x.tolist() == [6.0, 30.0]
    assert curve.y == pytest.approx([1e-41, 2e-42], rel=1e-15)
    assert "limits multiplied by the scaling 1e-36" in curve.provenance.treatment
    assert (curve.provenance.type, curve.provenance.tool) == ("digitised", "WebPlotDigitizer")


@pytest.mark.parametrize("cells", ["6.0,1e-45,2e-45,3e-45", "6.0,1e-45,2e-45,3e-45,2.5e-45,9e-45"])
def test_a_header_shifted_against_its_columns_is_refused(put: Put, cells: str) -> None:
    put("result_metadata.toml", RECORD)
    path = put("WIMPSI_TOY_2020.csv", f"{cells}\n")
    with pytest.raises(InvalidCurve, match=r"TOY_2020.csv row 1: \d cells where 5 are expected \(wimp_mass"):
        read(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('header = ["index", "wimp_mass", "sensitivity_median"]', 'header = "x"', "no list of column names"),
        ('"index", "wimp_mass"', '"index", "mass"', "names 0 columns 'wimp_mass'"),
        ("1e-36", '"big"', "scaling: 'big' is not a finite number"),
        ('"GeV/c^2"', '"kg"', "unit 'kg' is unknown"),
        ("[", "[[[", "is not TOML"),
    ],
)
def test_a_spoiled_toml_is_refused_by_place_and_reason(put: Put, old: str, new: str, message: str) -> None:
    put("result_metadata.toml", RECORD.replace(old, new))
    path = put("WIMPSDn_TOY_projection.csv", (FOLDER / "WIMPSDn_TOY_projection.csv").read_text())
    with pytest.raises(InvalidCurve, match=message):
        read(path, "dd_limit_plot")


def test_a_csv_without_its_section_says_what_to_add(put: Put) -> None:
    put("result_metadata.toml", RECORD)
    with pytest.raises(InvalidCurve, match="has no section 'other'; add one"):
        read(put("other.csv", "1,2\n"), "dd_limit_plot")


def test_what_is_written_is_toml_for_python_and_numbers_for_numpy(tmp_path: Path) -> None:
    curve = make(notes=HOSTILE + "\\textbf{\x7f}", provenance=Provenance(type="collaboration file"))
    table, record = write(curve, tmp_path, "dd_limit_plot")
    section = tomllib.loads(record.read_text())[table.stem]
    assert section["description"] == curve.notes
    assert section["header"] == ["wimp_mass", "upper_limit"]
    assert section["provenance"] == "Collaboration"
    assert [float(cell) for cell in table.read_text().splitlines()[0].split(",")] == [5.0, 1e-43]
