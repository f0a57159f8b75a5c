"""Compares what ships with the raw inputs: once through the readers, once number by number without them."""

from pathlib import Path

import numpy as np

from builders.seed import raw
from builders.seed.formats import decode, differences
from builders.seed.model import File, Source
from builders.seed.registry import SEED


def problems(folder: Path, sources: list[Source], seed: Path = SEED) -> list[str]:
    """One line for each shipped file that does not hold exactly what its raw input holds."""
    found = []
    for source in sources:
        for dataset, file in source.files():
            path = seed / "files" / dataset.scope / file.name
            if not path.exists():
                found.append(f"{dataset.scope}/{file.name}: missing")
                continue
            wrong = differences(path, file, dataset.record(file)) + stray_numbers(folder, path, file)
            found += [f"{dataset.scope}/{file.name}: {text}" for text in wrong]
    return found


def stray_numbers(folder: Path, path: Path, file: File) -> list[str]:
    """Numbers on one side only; skipped where `differences` already compared bit by bit."""
    source = folder / file.raw
    if file.content or source.suffix in (".fits", ".root"):
        return []
    written, shipped = raw.numbers(source), shipped_numbers(path, file)
    lost = set() if file.raw.endswith((".md", "manifest.csv")) else written - shipped - file.implied
    invented = shipped - written
    return [
        f"{len(numbers)} numbers {what}, for example {min(numbers)!r}"
        for numbers, what in ((lost, "of the raw input lost"), (invented, "not in the raw input"))
        if numbers
    ]


def shipped_numbers(path: Path, file: File) -> set[float]:
    values = decode(path).values
    numeric = [values[c.name] for c in file.columns if not c.derived and values[c.name].dtype.kind in "if"]
    flat = np.concatenate([np.ravel(column).astype(float) for column in numeric])
    return set(flat[~np.isnan(flat)].tolist())
