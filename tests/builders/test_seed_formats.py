"""The builder of the seed data: what it writes reads back bit for bit; equal content is never rewritten."""

import gzip
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from builders.seed import raw
from builders.seed.check import problems
from builders.seed.formats import decode, differences, place
from builders.seed.model import Column, Dataset, File, Source, record

METADATA = record(
    title="A table",
    description="Made for a test.",
    experiment="none",
    technique="summary",
    kind="table",
    year=2026,
    licence="CC0",
    source="this test",
    citation="none",
)
NUMBERS = (
    Column("x", "GeV", "a number", np.array([0.1, 1e-300, 5e300])),
    Column("n", "1", "a whole number", np.array([1, 2, 3], dtype=np.int64)),
)
TEXT = Column("label", "", "a text", np.array(["a", "", "ξ"]))
ARRAY = Column("response", "1", "an array a row", np.arange(12.0).reshape(3, 4))
FITS = (
    Column("ENERG_LO", "GeV", "an edge", np.array([1, 10], dtype=np.float32)),
    Column("MATRIX", "1", "values", np.arange(6.0).reshape(3, 2)),
)
FILES = [
    File("table.parquet", (*NUMBERS, TEXT, ARRAY), "raw.csv"),
    File("tree.root", NUMBERS, "raw.csv"),
    File("irf.fits", FITS, "raw.csv", header={"EXTNAME": "ENERGY DISPERSION"}),
]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_what_is_written_reads_back(tmp_path, file):
    path = tmp_path / file.name
    assert place(path, file, METADATA)
    assert differences(path, file, METADATA) == []
    assert [each.name for each in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_equal_content_keeps_its_bytes(tmp_path, file):
    path = tmp_path / file.name
    place(path, file, METADATA)
    before = path.stat()
    assert not place(path, file, METADATA)
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
@pytest.mark.parametrize("change", ["value", "unit", "description", "title", "dropped"])
def test_any_change_is_seen_and_written(tmp_path, file, change):
    path = tmp_path / file.name
    place(path, file, METADATA)
    first, *others = file.columns
    metadata = METADATA | ({"title": "Another"} if change == "title" else {})
    changed = {
        "value": (
            replace(first, values=np.nextafter(first.values, np.inf, dtype=first.values.dtype)),
            *others,
        ),
        "unit": (replace(first, unit="TeV"), *others),
        "description": (replace(first, description="other"), *others),
        "title": file.columns,
        "dropped": tuple(others),
    }[change]
    assert differences(path, replace(file, columns=changed), metadata)
    assert place(path, replace(file, columns=changed), metadata)
    assert not differences(path, replace(file, columns=changed), metadata)


@given(values=arrays(np.float64, st.integers(1, 30)))
def test_parquet_keeps_every_bit_of_any_number(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("any") / "any.parquet"
    place(path, File(path.name, (Column("x", "1", "any", values),), "raw"), METADATA)
    assert np.array_equal(decode(path).values["x"], values, equal_nan=True)


def test_parquet_and_fits_give_the_same_bytes_twice(tmp_path):
    for file in (FILES[0], FILES[2]):
        first, second = tmp_path / "1" / file.name, tmp_path / "2" / file.name
        place(first, file, METADATA)
        place(second, file, METADATA)
        assert first.read_bytes() == second.read_bytes()


# ---- raw inputs


@given(numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_a_csv_number_keeps_its_last_bit(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("csv") / "numbers.csv.gz"
    path.write_bytes(gzip.compress(("x\n" + "\n".join(map(repr, numbers))).encode()))
    assert raw.csv(path)["x"].tolist() == numbers
    assert raw.numbers(path) == set(numbers)


def test_numbers_are_found_outside_comments_only(tmp_path):
    path = tmp_path / "table.dat"
    path.write_text("# 7 is a comment\nDraco 1.5 -2e-3 # 8\n\nLeo_2 .5,3\n")
    assert raw.numbers(path) == {1.5, -0.002, 0.5, 3.0}
    assert raw.rows(path) == [["Draco", "1.5", "-2e-3"], ["Leo_2", ".5,3"]]


def test_numbers_of_a_readme_are_found_between_words(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(
        "exposure 16660 kg d, 0.09 +- 0.04 (arXiv:1802.07198), limit 1.14e-44 cm2, DS50 no number"
    )
    assert {16660.0, 0.09, 0.04, 1.14e-44} <= raw.numbers(path)
    assert 50.0 not in raw.numbers(path)


# ---- the comparison with the raw inputs


def shipped(folder, raw_text, values):
    (folder / "raw.csv").write_text(raw_text)
    file = File("table.parquet", (Column("x", "1", "a number", np.array(values)),), "raw.csv")
    place(folder / "files" / "test" / file.name, file, METADATA)
    return Source({"test": "a scope"}, (Dataset("test", "table", ("CNAF-STORM",), METADATA, (file,)),))


def test_faithful_data_have_no_problem(tmp_path):
    assert problems(tmp_path, [shipped(tmp_path, "x\n1\n2.5\n", [1.0, 2.5])], tmp_path) == []


def test_a_lost_and_an_invented_number_are_found_even_when_the_reader_agrees(tmp_path):
    found = problems(tmp_path, [shipped(tmp_path, "x\n1\n2.5\n", [1.0, 3.0])], tmp_path)
    assert found == [
        "test/table.parquet: 1 numbers of the raw input lost, for example 2.5",
        "test/table.parquet: 1 numbers not in the raw input, for example 3.0",
    ]


def test_a_missing_file_is_found(tmp_path):
    source = shipped(tmp_path, "x\n1\n", [1.0])
    (tmp_path / "files" / "test" / "table.parquet").unlink()
    assert problems(tmp_path, [source], tmp_path) == ["test/table.parquet: missing"]
