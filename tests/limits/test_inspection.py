"""A folder is read to its end, whatever lies in it; nothing strange is opened, nothing hostile shown."""

import hashlib
import json
import os
import re
from pathlib import Path

import pytest

from tests.limits.conftest import HOSTILE, make
from vre_dm.errors import InvalidCurve
from vre_dm.limits.catalogue import curves, load, load_files
from vre_dm.limits.inspection import inspect, inspect_file
from vre_dm.limits.scaffold import accept, write_pairs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pairs([make()], tmp_path)
    return tmp_path


def replace(path: Path, kind: str) -> None:
    """Put something that is no ordinary file in a file's place."""
    aside = path.with_name(f"aside{path.suffix}.txt")
    path.rename(aside)
    if kind == "link":
        path.symlink_to(aside)
    elif kind == "dead link":
        path.symlink_to(path.with_name("gone"))
    elif kind == "FIFO":
        os.mkfifo(path)
    else:
        path.mkdir()


@pytest.mark.parametrize("suffix", [".csv", ".json"])
@pytest.mark.parametrize("kind", ["link", "dead link", "FIFO", "folder"])
def test_what_is_no_ordinary_file_is_named_and_never_opened(folder: Path, suffix: str, kind: str) -> None:
    replace(folder / f"si_toy_2020{suffix}", kind)
    (problem,) = inspect(folder).problems
    assert problem.check == "file"
    assert "put the file itself there" in problem.text
    with pytest.raises(InvalidCurve, match=rf"si_toy_2020\{suffix} is a link, a folder or a device"):
        load(folder)


def test_a_hundred_megabytes_are_refused_and_the_other_curves_are_still_read(folder: Path) -> None:
    write_pairs([make(id="other", year=2021)], folder)
    with (folder / "si_toy_2020.csv").open("r+b") as stream:
        stream.truncate(100_000_000)
    inspection = inspect(folder)
    assert [(p.curve, p.check) for p in inspection.problems] == [("si_toy_2020", "file")]
    assert inspection.curves.ids == ["other"]


def test_a_licence_is_a_remark_on_ones_own_folder_and_grave_on_what_is_to_ship(tmp_path: Path) -> None:
    write_pairs([make(licence="CC-BY-NC-SA-3.0")], tmp_path)
    assert inspect(tmp_path).sound
    assert [problem.check for problem in inspect(tmp_path).problems] == ["licence"]
    assert not inspect(tmp_path, to_ship=True).sound
    assert load(tmp_path).ids == ["si_toy_2020"]


def test_a_problem_says_file_check_and_place_once(folder: Path) -> None:
    table = folder / "si_toy_2020.csv"
    table.write_text(table.read_text() + "1,2,3\n")
    (problem,) = inspect(folder).problems
    assert (problem.check, problem.text[:30]) == ("checksum", "si_toy_2020.json was made for ")
    assert "si_toy_2020.csv" not in problem.text


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", "-1e400"])
@pytest.mark.parametrize("place", ['"cl": 0.9', '"assumptions": {}', '"validity": null', '"scalings": []'])
def test_numbers_that_are_not_finite_are_refused_wherever_they_stand(
    folder: Path, place: str, number: str
) -> None:
    scaling = f'{{"parameter": "rho0", "reference": {number}, "power": -1, "form": "power"}}'
    hostile = {
        '"cl": 0.9': f'"cl": {number}',
        '"assumptions": {}': f'"assumptions": {{"exposure": {number}}}',
        '"validity": null': f'"validity": {{"low": 1, "high": {number}, "reason": "x"}}',
        '"scalings": []': f'"scalings": [{scaling}]',
    }
    sidecar = folder / "si_toy_2020.json"
    assert place in sidecar.read_text()
    sidecar.write_text(sidecar.read_text().replace(place, hostile[place]))
    (problem,) = inspect(folder).problems
    assert problem.check == "schema"
    assert re.search(r"(inf|nan) is not of type", problem.text)


def test_a_key_that_stands_twice_is_refused(folder: Path) -> None:
    sidecar = folder / "si_toy_2020.json"
    sidecar.write_text(sidecar.read_text().replace('"cl": 0.9', '"cl": 0.9, "cl": 0.95'))
    with pytest.raises(InvalidCurve, match="the key 'cl' stands twice"):
        load(folder)


@pytest.mark.parametrize(
    ("field", "value"), [("arxiv", "2410.17036\n"), ("arxiv", "٢٤١٠.17036"), ("arxiv_version", "v1\n")]
)
def test_identifiers_fit_their_pattern_from_the_first_to_the_last_character(
    folder: Path, field: str, value: str
) -> None:
    sidecar = folder / "si_toy_2020.json"
    record = json.loads(sidecar.read_text())
    record["reference"][field] = value
    sidecar.write_text(json.dumps(record))
    with pytest.raises(InvalidCurve, match=f"'schema' at reference/{field}"):
        load(folder)


@pytest.mark.parametrize("cell", ["1_0", "１0", "٣"])
def test_a_number_that_only_python_reads_is_refused(folder: Path, cell: str) -> None:
    table = folder / "si_toy_2020.csv"
    lines = table.read_text().splitlines()
    lines[1] = f"{cell},1e-45"
    table.write_text("\n".join(lines) + "\n")
    accept(folder)
    (problem,) = inspect(folder).problems
    assert (problem.check, problem.row, problem.column) == ("number", 1, "m_GeV")


def test_a_record_with_an_unknown_unit_is_refused(folder: Path) -> None:
    sidecar = folder / "si_toy_2020.json"
    sidecar.write_text(sidecar.read_text().replace('"unit": "cm2"', '"unit": "barn"'))
    with pytest.raises(InvalidCurve, match=r"'schema' at schema/fields/1/unit: 'barn'"):
        load(folder)


def test_hostile_metadata_is_read_as_text(tmp_path: Path) -> None:
    write_pairs([make(experiment=HOSTILE, notes=HOSTILE)], tmp_path)
    assert load(tmp_path)[0].experiment == HOSTILE
    assert inspect(tmp_path).problems == ()


def test_a_comment_that_names_nobody_else_is_only_a_wrong_header(folder: Path) -> None:
    table, sidecar = folder / "si_toy_2020.csv", folder / "si_toy_2020.json"
    record = json.loads(sidecar.read_text())
    table.write_text("# TOY\n" + table.read_text())

    record["hash"] = f"sha256:{hashlib.sha256(table.read_bytes()).hexdigest()}"
    sidecar.write_text(json.dumps(record))
    assert [problem.check for problem in inspect(folder).problems] == ["header"]


def test_curves_are_taken_from_files_whatever_else_lies_beside_them(folder: Path) -> None:
    write_pairs([make(id="unasked", year=2021)], folder)
    assert load_files([folder / "si_toy_2020.csv", folder / "si_toy_2020.json"]).ids == ["si_toy_2020"]
    with pytest.raises(InvalidCurve, match="none of these files is the sidecar"):
        load_files([folder / "si_toy_2020.csv"])


def test_a_folder_of_ones_own_is_selected_from_like_the_catalogue(folder: Path) -> None:
    assert curves(folder=folder, experiment="toy").ids == ["si_toy_2020"]
    assert curves("si_toy_2020", folder=str(folder))[0] == make()
    with pytest.raises(InvalidCurve, match="is no folder"):
        curves(folder=folder / "nowhere")


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_one_file_is_looked_at_as_its_folder_is_and_nothing_beside_it(folder: Path, suffix: str) -> None:
    write_pairs([make(id="other", year=2021)], folder)
    (folder / "third.csv").write_text("mass_GeV,limit_cm2\n1,1e-40\n")
    found = inspect_file(folder / f"si_toy_2020{suffix}")
    assert (found.curves.ids, found.problems, found.usable.ids) == (["si_toy_2020"], (), ["si_toy_2020"])
    (alone,) = inspect_file(folder / "third.csv").problems
    assert alone in inspect(folder).problems


def test_a_curve_with_a_grave_problem_is_named_and_not_usable(folder: Path) -> None:
    numbers = folder / "si_toy_2020.csv"
    numbers.write_text(numbers.read_text().replace("e-", "e+", 1))
    found = inspect_file(numbers)
    assert {problem.check for problem in found.problems} == {"checksum"}
    assert not found.usable


@pytest.mark.parametrize("name", ["notes.txt", "gone.csv", "."])
def test_what_is_no_curve_is_refused_by_its_name(folder: Path, name: str) -> None:
    (folder / "notes.txt").write_text("x")
    with pytest.raises(InvalidCurve, match="is no curve; a curve is a CSV and a JSON file of one name"):
        inspect_file(folder / name)
