"""FITS through astropy: one row, one array per column, axes in the order of the gamma-astro data formats."""

from pathlib import Path

import numpy as np
from astropy.io import fits

from builders.seed.model import Column, File, Metadata

CARDS = {
    "title": "TITLE",
    "experiment": "TELESCOP",
    "licence": "LICENCE",
    "source": "SOURCE",
    "citation": "CITATION",
    "arxiv": "ARXIV",
    "doi": "DOI",
}


def fits_column(column: Column) -> fits.Column:
    code = {4: "E", 8: "D"}[column.values.dtype.itemsize]
    dimensions = ",".join(str(size) for size in reversed(column.values.shape))
    return fits.Column(
        name=column.name,
        format=f"{column.values.size}{code}",
        unit=None if column.unit == "1" else column.unit,
        dim=f"({dimensions})" if column.values.ndim > 1 else None,
        array=column.values[np.newaxis],
    )


def write(path: Path, file: File, metadata: Metadata) -> None:
    table = fits.BinTableHDU.from_columns([fits_column(column) for column in file.columns])
    for number, column in enumerate(file.columns, start=1):
        table.header[f"TCOMM{number}"] = column.description
    for keyword, value in file.header.items():
        table.header[keyword] = value
    primary = fits.PrimaryHDU()
    for header in (primary.header, table.header):
        for key, keyword in CARDS.items():
            header[keyword] = metadata[key]
    fits.HDUList([primary, table]).writeto(path, overwrite=True)


def read(path: Path) -> tuple[dict[str, np.ndarray], list[dict[str, str]], Metadata]:
    with fits.open(path, memmap=False) as opened:
        table = opened[1]
        values = {name: native(table.data[name][0]) for name in table.columns.names}
        docs = [
            {"name": column.name, "unit": column.unit or "1", "description": table.header[f"TCOMM{number}"]}
            for number, column in enumerate(table.columns, start=1)
        ]
        metadata = {key: table.header[keyword] for key, keyword in CARDS.items()}
    return values, docs, metadata


def native(values: np.ndarray) -> np.ndarray:
    """Return the same numbers in this machine's byte order."""
    return np.array(values, dtype=values.dtype.newbyteorder("="))
