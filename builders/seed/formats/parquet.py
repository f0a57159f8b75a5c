"""Parquet with zstd; units and descriptions are field metadata, the record is JSON under ``metadata``."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from builders.seed.model import Column, File, Metadata


def array(column: Column) -> pa.Array:
    if column.values.ndim == 2:
        return pa.FixedSizeListArray.from_arrays(pa.array(column.values.ravel()), column.values.shape[1])
    if column.values.dtype.kind == "U":
        return pa.array(column.values.tolist(), pa.string())
    return pa.array(column.values)


def write(path: Path, file: File, metadata: Metadata) -> None:
    arrays = [array(column) for column in file.columns]
    fields = [
        pa.field(column.name, values.type, metadata={"unit": column.unit, "description": column.description})
        for column, values in zip(file.columns, arrays, strict=True)
    ]
    schema = pa.schema(fields, metadata={"metadata": json.dumps(metadata, ensure_ascii=False)})
    table = pa.Table.from_arrays(arrays, schema=schema)
    pq.write_table(table, path, compression="zstd", compression_level=19, write_statistics=False)


def values(column: pa.ChunkedArray) -> np.ndarray:
    flat = column.combine_chunks()
    if pa.types.is_fixed_size_list(flat.type):
        return flat.flatten().to_numpy().reshape(len(flat), flat.type.list_size)
    if pa.types.is_string(flat.type):
        return np.array(flat.to_pylist())
    return flat.to_numpy(zero_copy_only=False)


def read(path: Path) -> tuple[dict[str, np.ndarray], list[dict[str, str]], Metadata]:
    table = pq.read_table(path)
    docs = [
        {"name": field.name} | {key: field.metadata[key.encode()].decode() for key in ("unit", "description")}
        for field in table.schema
    ]
    metadata = json.loads(table.schema.metadata[b"metadata"])
    return {name: values(table[name]) for name in table.column_names}, docs, metadata
