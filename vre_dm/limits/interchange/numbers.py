"""Rows of numbers in text: split, counted and read, with the file, row and column of what is none."""

import math
import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import InvalidCurve

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d{1,4})?\Z", re.ASCII)
_SHOWN = 40


def number(cell: object, where: str) -> float:
    """A finite number from a cell of any format.

    Raises
    ------
    InvalidCurve
        It is none, or it is infinite or not a number.
    """
    if isinstance(cell, str):
        bare = cell.strip()
        value = float(bare.translate(_FORTRAN)) if _NUMBER.match(bare) else math.nan
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        value = float(cell) if abs(cell) < 1e300 else math.nan
    else:
        value = math.nan
    if not math.isfinite(value):
        shown = repr(cell[:_SHOWN]) if isinstance(cell, str) else type(cell).__name__
        shown = repr(cell) if isinstance(cell, float) else shown
        msg = f"{where}: {shown} is not a finite number"
        raise InvalidCurve(msg)
    return value


_FORTRAN = str.maketrans("dD", "ee")


def split(line: str, delimiter: str | None = None) -> list[str]:
    """Cells of a line: at the delimiter, or at semicolons, or at commas, else at white space."""
    if delimiter is None:
        delimiter = next((mark for mark in ";," if mark in line), None)
    if delimiter is None or not delimiter.strip():
        return line.split()
    return [cell.strip() for cell in line.split(delimiter)]


def table(
    rows: Iterable[tuple[int, Sequence[object]]], names: Sequence[str], where: str
) -> NDArray[np.float64]:
    """Read numbered rows of cells into an array.

    Parameters
    ----------
    rows
        Line number and cells.
    names
        One a column.
    where
        File name for messages.

    Returns
    -------
    ndarray, shape (rows, columns)

    Raises
    ------
    InvalidCurve
        A row has another number of cells, a cell is no number, or there is no row.
    """
    read = [_row(cells, names, f"{where} row {line}") for line, cells in rows]
    if not read:
        msg = f"{where}: no row of numbers"
        raise InvalidCurve(msg)
    return np.array(read, dtype=np.float64)


def _row(cells: Sequence[object], names: Sequence[str], where: str) -> list[float]:
    if len(cells) != len(names):
        msg = f"{where}: {len(cells)} cells where {len(names)} are expected ({', '.join(names)[:80]})"
        raise InvalidCurve(msg)
    return [number(cell, f"{where}, column {name}") for cell, name in zip(cells, names, strict=True)]


def looks_like_header(cells: Sequence[str]) -> bool:
    """Tell whether a first line names columns: a row that went wrong begins or ends with a number."""
    return bool(cells) and not (
        _NUMBER.match(cells[-1]) or re.match(r"[+-]?\.?\d", cells[0]) or looks_numeric(cells)
    )


def looks_numeric(cells: Sequence[str]) -> bool:
    """Tell whether every cell of a line reads as a number, ``nan`` and ``inf`` included."""
    return bool(cells) and all(
        _NUMBER.match(cell) or cell.casefold().lstrip("+-") in {"nan", "inf", "infinity"} for cell in cells
    )
