"""Small ROOT and Parquet files, written as users write them."""

from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import uproot

EVENTS = 1000
BASKET = 100
"""Entries of a basket."""


def muons(entries: int = EVENTS, seed: int = 1) -> dict[str, Any]:
    """Columns of a toy ntuple: one number an entry, a list, a fixed length."""
    random = np.random.default_rng(seed)
    counts = random.integers(0, 4, entries)
    pt = random.exponential(20, counts.sum()).astype(np.float32)
    return {
        "met": random.exponential(30, entries),
        "run": np.full(entries, seed, np.int32),
        "Muon_pt": ak.unflatten(pt, counts),
        "Muon_eta": ak.unflatten(random.normal(0, 1, counts.sum()), counts),
        "vertex": random.normal(0, 1, (entries, 3)),
    }


def write_tree(path: Path, columns: dict[str, Any], *, tree: str = "Events", basket: int = BASKET) -> Path:
    """Write columns as a TTree, a basket of each every so many entries."""
    with uproot.recreate(path) as file:
        append_tree(file, columns, tree, basket)
    return path


def append_tree(file: Any, columns: dict[str, Any], tree: str, basket: int = BASKET) -> None:
    """Add a TTree to a file that is being written."""
    entries = len(next(iter(columns.values())))
    written = file.mktree(tree, {name: _type(values) for name, values in columns.items()})
    for start in range(0, entries, basket):
        written.extend({name: values[start : start + basket] for name, values in columns.items()})


def _type(values: Any) -> Any:
    return values.type.content if isinstance(values, ak.Array) else np.dtype((values.dtype, values.shape[1:]))
