"""ROOT through uproot: a TTree ``events`` and a TObjString ``metadata`` with the record and the units.

uproot stamps the clock into each key and offers no way to set it, so equal content does not give equal bytes;
the file's UUID is made from its name.
"""

import json
import uuid
from pathlib import Path

import numpy as np
import uproot

from builders.seed.model import File, Metadata


def write(path: Path, file: File, metadata: Metadata) -> None:
    columns = {column.name: column.values for column in file.columns}
    units = ", ".join(
        f"{column.name} [{column.unit}]" for column in file.columns if column.unit not in ("", "1")
    )
    identity = uuid.uuid5(uuid.NAMESPACE_URL, file.name)
    with uproot.recreate(path, compression=uproot.ZLIB(9), uuid_function=lambda: identity) as out:
        tree = out.mktree(
            "events",
            {name: values.dtype for name, values in columns.items()},
            title=f"{metadata['title']}; units: {units}",
        )
        tree.extend(columns)
        docs = [column.doc for column in file.columns]
        out["metadata"] = json.dumps({"columns": docs, "metadata": metadata}, ensure_ascii=False)


def read(path: Path) -> tuple[dict[str, np.ndarray], list[dict[str, str]], Metadata]:
    with uproot.open(path) as opened:
        arrays = opened["events"].arrays(library="np")
        described = json.loads(str(opened["metadata"]))
    return {str(name): values for name, values in arrays.items()}, described["columns"], described["metadata"]
