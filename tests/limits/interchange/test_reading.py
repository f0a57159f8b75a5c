"""Files of several curves: what is sound is read, what is not is listed with file, row and reason."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.limits.conftest import make
from tests.limits.interchange.conftest import SAMPLES
from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange import Reading, read, read_all, write
from vre_dm.limits.interchange.answers import Answers
from vre_dm.limits.interchange.draft import Draft

Put = Callable[[str, str], Path]
IDS = ("si_a", "si_b", "si_c")
MAIN = {"dd_limit_plot": "result_metadata.toml", "hepdata": "submission.yaml"}
TABLES = {"dd_limit_plot": "WIMPSI_si_b.csv", "hepdata": "si_b.yaml"}


def three(folder: Path, format: str) -> Path:
    """A file that names three curves; the second one's table beside it may then be spoiled."""
    write([make(id=name) for name in IDS], folder, format)
    return folder / MAIN[format]


def reasons(found: Reading) -> list[str]:
    return [str(error) for error in found.refused]


@pytest.mark.parametrize("format", sorted(MAIN))
@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [("1000.0", "lots", "'lots' is not a finite"), ("1e-43", "-1e-43", "row 1, column limit_cm2: -1e-43")],
)
def test_a_spoiled_table_is_named_and_the_others_are_read(
    tmp_path: Path, format: str, old: str, new: str, reason: str
) -> None:
    main = three(tmp_path, format)
    table = tmp_path / TABLES[format]
    table.write_text(table.read_text().replace(old, new).replace("1.0e-43", new))
    found = read_all(main)
    assert found.curves.ids == ["si_a", "si_c"]
    (text,) = reasons(found)
    assert text.startswith(TABLES[format])
    assert reason in text


@pytest.mark.parametrize("format", sorted(MAIN))
def test_a_missing_table_is_one_refusal(tmp_path: Path, format: str) -> None:
    main = three(tmp_path, format)
    (tmp_path / TABLES[format]).unlink()
    found = read_all(main)
    assert found.curves.ids == ["si_a", "si_c"]
    assert reasons(found) == [f"{TABLES[format]} cannot be read: No such file or directory"]


@pytest.mark.parametrize("format", sorted(MAIN))
def test_read_itself_gives_all_or_none_and_says_how_to_have_the_others(tmp_path: Path, format: str) -> None:
    main = three(tmp_path, format)
    assert read(main).ids == list(IDS)
    (tmp_path / TABLES[format]).write_text("")
    with pytest.raises(InvalidCurve, match=rf"{main.name}: 1 of 3 curves cannot be read; read_all gives"):
        read(main)


def test_a_file_that_cannot_be_read_as_a_whole_is_an_error_and_no_list(put: Put) -> None:
    with pytest.raises(InvalidCurve, match="is not TOML"):
        read_all(put("result_metadata.toml", "header = [[["), "dd_limit_plot")


def test_sections_beyond_number_open_no_file(put: Put) -> None:
    sections = "".join(f'[s{i}]\nheader = ["wimp_mass"]\n' for i in range(501))
    with pytest.raises(InvalidCurve, match="holds 501 curves, more than 500"):
        read_all(put("result_metadata.toml", sections))


def test_each_limit_of_an_xml_is_a_curve_of_its_own(put: Put) -> None:
    text = (SAMPLES / "dmtools.xml").read_text()
    one = text[text.index("<limit>") : text.index("</limit>") + len("</limit>")]
    path = put("all.xml", f"<limits>{one}{one.replace('5.0 20', '5.0 x')}{one}</limits>")
    found = read_all(path)
    assert found.curves.ids == ["all_1", "all_2"]
    assert reasons(found) == ["all.xml limit 2 data-values row 1, column limit: 'x' is not a finite number"]


def test_a_group_of_a_hepdata_table_costs_the_others_nothing(put: Put) -> None:
    table = """
independent_variables:
- {header: {name: mass, units: GeV}, values: [{value: 100}, {value: 200}]}
dependent_variables:
- {header: {name: Cross section limit A, units: pb}, values: [{value: 1e-3}, {value: 2e-3}]}
- {header: {name: Cross section limit B, units: pb}, values: [{value: many}, {value: 2e-3}]}
"""
    found = read_all(put("t.yaml", table), quantity="sigma_B")
    assert [curve.assumptions["variable"] for curve in found.curves] == ["Cross section limit A"]
    assert found.curves.ids == ["t_1"]
    assert "'many' is not a finite number" in reasons(found)[0]


def test_the_one_asked_is_asked_for_each_curve_that_leaves_something_open(put: Put) -> None:
    table = """
independent_variables:
- {header: {name: mass, units: GeV}, values: [{value: 100}, {value: 200}]}
dependent_variables:
- {header: {name: A, units: pb}, values: [{value: 1e-3}, {value: 2e-3}]}
- {header: {name: B, units: pb}, values: [{value: 1e-3}, {value: 2e-3}]}
"""
    asked: list[str] = []

    def ask(draft: Draft, said: Answers) -> Answers:
        asked.append(draft.id)
        return Answers(quantity="sigma_B" if draft.id == "t_1" else "sigma_B_A")

    found = read_all(put("t.yaml", table), ask=ask)
    assert [curve.quantity for curve in found.curves] == ["sigma_B", "sigma_B_A"]
    assert asked == ["t_1", "t_2"]
    read_all(SAMPLES / "dmtools.xml", ask=lambda draft, said: pytest.fail("nothing is open"))


def test_numbers_that_are_no_limit_in_any_unit_are_not_asked_about(put: Put) -> None:
    path = put("bare.txt", "6 1e-45\n30 0\n")
    found = read_all(path, ask=lambda draft, said: pytest.fail("asked in vain"))
    assert reasons(found) == ["bare.txt row 2, column limit: 0 is not a positive finite number"]


def test_a_channel_that_nobody_states_is_unknown_where_the_quantity_has_channels(put: Put) -> None:
    path = put("own.csv", "m_GeV,limit_cm3_s\n10,1e-25\n20,1e-25\n")
    assert read(path, experiment="TOY")[0].channel == "unknown"
    assert read(path, experiment="TOY", channel="bb")[0].channel == "bb"
    nucleon = put("si.csv", "m_GeV,limit_cm2\n10,1e-45\n20,1e-45\n")
    assert read(nucleon, experiment="TOY", quantity="sigma_SI")[0].channel == ""
