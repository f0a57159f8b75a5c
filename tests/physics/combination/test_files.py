"""Likelihood tables as files: what was written is read back, and what is no such file is said by name."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.physics.combination.conftest import J, Toys
from vre_dm.errors import NotWritable, OutOfRange
from vre_dm.limits.metadata import Reference
from vre_dm.physics.combination import LikelihoodTable, read_likelihoods, write_likelihoods

ENDINGS = (".csv", ".parquet")
SIGMA_V = np.geomspace(1e-29, 1e-20, 91)


@pytest.fixture(params=ENDINGS)
def ending(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def table() -> LikelihoodTable:
    made = Toys.table("H.E.S.S.", J, sigma_v=SIGMA_V)
    ended = made.lnl.where(made.lnl["sigma_v"] < 1e-22, -np.inf)
    source = Reference(arxiv="1234.56789", title="A toy")
    return replace(
        made, lnl=ended, year=2020, reference=source, licence="CC0-1.0", notes="toy", inputs=("a:b",)
    )


def same(one: LikelihoodTable, other: LikelihoodTable) -> None:
    for name in (
        "instrument",
        "channel",
        "jfactors",
        "kind",
        "year",
        "reference",
        "licence",
        "inputs",
        "notes",
    ):
        assert getattr(one, name) == getattr(other, name)
    assert one.lnl.identical(other.lnl.assign_attrs(one.lnl.attrs))


def test_what_is_written_is_read_back(table: LikelihoodTable, ending: str, tmp_path: Path) -> None:
    tau = replace(table, channel="tautau", lnl=table.lnl[:1] * 2, jfactors={"draco": J["draco"]})
    made = write_likelihoods([table, tau], tmp_path / f"hess{ending}")
    read = read_likelihoods(made[0])
    assert list(read) == ["bb", "tautau"]
    same(read["bb"], table)
    same(read["tautau"], tau)


@pytest.mark.parametrize("name", ["a,b", 'a"b', "one\ntwo", "one\rtwo", " a ", "Böötes II", ""])
def test_a_name_with_commas_quotes_or_line_breaks_is_read_back(
    name: str, ending: str, tmp_path: Path
) -> None:
    table = Toys.table("A", {name: J["draco"], "other": J["segue_1"]}, sigma_v=SIGMA_V)
    same(read_likelihoods(write_likelihoods(table, tmp_path / f"x{ending}")[0])["bb"], table)


@pytest.mark.parametrize(
    ("name", "said"), [("\udcff", "is no text that a file can hold"), ("x" * 301, "longer than 300 bytes")]
)
def test_a_name_that_no_file_gives_back_is_not_written(
    name: str, said: str, ending: str, tmp_path: Path
) -> None:
    table = Toys.table("A", {name: J["draco"]}, sigma_v=SIGMA_V)
    with pytest.raises(OutOfRange, match=said):
        write_likelihoods(table, tmp_path / f"x{ending}")
    assert not list(tmp_path.iterdir())


@settings(max_examples=20)
@given(arrays(np.float64, (2, 1, 6), elements=st.floats(-1e300, 1e300)))
def test_every_number_survives_to_the_last_bit(tmp_path_factory: Any, numbers: np.ndarray) -> None:
    folder = tmp_path_factory.mktemp("numbers")
    numbers[..., :2] = 0.0
    toy = Toys.table("A", J, masses=np.array([7.0]), sigma_v=np.geomspace(1e-29, 2e-29, 6))
    written = replace(toy, lnl=toy.lnl.copy(data=numbers))
    for ending in ENDINGS:
        read = read_likelihoods(write_likelihoods(written, folder / f"x{ending}")[0])["bb"]
        np.testing.assert_array_equal(read.lnl, written.lnl)


def test_nothing_is_written_over(table: LikelihoodTable, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"hess{ending}"
    write_likelihoods(table, path)
    before = path.read_bytes()
    with pytest.raises(NotWritable, match="exists"):
        write_likelihoods(replace(table, instrument="other"), path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda rows: rows[:100] + rows[101:], r"x\.csv, row 100: draco, 1000 GeV, .* is due"),
        (lambda rows: [*rows[:50], rows[51], rows[50], *rows[52:]], r"x\.csv, row 50: draco, 100 GeV"),
        (lambda rows: rows[:-1], r"x\.csv, row 363: .* every target has all masses"),
        (lambda rows: [*rows, rows[-1]], r"x\.csv, row 364"),
        (lambda rows: [*rows[:7], rows[7].rsplit(",", 1)[0] + ",low", *rows[8:]], "x.csv cannot be read"),
        (lambda rows: [*rows[:7], rows[7].rsplit(",", 1)[0] + ",", *rows[8:]], "ln L is nan at sigma_v"),
        (lambda rows: [*rows[:7], rows[7].rsplit(",", 1)[0] + ",nan", *rows[8:]], "ln L is nan at sigma_v"),
        (lambda rows: [rows[0].replace("lnL", "TS"), *rows[1:]], "has no column 'lnL'"),
        (lambda rows: rows[:1], "it has no row"),
    ],
)
def test_rows_that_are_no_full_grid_are_named(
    break_it: Any, said: str, table: LikelihoodTable, tmp_path: Path
) -> None:
    path = write_likelihoods(table, tmp_path / "x.csv")[0]
    path.write_text("\n".join(break_it(path.read_text().splitlines())) + "\n")
    with pytest.raises(OutOfRange, match=said):
        read_likelihoods(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"J": "profiled"}, "J is 'profiled'; a combination needs ln L with J held"),
        ({"format": "other"}, "does not begin with format"),
        ({"instrumnet": "x"}, "unknown field of x.json 'instrumnet'; near it: instrument"),
        ({"targets": {"draco": {"log10_j": 18.8, "sigma_dex": 0.2}}}, "no J factor of segue_1"),
        ({"targets": {"draco": {"log10_j": 6e18, "sigma_dex": 0.2}}}, "log10 of J"),
        ({"targets": {"draco": 18.8}}, "not as documented"),
        ({"reference": {"arXiv": "1"}}, "not as documented"),
        ({"kind": "guess"}, "unknown kind of a likelihood table"),
        ({"year": "2020"}, r"x\.json: the year is '2020'; give a whole number"),
        ({"year": 20.20}, r"x\.json: the year is 20\.2; give a whole number"),
        ({"year": True}, r"x\.json: the year is True; give a whole number"),
    ],
)
def test_a_header_that_says_something_else_is_refused(
    change: dict[str, Any], said: str, table: LikelihoodTable, tmp_path: Path
) -> None:
    path, beside = write_likelihoods(table, tmp_path / "x.csv")
    beside.write_text(json.dumps({**json.loads(beside.read_text()), **change}))
    with pytest.raises(OutOfRange, match=said):
        read_likelihoods(path)


def test_a_header_that_lacks_or_is_nothing_is_refused(table: LikelihoodTable, tmp_path: Path) -> None:
    path, beside = write_likelihoods(table, tmp_path / "x.csv")
    said = json.loads(beside.read_text())
    del said["J"]
    beside.write_text(json.dumps(said))
    with pytest.raises(OutOfRange, match="the header lacks 'J'"):
        read_likelihoods(path)
    beside.write_text("{")
    with pytest.raises(OutOfRange, match=r"x\.json: the header is no JSON"):
        read_likelihoods(path)
    beside.unlink()
    with pytest.raises(OutOfRange, match=r"x\.csv cannot be read"):
        read_likelihoods(path)


def test_an_empty_cell_of_a_csv_is_named_by_its_row(table: LikelihoodTable, tmp_path: Path) -> None:
    path = write_likelihoods(table, tmp_path / "x.csv")[0]
    rows = path.read_text().splitlines()
    rows[3] = rows[3].replace(",100,", ",,", 1)
    path.write_text("\n".join(rows) + "\n")
    with pytest.raises(OutOfRange, match=r"x\.csv, column mass_GeV, row 3: a number is missing"):
        read_likelihoods(path)


def test_other_files_are_refused(table: LikelihoodTable, tmp_path: Path) -> None:
    path = write_likelihoods(table, tmp_path / "x.parquet")[0]
    rows = pq.read_table(path)
    pq.write_table(rows.replace_schema_metadata(None), tmp_path / "plain.parquet")
    with pytest.raises(OutOfRange, match=r"plain\.parquet is no file of likelihoods"):
        read_likelihoods(tmp_path / "plain.parquet")
    pq.write_table(rows.set_column(4, "lnL", rows["lnL"].cast("string")), tmp_path / "text.parquet")
    with pytest.raises(OutOfRange, match=r"text\.parquet, column lnL: must hold numbers, not string"):
        read_likelihoods(tmp_path / "text.parquet")
    (tmp_path / "x.txt").write_text("")
    with pytest.raises(OutOfRange, match=r"end in \.parquet or \.csv"):
        read_likelihoods(tmp_path / "x.txt")


def test_a_file_is_of_one_instrument(table: LikelihoodTable, tmp_path: Path) -> None:
    other = replace(table, instrument="MAGIC", channel="tautau")
    with pytest.raises(
        OutOfRange, match=r"one file is of one instrument and kind, not of H\.E\.S\.S\., MAGIC"
    ):
        write_likelihoods([table, other], tmp_path / "x.csv")
    with pytest.raises(OutOfRange, match="a channel is there twice"):
        write_likelihoods([table, table], tmp_path / "x.csv")
    with pytest.raises(OutOfRange, match="no likelihood table to write"):
        write_likelihoods([], tmp_path / "x.csv")


@pytest.mark.parametrize("rows", [400, 3000])
def test_rows_that_are_all_different_ask_for_no_grid_of_them(
    rows: int, table: LikelihoodTable, tmp_path: Path
) -> None:
    path, _ = write_likelihoods(table, tmp_path / "x.csv")
    lines = [f"bb,t{i},{i + 1},{1e-26 * (i + 1)},0.0" for i in range(rows)]
    path.write_text("\n".join(["channel,target,mass_GeV,sigma_v_cm3_s,lnL", *lines]) + "\n")
    with pytest.raises(OutOfRange, match=r"x\.csv, row 2: t1, 2 GeV, 2e-26 cm3/s where t0, 1 GeV"):
        read_likelihoods(path)


def test_a_header_without_an_end_and_a_column_twice_are_refused(
    table: LikelihoodTable, tmp_path: Path
) -> None:
    path, beside = write_likelihoods(table, tmp_path / "x.csv")
    rows = path.read_text().splitlines()
    path.write_text("\n".join([rows[0] + ",lnL", *(f"{row},0" for row in rows[1:])]) + "\n")
    with pytest.raises(OutOfRange, match=r"column 'lnL' is there twice"):
        read_likelihoods(path)
    beside.unlink()
    beside.symlink_to("/dev/zero")
    with pytest.raises(OutOfRange, match=r"x\.csv cannot be read as a file of likelihoods: it is no file"):
        read_likelihoods(path)
