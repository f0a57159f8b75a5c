"""Columns of the lake's dilepton files, with their units asked for and every number looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.spelling import shown
from vre_dm.physics.parquet import metadata, read_table

Floats = NDArray[np.float64]


def columns(path: Path, units: Mapping[str, str], what: str) -> list[Floats]:
    """Read columns of numbers from 0 up that must be in these units.

    Parameters
    ----------
    path
        Parquet file whose fields carry ``unit`` in their metadata.
    units
        Column to unit.
    what
        What the file should be, for messages.

    Returns
    -------
    list of ndarray, in the order of `units`

    Raises
    ------
    OutOfRange
        The file is no such table, a column is in another unit, or a number is negative.
    """
    table = read_table(path, list(units), what)
    for name, unit in units.items():
        noted = (table.schema.field(name).metadata or {}).get(b"unit", b"").decode(errors="replace")
        if noted != unit:
            msg = f"{path.name}: column {name} is in {noted or 'an unknown unit'!r}, not in {unit!r}"
            raise OutOfRange(msg)
    found = [table[name].to_numpy().astype(np.float64) for name in units]
    for name, values in zip(units, found, strict=True):
        if values.min() < 0:
            msg = f"{path.name}, column {name}, row {int(values.argmin()) + 1}: {values.min():g} is below 0"
            raise OutOfRange(msg)
    return found


def require_rising(values: Floats, what: str) -> None:
    """Refuse a grid that does not rise from row to row.

    Raises
    ------
    OutOfRange
        With the row.
    """
    bad = np.flatnonzero(np.diff(values) <= 0)
    if values.size < 2 or bad.size:
        row = int(bad[0]) + 2 if bad.size else values.size
        msg = f"{what} must rise over two rows or more; row {row} does not"
        raise OutOfRange(msg)


def by_flavour(paths: Iterable[Path], flavours: Iterable[str], what: str) -> dict[str, Path]:
    """Sort files by the flavour that each says it is of.

    Raises
    ------
    OutOfRange
        Not a list, or not exactly one file of each.
    """
    if isinstance(paths, str | Path):
        msg = f"{what}: {shown(str(paths))} is one name; give the list of files that a fetch gave"
        raise OutOfRange(msg)
    given, wanted = [Path(path) for path in paths], list(flavours)
    found = {str(metadata(read_table(path, (), what)).get("flavour")): path for path in given}
    if len(given) != len(wanted) or set(found) != set(wanted):
        names = ", ".join(path.name for path in given) or "no file"
        msg = f"{what}: needs one file of each flavour {' and '.join(wanted)}, got {names}"
        raise OutOfRange(msg)
    return {flavour: found[flavour] for flavour in wanted}
