"""Columns of a Parquet file of the lake, each one checked: there, of its type, no larger than a table is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.strict_json import loads

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

LARGEST_VALUES = 20_000_000
LARGEST_BYTES = 1_000_000_000
"""Bounds of a table once it is unpacked: a megabyte of Parquet can hold any number of equal rows."""
LONGEST_TEXT = 300


def read_table(
    path: Path,
    numbers: Sequence[str],
    what: str,
    *,
    texts: Sequence[str] = (),
    lists: Sequence[str] = (),
    loose: Sequence[str] = (),
) -> pa.Table:
    """Read these columns of a table; others may be there too.

    Parameters
    ----------
    path
        As a fetch gave it.
    numbers
        Columns of finite numbers.
    what
        What the file should be, for messages: ``a table of PPPC4DMID spectra``.
    texts, lists
        Columns of short texts, and of lists of finite numbers, all of one length.
    loose
        Columns of numbers that may be missing or not finite.

    Raises
    ------
    OutOfRange
        It is no Parquet file or a very large one, lacks a column, has no row, a column is of another type, or
        a number is missing or not finite; the message names file, column and row, counted from 1.
    """
    names = (*texts, *numbers, *lists, *loose)
    with _opened(path, what) as file:
        found = _columns(path, file, names, what, texts)
    require_columns(path, found, numbers, texts=texts, lists=lists, loose=loose)
    _metadata(found, path.name)
    return found


def column_names(path: Path, what: str) -> list[str]:
    """All columns of a file, for a table in which their number is open.

    Raises
    ------
    OutOfRange
        It is no Parquet file.
    """
    import pyarrow.parquet as pq

    with _opened(path, what) as file:
        return list(pq.ParquetFile(file).schema_arrow.names)


def metadata(table: pa.Table) -> dict[str, Any]:
    """What the file says of itself, as in the metadata of its dataset; empty if it says nothing."""
    return _metadata(table, "the table")


def require_named(path: Path, has: Sequence[str], rows: int, names: Sequence[str], what: str) -> None:
    """Refuse a table without a row, or without exactly one column of each name.

    Raises
    ------
    OutOfRange
        The message names file and column.
    """
    odd = [name for name in names if list(has).count(name) != 1]
    if odd and odd[0] in has:
        msg = f"{path.name} is not {what}: column {odd[0]!r} is there twice"
        raise OutOfRange(msg)
    if odd or not rows:
        msg = f"{path.name} is not {what}: it has no {f'column {odd[0]!r}' if odd else 'row'}"
        raise OutOfRange(msg)


def require_columns(
    path: Path,
    table: pa.Table,
    numbers: Sequence[str],
    *,
    texts: Sequence[str] = (),
    lists: Sequence[str] = (),
    loose: Sequence[str] = (),
) -> None:
    """Refuse columns of another type, or with values that are missing or not finite.

    Raises
    ------
    OutOfRange
        The message names file, column and row.
    """
    wanted = {"numbers": (*numbers, *loose), "text": texts, "lists of numbers": lists}
    for needed, names in wanted.items():
        for name in names:
            if _kind(table.schema.field(name).type) != needed:
                msg = f"{path.name}, column {name}: must hold {needed}, not {table.schema.field(name).type}"
                raise OutOfRange(msg[:LONGEST_TEXT])
    for name in (*numbers, *texts, *lists):
        _require_there(path, name, table)
    for name in numbers:
        _require_finite(path, name, table[name].to_numpy())
    for name in texts:
        _require_short(path, name, table[name])
    for name in lists:
        _require_alike(path, name, table[name])


def require_small(path: Path) -> None:
    """Refuse what is no file of moderate size: a folder, a device, or more than a table has.

    Raises
    ------
    OSError
        It cannot be read so.
    """
    if path.exists() and not path.is_file():
        msg = "it is no file"
        raise OSError(msg)
    if path.stat().st_size > LARGEST_BYTES / 10:
        msg = f"it is larger than {LARGEST_BYTES // 10_000_000} MB"
        raise OSError(msg)


@contextmanager
def _opened(path: Path, what: str) -> Iterator[BinaryIO]:
    """The file, in which what cannot be read is said."""
    import pyarrow as pa

    try:
        require_small(path)
        with path.open("rb") as file:
            yield file
    except OutOfRange:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        cause = (str(error).splitlines() or [type(error).__name__])[0][:80]
        msg = f"{path.name} should be {what}, but cannot be read as a Parquet file ({cause})"
        raise OutOfRange(msg) from error


def _columns(path: Path, file: BinaryIO, names: Sequence[str], what: str, texts: Sequence[str]) -> pa.Table:
    """Columns as they are in a file that has them all and is not too large."""
    import pyarrow.parquet as pq

    about = pq.ParquetFile(file)
    require_named(path, about.schema_arrow.names, about.metadata.num_rows, names, what)
    _require_bounded(path, about.metadata)
    # As a dictionary a text that stands in every row is unpacked once, and its length is seen before.
    leaves = {about.metadata.schema.column(i).path for i in range(about.metadata.num_columns)}
    read = pq.ParquetFile(file, read_dictionary=[name for name in texts if name in leaves]).read(list(names))
    for name in texts:
        column = read[name]
        if str(column.type).startswith("dictionary<values=string,"):
            for chunk in column.chunks:
                _require_short(path, name, chunk.dictionary)
            read = read.set_column(read.column_names.index(name), name, column.cast("string"))
    return read


def _require_bounded(path: Path, about: pq.FileMetaData) -> None:
    groups = [about.row_group(i) for i in range(about.num_row_groups)]
    values = sum(group.column(i).num_values for group in groups for i in range(group.num_columns))
    size = sum(group.total_byte_size for group in groups)
    if values > LARGEST_VALUES or size > LARGEST_BYTES or about.num_rows > LARGEST_VALUES:
        msg = (
            f"{path.name} has {about.num_rows} rows, {values} values, {size / 1e6:.0f} MB; tables may have"
            f" {LARGEST_VALUES} values, {LARGEST_BYTES / 1e6:.0f} MB"
        )
        raise OutOfRange(msg)


def _metadata(table: pa.Table, where: str) -> dict[str, Any]:
    try:
        found = loads((table.schema.metadata or {}).get(b"metadata", b"{}"))
    except (ValueError, RecursionError) as error:
        msg = f"{where}: its metadata is no JSON ({str(error)[:80]})"
        raise OutOfRange(msg) from error
    if not isinstance(found, dict):
        msg = f"{where}: its metadata is no JSON object"
        raise OutOfRange(msg)
    return found


def _kind(of: pa.DataType) -> str:
    """What a column of a type holds; nothing for what no table here has, such as dates."""
    import pyarrow.types as kind

    if kind.is_floating(of) or kind.is_integer(of):
        return "numbers"
    if kind.is_string(of) or kind.is_large_string(of):
        return "text"
    listed = kind.is_list(of) or kind.is_large_list(of) or kind.is_fixed_size_list(of)
    return "lists of numbers" if listed and _kind(of.value_type) == "numbers" else ""


def _require_there(path: Path, name: str, table: pa.Table) -> None:
    if table[name].null_count:
        row = table[name].is_null().to_pylist().index(True) + 1
        msg = f"{path.name}, column {name}, row {row}: a number is missing"
        raise OutOfRange(msg)


def _require_finite(path: Path, name: str, numbers: NDArray[Any]) -> None:
    if numbers.dtype.kind == "f" and not np.all(np.isfinite(numbers)):
        row = int(np.argmin(np.isfinite(numbers))) + 1
        msg = f"{path.name}, column {name}, row {row}: {numbers[row - 1]} is not a finite number"
        raise OutOfRange(msg)


def _require_short(path: Path, name: str, texts: pa.Array | pa.ChunkedArray) -> None:
    """Texts of a moderate length, in UTF-8."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if len(texts) and (pc.max(pc.binary_length(texts)).as_py() or 0) > LONGEST_TEXT:
        msg = f"{path.name}, column {name}: a text is longer than {LONGEST_TEXT} bytes"
        raise OutOfRange(msg)
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid as error:
        msg = f"{path.name}, column {name}: a text is no UTF-8"
        raise OutOfRange(msg) from error


def _require_alike(path: Path, name: str, column: pa.ChunkedArray) -> None:
    """Lists of finite numbers, all of one length."""
    import pyarrow.compute as pc

    lengths = pc.list_value_length(column).to_numpy()
    wrong = lengths != lengths[0]
    if wrong.any():
        row = int(np.argmax(wrong))
        msg = f"{path.name}, column {name}, row {row + 1}: {lengths[row]} numbers, the first has {lengths[0]}"
        raise OutOfRange(msg)
    flat = pc.list_flatten(column)
    sound = np.isfinite(flat.to_numpy().astype(np.float64))
    if not sound.all():
        row = int(np.argmin(sound)) // max(int(lengths[0]), 1) + 1
        msg = f"{path.name}, column {name}, row {row}: a number in the list is missing or not finite"
        raise OutOfRange(msg)
