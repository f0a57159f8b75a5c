"""A new curve: its two files, what may not be overwritten, and a table taken after it was edited."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.limits.conftest import HOSTILE, make
from vre_dm.errors import InvalidCurve, NotWritable
from vre_dm.limits.catalogue import load
from vre_dm.limits.inspection import inspect
from vre_dm.limits.interchange.answers import Answers
from vre_dm.limits.quantities import QUANTITIES
from vre_dm.limits.scaffold import accept, identifier, write_blank, write_pairs

TOY = Answers(quantity="sigma_SI", experiment="TOY", year=2026, cl=0.9, reference="2601.00001v1")


def fill(folder: Path, rows: str = "10,1e-45\n20,2e-46\n", name: str = "si_toy_2026") -> None:
    with (folder / f"{name}.csv").open("a") as stream:
        stream.write(rows)


def test_a_filled_and_accepted_table_is_a_curve_with_what_was_said(tmp_path: Path) -> None:
    write_blank(TOY, tmp_path)
    fill(tmp_path)
    assert accept(tmp_path) == ["si_toy_2026.csv"]
    (curve,) = load(tmp_path)
    assert curve.y.tolist() == [1e-45, 2e-46]
    assert (curve.experiment, curve.year, curve.cl) == ("TOY", 2026, 0.9)
    assert (curve.reference.arxiv, curve.reference.arxiv_version) == ("2601.00001", "v1")


def test_what_was_not_said_is_unknown(tmp_path: Path) -> None:
    write_blank(Answers(quantity="sigmav", experiment="TOY"), tmp_path)
    record = json.loads((tmp_path / "sv_toy.json").read_text())
    assert (record["year"], record["cl"], record["channel"]) == (None, None, "unknown")
    assert {record["statistic"], record["licenses"][0]["name"], *record["reference"].values()} == {"unknown"}


@pytest.mark.parametrize("name", QUANTITIES)
def test_every_quantity_can_be_begun_and_asks_only_for_its_points(tmp_path: Path, name: str) -> None:
    write_blank(Answers(quantity=name, experiment="TOY"), tmp_path)
    assert [problem.check for problem in inspect(tmp_path).problems] == ["rows"]


@pytest.mark.parametrize("said", [Answers(), Answers(quantity="sigma_SI"), Answers(experiment="TOY")])
def test_without_quantity_or_experiment_nothing_is_written(tmp_path: Path, said: Answers) -> None:
    with pytest.raises(InvalidCurve, match="quantity and its experiment"):
        write_blank(said, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("taken", ["si_toy_2026.csv", "si_toy_2026.json"])
def test_a_file_that_exists_is_left_as_it_is_and_nothing_is_put_beside_it(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_text("mine")
    with pytest.raises(NotWritable, match=f"{taken} exists in .* take another name"):
        write_blank(TOY, tmp_path)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(taken, "mine")]


def test_a_link_that_leads_nowhere_counts_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "si_toy_2026.csv").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotWritable, match="exists"):
        write_blank(TOY, tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match=r"nowhere/si_toy_2026.csv' and 1 more: No such file"):
        write_blank(TOY, tmp_path / "nowhere")


@given(st.text(min_size=1, max_size=100))
def test_an_identifier_is_a_safe_file_name_whatever_the_experiment_is_called(experiment: str) -> None:
    name = identifier(Answers(quantity="sigma_SI", experiment=experiment))
    assert 0 < len(name) <= 80
    assert not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789_.-")
    assert name[0].isalnum()


def test_hostile_text_is_written_as_text_and_reads_back(tmp_path: Path) -> None:
    write_blank(Answers(quantity="sigma_SI", experiment=HOSTILE, year=2026), tmp_path)
    (sidecar,) = tmp_path.glob("*.json")
    assert json.loads(sidecar.read_text())["experiment"] == HOSTILE


def test_an_identifier_that_could_leave_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidCurve, match="schema"):
        write_blank(Answers(quantity="sigma_SI", experiment="TOY", id="../escape"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_accepting_changes_nothing_but_the_checksum(tmp_path: Path) -> None:
    write_blank(TOY, tmp_path)
    before = json.loads((tmp_path / "si_toy_2026.json").read_text())
    fill(tmp_path)
    accept(tmp_path)
    after = json.loads((tmp_path / "si_toy_2026.json").read_text())
    assert before.pop("hash") != after.pop("hash")
    assert before == after
    assert accept(tmp_path) == []


def test_accepting_leaves_links_folders_and_huge_files_alone(tmp_path: Path) -> None:
    write_blank(TOY, tmp_path)
    (tmp_path / "si_toy_2026.csv").unlink()
    (tmp_path / "si_toy_2026.csv").mkdir()
    (tmp_path / "link.json").symlink_to(tmp_path / "si_toy_2026.json")
    (tmp_path / "link.csv").write_text("m_GeV,limit_cm2\n1,1e-45\n")
    write_blank(Answers(quantity="sigma_SI", experiment="HUGE"), tmp_path)
    with (tmp_path / "si_huge.csv").open("r+b") as stream:
        stream.truncate(100_000_000)
    assert accept(tmp_path) == []


def test_accepted_numbers_are_still_checked(tmp_path: Path) -> None:
    write_blank(TOY, tmp_path)
    fill(tmp_path, "10,1e-45\n9,1e-44\n")
    accept(tmp_path)
    assert [(p.check, p.row) for p in inspect(tmp_path).problems if p.grave] == [("monotonic mass", 2)]


def test_of_several_curves_all_are_written_or_none(tmp_path: Path) -> None:
    bad = make(id="bad", quantity="kappa")
    with pytest.raises(InvalidCurve, match="curve bad"):
        write_pairs([make(), bad], tmp_path)
    assert list(tmp_path.iterdir()) == []
    write_pairs([make(), make(id="other", year=2021)], tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
    assert [problem.check for problem in inspect(tmp_path).problems] == ["equal numbers"]


@pytest.mark.parametrize("name", ["schema", "datapackage", "../evil", "/evil", "a\nb", ".hidden", "A"])
def test_a_name_that_leaves_the_folder_or_means_another_file_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "curves"
    folder.mkdir()
    with pytest.raises(InvalidCurve, match="'schema' at"):
        write_blank(Answers(quantity="sigma_SI", experiment="TOY", id=name), folder)
    assert [*tmp_path.rglob("*")] == [folder]


def test_a_confidence_level_that_is_no_number_never_reaches_a_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidCurve, match="cl is nan"):
        write_blank(Answers(quantity="sigma_SI", experiment="TOY", cl=float("nan")), tmp_path)
    assert list(tmp_path.iterdir()) == []
