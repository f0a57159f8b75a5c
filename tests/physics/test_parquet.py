"""Tables of a stranger: of another type, damaged, or far larger than their file, each refused in one line."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.physics.spectra.conftest import FOLDER
from vre_dm.errors import OutOfRange
from vre_dm.physics.darkside50 import read_high_mass
from vre_dm.physics.dilepton.channels import read_channels
from vre_dm.physics.dwarfs.blank_sky import read_blank_sky
from vre_dm.physics.dwarfs.empirical_counts import read_counts, read_dwarf_set
from vre_dm.physics.dwarfs.j_posteriors import read_j_posteriors
from vre_dm.physics.dwarfs.photon_counts import read_photon_counts
from vre_dm.physics.dwarfs.roster import read_roster
from vre_dm.physics.dwarfs.tables import read_bin_likelihoods
from vre_dm.physics.full_grid import first_rows
from vre_dm.physics.parquet import metadata, read_table
from vre_dm.physics.response import read_response
from vre_dm.physics.spectra import read_pppc

SEED = FOLDER.parent
RELEASES = {
    "dilepton": "atlas/dilepton.2018.{spectrum,resolution,xi}.{ee,mumu}",
    "darkside": "darkside/ds50.highmass.{inputs,leff,recombination,acceptance.overall.s1}",
    "xenon": "xenon/s2only.{response,binning}",
    "madhat": "madhat/madhat.{counts,backgrounds}",
    "set": "madhat/madhat.set1",
    "photons": "fermi/mlfermi.{dwarfs,counts}",
    "voids": "fermi/mlfermi.voids",
    "posteriors": "fermi/mlfermi.jposteriors",
    "roster": "fermi/dsph.jfactors",
    "likelihood": "fermi/dsph.likelihood.draco",
    "pppc": "pppc4dmid/pppc4dmid.gamma.ew",
}
READERS: dict[str, Callable[[list[Path]], Any]] = {
    "dilepton": lambda p: read_channels(
        *([path for path in p if f".{kind}." in path.name] for kind in ("spectrum", "resolution", "xi"))
    ),
    "darkside": read_high_mass,
    "xenon": lambda p: read_response(*p),
    "madhat": lambda p: read_counts(*p),
    "set": lambda p: read_dwarf_set(*p),
    "photons": lambda p: read_photon_counts(*p),
    "voids": lambda p: read_blank_sky(*p),
    "posteriors": lambda p: read_j_posteriors(*p),
    "roster": lambda p: read_roster(*p),
    "likelihood": read_bin_likelihoods,
    "pppc": lambda p: read_pppc(*p),
}
READ_BY_NOBODY = {"meaning", "ln_counts", "s2_bin", "s2_center_PE", "s2_log_center_PE"}
KINDS: dict[str, Callable[[int], pa.Array]] = {
    "text": lambda rows: pa.array(["1"] * rows),
    "date": lambda rows: pa.array(np.full(rows, "2020-01-01", "M8[ms]")),
    "struct": lambda rows: pa.array([{"a": 1.0}] * rows),
    "lists of text": lambda rows: pa.array([["x"]] * rows),
}


def files(release: str) -> list[Path]:
    """Files of a release in the order in which its reader wants them."""
    before, *choices = release.replace("}", "{").split("{")
    names = [before]
    for choice in choices:
        names = [name + part for name in names for part in (choice.split(",") if "," in choice else [choice])]
    return [SEED / f"{name}.parquet" for name in names]


def changes(paths: list[Path]) -> Iterator[tuple[Path, str, pa.Table]]:
    """Each file with one column made something else, or with metadata that are none."""
    for path in paths:
        table = pq.read_table(path)
        for at, name in enumerate(table.column_names):
            for kind, values in KINDS.items():
                if name not in READ_BY_NOBODY and not (
                    kind == "text" and pa.types.is_string(table[name].type)
                ):
                    yield path, f"{name} as {kind}", table.set_column(at, name, values(table.num_rows))
        for said in (b"{", b"\xff", b"[1]", b"[" * 100_000):
            yield path, f"metadata {said[:3]!r}", table.replace_schema_metadata({b"metadata": said})


@pytest.mark.parametrize("release", READERS)
def test_a_column_of_another_type_or_broken_metadata_is_refused_by_file(release: str, tmp_path: Path) -> None:
    paths = files(RELEASES[release])
    READERS[release](paths)
    for path, what, table in changes(paths):
        changed = tmp_path / path.name
        pq.write_table(table, changed)
        with pytest.raises(OutOfRange) as refused:
            READERS[release]([changed if each == path else each for each in paths])
        assert path.name in str(refused.value), what
        assert len(str(refused.value)) < 500


@pytest.mark.parametrize(
    ("release", "column", "value", "said"),
    [
        ("dilepton", "sigma_GeV", 0.0, r"resolution\.ee\.parquet, column sigma_GeV, row 1: must lie above 0"),
        ("photons", "log10J", -1.0, r"dwarfs\.parquet, row 1: log10 of J"),
        ("photons", "dwarf", "Draco", r"dwarfs\.parquet, row \d+: dwarf Draco is there already"),
        ("set", "dwarf_id", 3, r"set1\.parquet, row \d+: dwarf 3 is there already"),
    ],
)
def test_a_number_that_cannot_be_is_refused(
    release: str, column: str, value: object, said: str, tmp_path: Path
) -> None:
    paths = files(RELEASES[release])
    at = next(i for i, path in enumerate(paths) if column in pq.read_schema(path).names)
    table = pq.read_table(paths[at])
    values = [value, *table[column].to_pylist()[1:]]
    where = table.column_names.index(column)
    paths[at] = tmp_path / paths[at].name
    changed = table.set_column(where, table.schema.field(where), pa.array(values, table[column].type))
    pq.write_table(changed, paths[at])
    with pytest.raises(OutOfRange, match=said):
        READERS[release](paths)


def test_a_small_file_of_very_many_rows_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with pq.ParquetWriter(tmp_path / "x.parquet", pa.schema({"a": pa.float64(), "b": pa.string()})) as writer:
        group = pa.table({"a": np.zeros(3_000_000), "b": pa.array(["x"] * 3_000_000)})
        for _ in range(4):
            writer.write_table(group)
    assert (tmp_path / "x.parquet").stat().st_size < 1e5
    with pytest.raises(OutOfRange, match=r"x\.parquet has 12000000 rows, 24000000 values"):
        read_table(tmp_path / "x.parquet", ("a",), "a table")


def test_a_long_text_that_stands_in_every_row_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    long = pa.DictionaryArray.from_arrays(pa.array(np.zeros(1_000_000, "i4")), pa.array(["x" * 100_000]))
    pq.write_table(
        pa.table({"a": np.zeros(1_000_000), "b": long}), tmp_path / "x.parquet", store_schema=False
    )
    with pytest.raises(OutOfRange, match="column b: a text is longer than 300 bytes"):
        read_table(tmp_path / "x.parquet", ("a",), "a table", texts=("b",))


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1.0]}), tmp_path / "part.parquet")
    with pytest.raises(OutOfRange, match="should be a table, but cannot be read as a Parquet file"):
        read_table(tmp_path, ("a",), "a table")


def test_what_a_file_says_of_itself_and_its_texts_are_kept(tmp_path: Path) -> None:
    rows = pa.table({"a": [1, 2], "b": ["x", "y"], "c": [None, float("nan")], "d": [[1.0], [2.0]]})
    pq.write_table(rows.replace_schema_metadata({b"metadata": b'{"k": 1}'}), tmp_path / "x.parquet")
    read = read_table(tmp_path / "x.parquet", ("a",), "", texts=("b",), loose=("c",), lists=("d",))
    assert metadata(read) == {"k": 1}
    assert read["b"].to_pylist() == ["x", "y"]
    assert read["d"].to_pylist() == [[1.0], [2.0]]


def test_lists_are_of_one_length_and_finite(tmp_path: Path) -> None:
    for values, said in (([[1.0], [1.0, 2.0]], "row 2: 2 numbers"), ([[1.0], [None]], "row 2: a number in")):
        pq.write_table(pa.table({"a": values}), tmp_path / "x.parquet")
        with pytest.raises(OutOfRange, match=said):
            read_table(tmp_path / "x.parquet", (), "a table", lists=("a",))


def test_rows_of_a_grid_are_those_of_the_whole_and_need_none_of_it() -> None:
    axes = [np.array(["a", "b"], dtype=object), np.arange(3), np.arange(4)]
    whole = pd.MultiIndex.from_product(axes).to_frame()
    for rows in (5, 24, 100):
        for column, made in enumerate(first_rows(axes, rows)):
            assert made.tolist() == whole.iloc[:rows, column].tolist()
    huge = [np.arange(100_000.0)] * 3
    assert [column[-1] for column in first_rows(huge, 100_001)] == [0.0, 1.0, 0.0]


def test_a_table_whose_values_are_all_different_asks_for_no_grid_of_them(tmp_path: Path) -> None:
    rows = np.arange(20_000.0)
    pq.write_table(pa.table({"mDM_GeV": rows, "log10x": -rows, "bb": rows}), tmp_path / "x.parquet")
    with pytest.raises(OutOfRange, match=r"x\.parquet, row 1: a gap or another order"):
        read_pppc(tmp_path / "x.parquet")


def test_a_text_that_is_no_utf_8_is_refused_by_column(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    latin = pa.array([b"Bo\xf6tes", b"Draco"]).view(pa.string())
    pq.write_table(pa.table({"target": latin, "x": [1.0, 2.0]}), path)
    with pytest.raises(OutOfRange, match=r"x\.parquet, column target: a text is no UTF-8"):
        read_table(path, ("x",), "a table", texts=("target",))
