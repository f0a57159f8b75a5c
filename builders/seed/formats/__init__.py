"""The formats of the seed: each module writes one file and reads it back as plain arrays.

A file that ships as it is (CSV, JSON) is copied and compared byte by byte.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from builders.seed.formats import fits, parquet, root
from builders.seed.model import File, Metadata

FORMATS = {".parquet": parquet, ".root": root, ".fits": fits}
LABELS = {".parquet": "Parquet", ".root": "ROOT", ".fits": "FITS", ".csv": "CSV", ".json": "JSON"}


@dataclass(frozen=True)
class Decoded:
    """What a reader finds in a written file."""

    values: dict[str, np.ndarray]
    docs: list[dict[str, str]]
    metadata: Metadata


def decode(path: Path) -> Decoded:
    return Decoded(*FORMATS[path.suffix].read(path))


def differences(path: Path, file: File, metadata: Metadata) -> list[str]:
    """Say what in a written file is wrong; empty when every value, unit and record is equal."""
    if file.content:
        return [] if path.read_bytes() == file.content else ["other bytes"]
    found = decode(path)
    wrong = [
        f"unexpected column {name}" for name in found.values if name not in {c.name for c in file.columns}
    ]
    for column in file.columns:
        values = found.values.get(column.name)
        if values is None or values.dtype.kind != column.values.dtype.kind:
            wrong.append(f"column {column.name} is missing or of another type")
        elif not equal(values, column.values):
            wrong.append(f"column {column.name} differs")
    if found.docs != [column.doc for column in file.columns]:
        wrong.append("units or descriptions differ")
    wrong += [
        f"metadata {key} differs" for key, value in found.metadata.items() if metadata.get(key) != value
    ]
    return wrong


def equal(found: np.ndarray, wanted: np.ndarray) -> bool:
    return np.array_equal(found, wanted, equal_nan=wanted.dtype.kind == "f")


def place(path: Path, file: File, metadata: Metadata) -> bool:
    """Write the file unless one with equal content is there; True when bytes changed.

    Equal content is kept because neither Parquet (its writer's version) nor ROOT (its clock) promises
    equal bytes.
    """
    if path.exists() and not differences(path, file, metadata):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}")
    if file.content:
        temporary.write_bytes(file.content)
    else:
        FORMATS[path.suffix].write(temporary, file, metadata)
    temporary.replace(path)
    return True
