"""The builder treats what it understands, refuses the rest, and says either."""

import csv
from pathlib import Path

import numpy as np
import pytest

from builders import curves_manifest
from builders.curves import Refused, build, label, treat, treated_columns
from vre_dm.errors import InvalidCurve
from vre_dm.limits.catalogue import load
from vre_dm.limits.metadata import UNKNOWN

ROW = {
    "id": "si_toy_2020_s2only",
    "file": "toy.csv",
    "experiment": "TOY",
    "year": "2020",
    "arxiv": "0706.0039",
    "doi": "",
    "quantity": "sigma_SI nucleon",
    "kind": "observed",
    "geometry": "line",
    "source_repo": "someone/curves",
    "source_path": "toy.csv",
    "source_commit": "a" * 40,
    "source_blob_sha1": "b" * 40,
    "licence": "CC0-1.0 (own words)",
    "licence_class": "A",
    "provenance": "WebPlotDigitizer",
    "notes": "",
}
SOUND = "m_GeV,limit_cm2\n5,1e-44\n10,1e-45\n100,1e-46\n"


def candidates(folder: Path, *rows: dict[str, str], numbers: str = SOUND) -> Path:
    (folder / "toy.csv").write_text(numbers)
    with (folder / "manifest.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(ROW))
        writer.writeheader()
        writer.writerows(ROW | row for row in rows)
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "catalogue"
    folder.mkdir()
    return folder


def test_a_sound_candidate_becomes_a_curve_that_loads(tmp_path: Path, target: Path) -> None:
    (line,) = build(candidates(tmp_path, {}), target)
    assert line.startswith("written si_toy_2020_s2only: 3 points")
    (curve,) = load(target)
    assert (curve.label, curve.licence) == ("TOY 2020 (S2-only)", "CC0-1.0")
    assert (curve.provenance.type, curve.provenance.tool) == ("digitised", "WebPlotDigitizer")
    np.testing.assert_array_equal(curve.y, [1e-44, 1e-45, 1e-46])


def test_what_the_source_does_not_state_stays_unknown(tmp_path: Path, target: Path) -> None:
    list(build(candidates(tmp_path, {}), target))
    (curve,) = load(target)
    assert curve.cl is None
    assert curve.reference.doi == curve.reference.arxiv_version == curve.reference.figure == UNKNOWN
    assert curve.assumptions["halo"] == UNKNOWN
    # An old identifier keeps its leading zero.
    assert curve.reference.arxiv == "0706.0039"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"licence_class": "C"}, "licence class C"),
        ({"licence_class": "B"}, "licence class B"),
        ({"source_repo": "computed here"}, "derived"),
        ({"licence": "GPL-3.0"}, "licence"),
        ({"arxiv": "808.36070"}, "reference/arxiv"),
    ],
)
def test_a_candidate_that_may_not_ship_is_refused_with_the_reason(
    tmp_path: Path, target: Path, change: dict[str, str], reason: str
) -> None:
    (line,) = build(candidates(tmp_path, change), target)
    assert line.startswith("refused si_toy_2020_s2only")
    assert reason in line
    assert list(target.iterdir()) == []


def test_other_quantities_are_left_for_later(tmp_path: Path, target: Path) -> None:
    assert list(build(candidates(tmp_path, {"quantity": "g_ae"}), target)) == []


@pytest.mark.parametrize(
    ("rows", "kept", "said"),
    [
        ("5,1e-44\n10,1e10\n100,1e-46\n", [5, 100], "1 sentinel rows dropped"),
        ("5,1e-44\n10,\n100,1e-46\n", [5, 100], "1 sentinel rows dropped"),
        ("5,1e-40\n5,1e-44\n100,1e-46\n", [5, 100], "1 wall or doubled rows dropped"),
        ("5,1e-44\n100,1e-46\n100,1e-40\n", [5, 100], "1 wall or doubled rows dropped"),
        ("5,1e-44\n10,1e-45\n", [5, 10], ""),
    ],
)
def test_sentinels_and_walls_are_taken_out_and_counted(
    tmp_path: Path, rows: str, kept: list[float], said: str
) -> None:
    numbers = tmp_path / "toy.csv"
    numbers.write_text("m_GeV,limit_cm2\n" + rows)
    columns, treatment = treated_columns(numbers)
    assert columns[0].values.tolist() == kept
    assert treatment == said


def test_of_a_wall_the_weakest_limit_stays(tmp_path: Path) -> None:
    numbers = tmp_path / "toy.csv"
    numbers.write_text("m_GeV,limit_cm2\n5,1e-44\n5,1e-40\n100,1e-46\n")
    columns, _ = treated_columns(numbers)
    assert columns[1].values[0] == 1e-40


def test_a_line_that_turns_back_is_not_repaired_by_guessing(tmp_path: Path, target: Path) -> None:
    turning = "m_GeV,limit_cm2\n5,1e-44\n10,1e-45\n9,1e-45\n"
    (line,) = build(candidates(tmp_path, {}, numbers=turning), target)
    assert "monotonic mass" in line


def test_two_curves_of_one_experiment_and_year_get_different_labels() -> None:
    names = ["si_toy_2020", "si_toy_2020_migdal", "si_toy_2020_lowmass", "si_toy_2020_200ty"]
    assert len({label(ROW | {"id": name}) for name in names}) == len(names)


def test_a_refusal_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        treat(ROW | {"licence_class": "C"}, tmp_path / "toy.csv")
    assert not issubclass(Refused, InvalidCurve)


def test_a_correction_of_the_name_reaches_the_curve(tmp_path: Path, target: Path) -> None:
    list(build(candidates(tmp_path, {"id": "si_dama_iodine_2008"}), target))
    (curve,) = load(target)
    assert curve.id == "si_dama_sodium_2008"
    assert "arXiv:0808.3607" in curve.notes


def test_a_correction_is_added_to_the_notes_that_are_there(tmp_path: Path, target: Path) -> None:
    list(build(candidates(tmp_path, {"id": "si_lz_2025_lowmass", "notes": "as found"}), target))
    (curve,) = load(target)
    assert curve.reference.arxiv_version == "v1"
    assert curve.notes == "as found; version of the preprint from the name of the source file"


def test_every_correction_leaves_a_note_and_two_names_are_exchanged_not_lost() -> None:
    changes = curves_manifest.CORRECTIONS
    assert all(change["notes"] for change in changes.values())
    renamed = {old: change["id"] for old, change in changes.items() if "id" in change}
    assert sorted(renamed) == sorted(renamed.values())


def test_a_row_without_a_correction_stays_as_it_is() -> None:
    plain = curves_manifest.corrected(ROW)
    assert {key: plain[key] for key in ROW} == ROW
    assert (plain["arxiv_version"], plain["cited"]) == ("", "TOY")


def test_a_confidence_level_is_given_with_the_place_that_states_it(tmp_path: Path, target: Path) -> None:
    list(build(candidates(tmp_path, {"id": "si_cresst2_2015"}), target))
    (curve,) = load(target)
    assert curve.cl == 0.9
    assert curve.notes == "90 % CL is stated in the title of the DMTools file"
