"""Pieces of Parquet files through a function, as what it takes, and what it gives in a row."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pandas as pd
import pytest

from tests.compute.files import write_tree
from tests.compute.run.maps import done_here
from vre_dm.compute.inputs import inputs_of
from vre_dm.compute.rows import in_a_row
from vre_dm.compute.run.order import order_of
from vre_dm.errors import ChunkFailed, MissingColumn

ROWS = 1000


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A column that counts its rows, in row groups of a hundred."""
    path = tmp_path / "muons.parquet"
    pd.DataFrame({"x": np.arange(ROWS)}).to_parquet(path, row_group_size=100)
    return path


def put_in_a_row(root: Path, path: Path, function: Callable[[Any], Any], kind: Any = "pandas") -> Any:
    order = order_of(function, in_a_row, inputs=inputs_of(path), as_=kind, chunk_bytes=2000)
    return done_here(root, order).outcome().value


@pytest.mark.parametrize(
    ("kind", "listed"),
    [
        ("arrow", lambda found: found["x"].to_pylist()),
        ("awkward", lambda found: ak.to_list(found["x"])),
        ("pandas", lambda found: found.x.tolist()),
    ],
)
def test_a_function_takes_pieces_as_it_wants(
    root: Path, table: Path, kind: str, listed: Callable[[Any], Any]
):
    assert listed(put_in_a_row(root, table, lambda rows: rows, kind)) == list(range(ROWS))


def test_a_piece_without_rows_is_named(root: Path, table: Path):
    with pytest.raises(
        ChunkFailed, match=r"muons\.parquet, entries 0 to \d+: .*gives a dict; map_partitions"
    ):
        put_in_a_row(root, table, lambda rows: {"n": len(rows)})


def test_a_tree_is_no_arrow_table(root: Path, tmp_path: Path):
    path = write_tree(tmp_path / "muons.root", {"x": np.arange(10)})
    with pytest.raises(MissingColumn, match="as_='arrow' is for Parquet files"):
        put_in_a_row(root, path, lambda rows: rows, "arrow")
