"""Tables of a FITS file that may be anybody's, read with bounds: whole and in order, or refused."""

from __future__ import annotations

from collections.abc import Container, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange

if TYPE_CHECKING:
    from astropy.io.fits import BinTableHDU

Columns = Mapping[str, tuple[str, NDArray[np.float64]]]
"""Of one table: the unit, as written, and the values of the first row by the name of the column."""

MOST_BYTES = 100_000_000
"""Of a file; nearly a thousand times what the lake's largest response has."""
MOST_TABLES = 8
"""So far a file is read: a damaged size can lead back to the same table, again and again."""


def read_tables(path: Path, wanted: Container[str]) -> list[Columns]:
    """Read the tables of a file, of each the columns that are wanted.

    Raises
    ------
    OutOfRange
        The file is no FITS file, compressed, larger than `MOST_BYTES`, or damaged.
    """
    try:
        _require_file(path)
        with path.open("rb") as file:
            return _parsed(file, path.stat().st_size, wanted)
    except OutOfRange:
        raise
    # Headers that contradict themselves or the bytes behind them end astropy in any of ten kinds of error.
    except Exception as error:
        why = error.strerror if isinstance(error, FileNotFoundError | PermissionError) else "it is damaged"
        msg = f"{path.name} is not a readable FITS file: {why}; fetch it again"
        raise OutOfRange(msg) from error


def _require_file(path: Path) -> None:
    if (size := path.stat().st_size) > MOST_BYTES:
        msg = f"{path.name} has {size / 1e6:.0f} MB; a response has at most {MOST_BYTES / 1e6:.0f} MB"
        raise OutOfRange(msg)
    begin = b""
    if path.is_file():  # a device or a pipe would be read without end
        with path.open("rb") as file:
            begin = file.read(9)
    if begin != b"SIMPLE  =":  # also what astropy would unpack, to any size
        msg = f"{path.name} is not a readable FITS file: it does not begin like one"
        raise OutOfRange(msg)


def _parsed(file: BinaryIO, size: int, wanted: Container[str]) -> list[Columns]:
    from astropy.io import fits

    found = []
    with catch_warnings():
        simplefilter("ignore")  # of damage: what cannot be read raises, what is cut short is seen below
        with fits.open(file, memmap=False) as opened:
            for hdu in islice(opened, MOST_TABLES):
                if not 0 <= hdu.size <= size - hdu.fileinfo()["datLoc"]:
                    msg = "a table does not fit into the file"
                    raise ValueError(msg)
                if isinstance(hdu, fits.BinTableHDU):
                    found.append(_columns(hdu, wanted))
    return found


def _columns(hdu: BinTableHDU, wanted: Container[str]) -> Columns:
    there = [column for column in hdu.columns if column.name in wanted]
    return {column.name: (str(column.unit or "1"), _numbers(hdu.data[column.name])) for column in there}


def _numbers(column: NDArray[np.generic]) -> NDArray[np.float64]:
    if column.dtype.kind not in "fiu":
        msg = f"{column.dtype} is no number"
        raise TypeError(msg)
    return np.array(column[0], dtype=np.float64)
