"""Columns of a Parquet file of the lake, each one checked: there, numbers, none missing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vre_dm.errors import OutOfRange

if TYPE_CHECKING:
    from pyarrow import Table


def read_table(path: Path, columns: Sequence[str], what: str) -> Table:
    """Read a table that has certain columns of numbers; others may be there too.

    Parameters
    ----------
    path
        As a fetch gave it.
    columns
        Their names. Numbers in them are finite; columns of text or lists are only asked to be there.
    what
        What the file should be, for messages: ``a table of PPPC4DMID spectra``.

    Raises
    ------
    OutOfRange
        It is no Parquet file, lacks a column, has no row, or a number is missing or not finite; the message
        names file, column and row, counted from 1.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        cause = str(error).splitlines()[0][:80]
        msg = f"{path.name} should be {what}, but cannot be read as a Parquet file ({cause})"
        raise OutOfRange(msg) from error
    missing = [name for name in columns if name not in table.column_names]
    if missing or not table.num_rows:
        lacking = f"column {missing[0]!r}" if missing else "row"
        msg = f"{path.name} is not {what}: it has no {lacking}"
        raise OutOfRange(msg)
    for name in columns:
        _require_finite(path, name, table)
    return table


def metadata(table: Table) -> dict[str, Any]:
    """What the file says of itself, as in the metadata of its dataset; empty if it says nothing."""
    found: dict[str, Any] = json.loads((table.schema.metadata or {}).get(b"metadata", b"{}"))
    return found


def _require_finite(path: Path, name: str, table: Table) -> None:
    column = table[name]
    if column.null_count:
        row = column.is_null().to_pylist().index(True) + 1
        msg = f"{path.name}, column {name}, row {row}: a number is missing"
        raise OutOfRange(msg)
    numbers = column.to_numpy()
    if numbers.dtype.kind == "f" and not np.all(np.isfinite(numbers)):
        row = int(np.argmin(np.isfinite(numbers))) + 1
        msg = f"{path.name}, column {name}, row {row}: {numbers[row - 1]} is not a finite number"
        raise OutOfRange(msg)
