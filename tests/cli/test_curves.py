"""`vre-dm curves …` as users and scripts meet it: lines, exit codes, files, one line for every failure."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.limits.conftest import HOSTILE, make
from tests.limits.test_checks_defects import DEFECTS, EXPECTED
from vre_dm.cli import main
from vre_dm.limits.catalogue import load
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.interchange import FORMATS
from vre_dm.limits.interchange import write as give
from vre_dm.limits.scaffold import write_pairs

Run = Callable[..., Result]
BEGIN = ("new", "--quantity", "sigma_SI", "--experiment", "TOY", "--year", "2026")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *words, answers="": CliRunner().invoke(main, ["curves", *map(str, words)], input=answers)


def refused(result: Result) -> str:
    """The one line of a failure."""
    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert result.stdout == ""
    return line


def test_the_shipped_curves_pass_and_are_counted_by_quantity(run: Run) -> None:
    result = run("check")
    assert result.exit_code == 0
    title, _, *rows = result.stdout.splitlines()
    assert title == f"{len(load())} curves, no problems"
    assert sum(int(row.split()[1]) for row in rows) == len(load())


@pytest.mark.parametrize("name", ["sentinel_one", "column_count", "malformed_cl", "equal_numbers"])
def test_a_problem_is_one_line_with_file_place_and_check(run: Run, name: str) -> None:
    result = run("check", DEFECTS / name)
    check, curve, row, column = EXPECTED[name]
    assert result.exit_code == 1
    line = next(line for line in result.stdout.splitlines() if check in line)
    assert line.startswith(f"{curve}.{'csv' if row else 'json'}")
    assert (f"row {row}" in line) is bool(row)
    assert column in line


def test_problems_are_one_json_document_on_request(run: Run) -> None:
    result = run("check", DEFECTS / "column_count", "--json")
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)["problems"]
    expected = {"file": "si_toy_cells_2020.csv", "row": 3, "check": "column count", "grave": True}
    assert expected.items() <= problem.items()


def test_a_licence_on_ones_own_folder_is_a_remark_and_no_failure(run: Run, tmp_path: Path) -> None:
    write_pairs([make(licence="CC-BY-NC-SA-3.0")], tmp_path)
    result = run("check", tmp_path)
    assert result.exit_code == 0
    assert "licence (a remark)" in result.stdout


def test_hostile_text_reaches_the_terminal_as_text(run: Run, tmp_path: Path) -> None:
    write_pairs([make(experiment=HOSTILE, label=HOSTILE, licence=HOSTILE, notes=HOSTILE)], tmp_path)
    for words in (("check", "."), ("list", "--folder", "."), ("show", "si_toy_2020", "--folder", ".")):
        result = run(*words)
        assert result.exit_code == 0
        assert "\x1b" not in result.output
        assert "\u202e" not in result.output


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("check", "nowhere"), "nowhere is no folder"),
        (("check", "."), "holds no curve; `vre-dm curves new`"),
        (("list", "--quantity", "sigma_si"), "unknown quantity 'sigma_si'; near it: sigma_SI"),
        (("list", "--kind", "seen"), "unknown kind 'seen'"),
        (("list", "--year", "old"), "write --year 2024 or --year 2018-2024"),
        (("list", "--year", "2018-2019-2020"), "write --year 2024 or"),
        (("list", "--year", "2024-2018"), r"write year=2024 or"),
        (("list", "--near", "40"), "write --near 40,1e-46"),
        (("list", "--near", "40,1e-46"), "one quantity"),
        (("list", "--near", "40,x", "--quantity", "sigma_SI"), "write --near 40,1e-46"),
        (("show", "si_lz_2042"), "no curve 'si_lz_2042'; near it: si_lz_2024"),
        (("export", "si_lz_2024", "--format", "hepdat"), "unknown format 'hepdat'; near it: hepdata"),
        (("export", "si_lz_2042", "--format", "hepdata"), "near it: si_lz_2024"),
        (("import", "nowhere.csv"), "nowhere.csv"),
        (("new", "--quantity", "sigma", "--experiment", "TOY"), "unknown quantity 'sigma'"),
        ((*BEGIN, "--reference", "a talk"), "write arXiv:2410.17036v2"),
        ((*BEGIN, "--cl", "90"), "cl"),
        ((*BEGIN, "--id", "../x"), "check 'schema'"),
        ((*BEGIN, "--to", "nowhere"), "nowhere/si_toy_2026.csv' and 1 more: No such file"),
    ],
)
def test_bad_input_is_answered_in_one_line_and_nothing_is_written(
    run: Run, tmp_path: Path, words: tuple[str, ...], complaint: str
) -> None:
    assert complaint in refused(run(*words))
    assert list(tmp_path.iterdir()) == []


def test_a_list_is_a_table_or_json(run: Run) -> None:
    rows = json.loads(run("list", "--experiment", "LZ", "--year", "2022-2024", "--json").stdout)
    assert {"si_lz_2022", "si_lz_2024"} <= {row["id"] for row in rows}
    shown = run(
        "list", "--quantity", "sigma_SI", "--kind", "observed", "--near", "40,2e-48"
    ).stdout.splitlines()
    assert shown[0].startswith("id ")
    assert shown[1].startswith("si_lz_2024 ")


def test_what_a_table_leaves_open_is_asked_for_by_option(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bare.txt").write_text("10 1e-45\n20 1e-46\n")
    said = refused(run("import", "bare.txt"))
    assert "(--quantity)" in said
    assert "(--x-unit --y-unit)" in said
    assert "(--experiment --reference)" in said


def test_help_names_every_format_that_is_written(run: Run) -> None:
    shown = " ".join(run("export", "--help").stdout.split())
    assert f"One of: {', '.join(name for name, known in FORMATS.items() if known.write)}." in shown


def test_an_empty_list_says_so_beside_it(run: Run) -> None:
    result = run("list", "--experiment", "nobody")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no curves" in result.stderr


def test_show_says_what_is_known_what_is_not_and_how_to_cite(run: Run) -> None:
    shown = run("show", "si_lz_2024").stdout
    assert re.search(r"quantity +sigma_SI, σ SI \(nucleon\) in cm²", shown)
    assert shown.count("not stated: ") == 1
    assert re.search(r"^  halo +unknown$", shown, re.MULTILINE)
    assert "@article" in shown
    assert json.loads(run("show", "si_lz_2024", "--json").stdout)["name"] == "si_lz_2024"


def test_a_curve_is_begun_filled_accepted_and_used(run: Run, tmp_path: Path) -> None:
    begun = run(*BEGIN, "--cl", "0.9")
    assert begun.stdout.split() == ["si_toy_2026.csv", "si_toy_2026.json"]
    assert "vre-dm curves check --accept ." in begun.stderr
    assert "rows: has no row" in run("check", ".").stdout
    with (tmp_path / "si_toy_2026.csv").open("a") as stream:
        stream.write("10,1e-45\n20,2e-46\n")
    assert run("check", ".").exit_code == 1
    accepted = run("check", "--accept", ".")
    assert accepted.exit_code == 0
    assert "si_toy_2026.csv: taken as it is now" in accepted.stderr
    assert load(tmp_path)[0].at(10) == 1e-45


def test_taking_edited_tables_needs_the_folder(run: Run) -> None:
    result = run("check", "--accept")
    assert result.exit_code == 2
    assert "vre-dm curves check --accept FOLDER" in result.stderr


def test_a_file_of_no_format_is_refused_in_the_words_of_this_command(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bare.txt").write_text("no numbers at all\n")
    assert "say --from one of hepdata" in refused(run("import", "bare.txt"))


def test_a_curve_with_bands_goes_where_there_is_no_place_for_them(run: Run) -> None:
    given = ("export", "si_lz_2024", "--format", "dmtools")
    assert "--limit-only" in refused(run(*given))
    assert run(*given, "--limit-only").stdout.split() == ["si_lz_2024.xml"]


def test_a_second_beginning_overwrites_nothing(run: Run, tmp_path: Path) -> None:
    run(*BEGIN)
    before = (tmp_path / "si_toy_2026.json").read_text()
    assert "si_toy_2026.csv exists" in refused(run(*BEGIN, "--cl", "0.9"))
    assert (tmp_path / "si_toy_2026.json").read_text() == before


def test_questions_are_asked_until_the_curve_is_described(run: Run, tmp_path: Path) -> None:
    (tmp_path / "digitised.txt").write_text("6 1e-8\n10 1e-9\n100 2e-10\n")
    answers = "sigma_SI\ndigitised.txt\nMine\n2026\n2601.00001v2\n0.9\nGeV\npb\n"
    result = run("new", answers=answers)
    assert result.exit_code == 0, result.stderr
    (curve,) = load(tmp_path)
    assert (curve.id, curve.cl, curve.reference.text) == ("si_mine_2026", 0.9, "arXiv:2601.00001v2")
    assert curve.y.tolist() == [1e-44, 1e-45, 2e-46]


def test_an_empty_answer_and_the_word_unknown_leave_a_fact_open(run: Run, tmp_path: Path) -> None:
    assert run("new", answers="sigmav\n\nunknown\nTOY\n\n\nunknown\n").exit_code == 0
    record = json.loads((tmp_path / "sv_toy.json").read_text())
    assert (record["channel"], record["year"], record["cl"]) == ("unknown", None, None)


@pytest.mark.parametrize("answers", ["", "sigma_SI\n", "sigma_SI\n\n"])
def test_when_nobody_answers_the_options_are_named(run: Run, tmp_path: Path, answers: str) -> None:
    assert "give --quantity and --experiment" in refused(run("new", answers=answers))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("place", "wrong"), [(3, "soon"), (5, "ninety")])
def test_an_answer_that_is_no_number_is_refused(run: Run, place: int, wrong: str) -> None:
    answers = ["sigma_SI", "", "TOY", "2026", "", "0.9"]
    answers[place] = wrong
    assert f"'{wrong}' is not a number" in refused(run("new", answers="\n".join(answers) + "\n"))


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("6 1e-8\n10 nan\n", "nan"),
        ("6 1e-8\n10 -1e-9\n", "row 2, column limit_cm2: -1e-45"),
        ("6 1e-8\n10 many\n", "many"),
        ("6 1e-8\n10\n", "row 2"),
        ("6 1\n10 1e20\n", "row 2, column limit_cm2: 1e-16"),
    ],
)
def test_numbers_that_cannot_be_a_limit_are_refused_with_their_place(
    run: Run, tmp_path: Path, rows: str, complaint: str
) -> None:
    (tmp_path / "n.txt").write_text(rows)
    words = ("--x-unit", "GeV", "--y-unit", "pb", "--numbers", "n.txt")
    line = refused(run(*BEGIN, *words))
    assert complaint in line
    assert [path.name for path in tmp_path.iterdir()] == ["n.txt"]


def test_an_exported_curve_comes_back_as_it_was(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "back").mkdir()
    made = run("export", "si_lz_2024", "--format", "hepdata", "--to", "out").stdout.split()
    assert "out/submission.yaml" in made
    assert run("import", "out", "--to", "back").exit_code == 0
    (back,) = load(tmp_path / "back")
    assert back.y.tolist() == load()["si_lz_2024"].y.tolist()


def test_an_import_that_fails_a_check_writes_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "n.txt").write_text("6 1e-44\n10 1e-45\n100 1e-45\n101 1e-39\n102 1e-39\n")
    words = ("--quantity", "sigma_SI", "--experiment", "TOY", "--x-unit", "GeV", "--y-unit", "cm2")
    assert "fails the check 'sentinel'" in refused(run("import", "n.txt", *words))
    assert [path.name for path in tmp_path.iterdir()] == ["n.txt"]


def several(folder: Path, **second: object) -> Path:
    """A list of two curves of another tool, the second one as given."""
    folder.mkdir()
    more = {"id": "si_toy_b", "columns": (mass_column([5, 9]), limit_column([2e-45, 3e-45], "sigma_SI"))}
    give([make(id="si_toy_a"), make(**{**more, **second})], folder, "dd_limit_plot")
    return folder / "result_metadata.toml"


def test_of_a_file_of_many_the_sound_ones_are_taken_and_the_rest_listed(run: Run, tmp_path: Path) -> None:
    main = several(tmp_path / "theirs", year=2019, label="TOY 2024")
    with (tmp_path / "theirs" / "result_metadata.toml").open("a") as stream:
        stream.write('["WIMPSI_gone"]\nheader = ["wimp_mass", "upper_limit"]\n')
    result = run("import", main)
    assert result.exit_code == 1
    assert result.stdout.split() == ["si_toy_a.csv", "si_toy_a.json"]
    gone, year, total = result.stderr.splitlines()
    assert gone == "refused: WIMPSI_gone.csv cannot be read: No such file or directory"
    assert year.startswith("refused: curve si_toy_b fails the check 'year'")
    assert total == "1 curve taken, 2 refused"
    assert run("check", ".").exit_code == 0


def test_the_same_numbers_are_not_taken_twice(run: Run, tmp_path: Path) -> None:
    result = run("import", several(tmp_path / "theirs", columns=make().columns))
    assert result.exit_code == 1
    assert "refused: curve si_toy_b fails the check 'equal numbers'" in result.stderr
    assert load(tmp_path).ids == ["si_toy_a"]


def test_of_a_file_of_many_that_are_all_refused_nothing_is_written(run: Run, tmp_path: Path) -> None:
    main = several(tmp_path / "theirs")
    for table in main.parent.glob("*.csv"):
        table.write_text("")
    result = run("import", main)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no curves taken, 2 refused" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["theirs"]


def test_a_file_of_many_that_are_all_sound_is_a_success(run: Run, tmp_path: Path) -> None:
    result = run("import", several(tmp_path / "theirs"))
    assert (result.exit_code, result.stderr) == (0, "")
    assert load(tmp_path).ids == ["si_toy_a", "si_toy_b"]


def test_a_file_that_is_there_already_stops_all_of_them(run: Run, tmp_path: Path) -> None:
    (tmp_path / "si_toy_b.csv").write_text("mine")
    assert "si_toy_b.csv exists" in refused(run("import", several(tmp_path / "theirs")))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["si_toy_b.csv", "theirs"]


def test_a_word_of_python_in_a_reason_is_an_option_here(run: Run, tmp_path: Path) -> None:
    (tmp_path / "n.txt").write_text("6 1e-44\n5 1e-45\n6 1e-44\n")
    words = ("--quantity", "sigma_SI", "--experiment", "TOY", "--x-unit", "GeV", "--y-unit", "cm2")
    assert "say --geometry contour if it is one" in refused(run("import", "n.txt", *words))


def test_defects_of_a_copied_catalogue_are_reported_beside_the_sound_curves(run: Run, tmp_path: Path) -> None:
    write_pairs([make()], tmp_path)
    shutil.copytree(DEFECTS / "negative", tmp_path, dirs_exist_ok=True)
    result = run("check", ".")
    assert result.exit_code == 1
    assert "2 curves, 1 problem" in result.stdout
