"""Likelihood tables as files: Parquet with the header inside, or CSV with the header beside it as JSON."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.placing import place
from vre_dm.physics.combination.header import from_header, to_header
from vre_dm.physics.combination.table import AXES, LikelihoodTable
from vre_dm.physics.dwarfs.roster import JFactor
from vre_dm.physics.full_grid import first_rows
from vre_dm.physics.parquet import read_table, require_columns, require_named, require_small

if TYPE_CHECKING:
    import pyarrow as pa

TEXTS, NUMBERS = ("channel", "target"), ("mass_GeV", "sigma_v_cm3_s", "lnL")
COLUMNS = (*TEXTS, *NUMBERS)
KEY = b"vre_dm.likelihoods"
WHAT = "a file of likelihoods"


def write_likelihoods(tables: LikelihoodTable | Sequence[LikelihoodTable], path: str | Path) -> list[Path]:
    """Write what one instrument says, in one channel or in several.

    Parameters
    ----------
    tables
        Of one instrument, which assumed one J factor a target; one table a channel.
    path
        New file in a folder that exists: ``….parquet``, or ``….csv`` with a ``….json`` beside it.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    OutOfRange
        Tables of several instruments, of one channel twice, with several J of a target; a name that is longer
        than 300 bytes or no UTF-8; or another ending.
    NotWritable
        A file exists, or the folder cannot be written; nothing has changed.
    """
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    channels = [tables] if isinstance(tables, LikelihoodTable) else list(tables)
    if not channels:
        msg = "there is no likelihood table to write"
        raise OutOfRange(msg)
    path, content = Path(path), io.BytesIO()
    header = _encoded(path, to_header(channels[0], _targets(channels)))
    rows = pa.concat_tables([_rows(path, table) for table in channels])
    if path.suffix == ".parquet":
        pq.write_table(rows.replace_schema_metadata({KEY: header}), content, compression="zstd")
        return place({path.name: content.getvalue()}, path.parent)
    if path.suffix == ".csv":
        pyarrow.csv.write_csv(rows, content)
        beside = path.with_suffix(".json").name
        return place({path.name: content.getvalue(), beside: header + b"\n"}, path.parent)
    raise OutOfRange(_ending(path))


def read_likelihoods(path: str | Path) -> dict[str, LikelihoodTable]:
    """Read what one instrument says.

    Parameters
    ----------
    path
        ``….parquet``, or ``….csv`` with its ``….json`` beside it.

    Returns
    -------
    dict
        Tables by channel.

    Raises
    ------
    OutOfRange
        The file is none of these, or its rows are no full grid in order (channel, target, mass, sigma_v); the
        message names file and row, counted from 1 below the header.
    """
    path = Path(path)
    rows, header = _read(path)
    said = from_header(header, path.name if path.suffix == ".parquet" else path.with_suffix(".json").name)
    columns = {name: rows[name].to_numpy() for name in TEXTS}
    columns |= {name: rows[name].to_numpy().astype(np.float64) for name in NUMBERS}
    found = {}
    for channel in dict.fromkeys(columns["channel"].tolist()):
        of = np.flatnonzero(columns["channel"] == channel)
        lnl = _grid(path.name, of, *(columns[name][of] for name in COLUMNS[1:]))
        targets = {str(name) for name in lnl["target"].to_numpy()}
        jfactors = {name: factor for name, factor in said["jfactors"].items() if name in targets}
        found[channel] = LikelihoodTable(channel=channel, lnl=lnl, **{**said, "jfactors": jfactors})
    return found


def _read(path: Path) -> tuple[pa.Table, bytes]:
    """Rows of a file, and its header."""
    if path.suffix == ".parquet":
        rows = read_table(path, NUMBERS[:-1], WHAT, texts=TEXTS, loose=NUMBERS[-1:])
        return rows, (rows.schema.metadata or {}).get(KEY, b"null")
    if path.suffix == ".csv":
        return _read_csv(path, path.with_suffix(".json"))
    raise OutOfRange(_ending(path))


def _read_csv(path: Path, beside: Path) -> tuple[pa.Table, bytes]:
    import pyarrow as pa
    import pyarrow.csv

    types: dict[str, Any] = {**dict.fromkeys(TEXTS, pa.string()), **dict.fromkeys(NUMBERS, pa.float64())}
    options = pyarrow.csv.ConvertOptions(column_types=types, null_values=[""])
    try:
        require_small(path)
        require_small(beside)
        lines = pyarrow.csv.ParseOptions(newlines_in_values=True)
        rows = pyarrow.csv.read_csv(path, parse_options=lines, convert_options=options)
        header = beside.read_bytes()
    except (pa.ArrowException, OSError) as error:
        cause = (str(error).splitlines() or [type(error).__name__])[0][:160]
        msg = f"{path.name} cannot be read as {WHAT}: {cause}"
        raise OutOfRange(msg) from error
    require_named(path, rows.column_names, rows.num_rows, COLUMNS, WHAT)
    require_columns(path, rows, NUMBERS[:-1], texts=TEXTS, loose=NUMBERS[-1:])
    return rows, header


def _grid(
    where: str, row: NDArray[np.int64], target: Any, mass: Any, sigma_v: Any, lnl: NDArray[np.float64]
) -> xr.DataArray:
    """Rows as an array; they must run through the full grid in order."""
    names = list(dict.fromkeys(target.tolist()))
    axes = np.array(names, dtype=object), np.unique(mass), np.unique(sigma_v)
    shape = tuple(len(axis) for axis in axes)
    full = first_rows(axes, lnl.size)
    size = full[0].size
    pairs = zip((target, mass, sigma_v), full, strict=True)
    wrong = np.flatnonzero(np.any([given[:size] != wanted for given, wanted in pairs], axis=0))
    if wrong.size or lnl.size != math.prod(shape):
        at = int(wrong[0]) if wrong.size else size - 1
        due = f"{full[0][at]}, {full[1][at]:g} GeV, {full[2][at]:g} cm3/s"
        met = f"{target[at]}, {mass[at]:g} GeV, {sigma_v[at]:g} cm3/s"
        msg = (
            f"{where}, row {int(row[at]) + 1}: {met} where {due} is due; every target has all masses and all"
            " cross sections, rising, without gaps"
        )
        raise OutOfRange(msg)
    coords = {
        "target": names,
        "mass": ("mass", axes[1], {"units": "GeV"}),
        "sigma_v": ("sigma_v", axes[2], {"units": "cm3/s"}),
    }
    return xr.DataArray(lnl.reshape(shape), coords, AXES, "lnL", {"units": "1"})


def _rows(path: Path, table: LikelihoodTable) -> pa.Table:
    """Rows of a file, with names that `read_likelihoods` takes."""
    import pyarrow as pa

    axes = np.asarray(table.targets), table.mass_gev, table.sigma_v_cm3_s
    target, mass, sigma_v = (axis.ravel() for axis in np.meshgrid(*axes, indexing="ij"))
    lnl = table.lnl.to_numpy().astype(np.float64).ravel()
    columns = ([table.channel] * lnl.size, target.tolist(), mass, sigma_v, lnl)
    rows = pa.table(dict(zip(COLUMNS, columns, strict=True)))
    require_columns(path, rows, NUMBERS[:-1], texts=TEXTS, loose=NUMBERS[-1:])
    return rows


def _targets(tables: Sequence[LikelihoodTable]) -> dict[str, JFactor]:
    """J factors of all channels of one instrument, which must be of one mind."""
    found: dict[str, JFactor] = {}
    for table in tables:
        if table.instrument != tables[0].instrument or table.kind != tables[0].kind:
            msg = f"one file is of one instrument and kind, not of {tables[0].instrument}, {table.instrument}"
            raise OutOfRange(msg)
        for target in table.targets:
            if found.setdefault(target, table.jfactors[target]) != table.jfactors[target]:
                msg = f"{table.instrument}: J of {target} is not the same in every channel"
                raise OutOfRange(msg)
    if len({table.channel for table in tables}) < len(tables):
        msg = f"{tables[0].instrument}: a channel is there twice"
        raise OutOfRange(msg)
    return found


def _encoded(path: Path, header: str) -> bytes:
    try:
        return header.encode()
    except UnicodeError as error:
        msg = f"{path.name}: a name or a note is no text that a file can hold ({error})"
        raise OutOfRange(msg) from error


def _ending(path: Path) -> str:
    return f"{path.name}: files of likelihoods end in .parquet or .csv"
