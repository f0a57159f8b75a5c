"""Writes the seed folder: every file, then ``registry.json`` with sizes, checksums and metadata."""

import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

from builders.seed.formats import LABELS, place
from builders.seed.model import Dataset, File, Source

VERSION = 3
SEED = Path(__file__).parents[2] / "vre_dm" / "sandbox" / "seed"


def file_entry(dataset: Dataset, file: File, path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {
        "scope": dataset.scope,
        "name": file.name,
        "path": f"{dataset.scope}/{file.name}",
        "bytes": len(content),
        "adler32": f"{zlib.adler32(content):08x}",
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "metadata": file.metadata
        | own_columns(dataset, file)
        | {"format": LABELS[path.suffix], "rows": rows(file)},
    }


def rows(file: File) -> int:
    return 1 if file.name.endswith((".fits", ".json")) else len(file.columns[0].values)


def shared_columns(dataset: Dataset) -> list[dict[str, str]]:
    """Columns of a dataset; where its files mean different things by one name, the entry says so."""
    docs: dict[str, dict[str, str]] = {}
    for column in (column for file in dataset.files for column in file.columns):
        known = docs.setdefault(column.name, column.doc)
        if known["unit"] != column.unit:
            docs[column.name] = known | {"unit": "stated by each file", "description": "stated by each file"}
        elif known["description"] != column.description:
            docs[column.name] = known | {"description": "stated by each file"}
    return list(docs.values())


def own_columns(dataset: Dataset, file: File) -> dict[str, Any]:
    """Columns of one file, empty when the dataset's entry already says all."""
    docs = [column.doc for column in file.columns]
    return {} if not docs or docs == shared_columns(dataset) else {"columns": docs}


def dataset_entry(dataset: Dataset) -> dict[str, Any]:
    return {
        "scope": dataset.scope,
        "name": dataset.name,
        "files": [file.name for file in dataset.files],
        "rses": list(dataset.rses),
        "metadata": dataset.metadata | {"columns": shared_columns(dataset)},
    }


def build(sources: list[Source], seed: Path = SEED) -> list[str]:
    """Write every file and the registry into ``seed``; names of the files whose bytes changed."""
    changed, entries = [], []
    for source in sources:
        for dataset, file in source.files():
            path = seed / "files" / dataset.scope / file.name
            if place(path, file, dataset.record(file)):
                changed.append(f"{dataset.scope}/{file.name}")
            entries.append(file_entry(dataset, file, path))
    remove_others(seed / "files", {entry["path"] for entry in entries})
    registry = {
        "version": VERSION,
        "scopes": {scope: text for source in sources for scope, text in source.scopes.items()},
        "files": entries,
        "datasets": [dataset_entry(dataset) for source in sources for dataset in source.datasets],
        "containers": [
            {"scope": c.scope, "name": c.name, "children": list(c.children), "metadata": c.metadata}
            for source in sources
            for c in source.containers
        ],
    }
    temporary = seed / ".registry.json"
    temporary.write_text(json.dumps(registry, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(seed / "registry.json")
    return changed


def remove_others(folder: Path, wanted: set[str]) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in wanted:
            path.unlink()
