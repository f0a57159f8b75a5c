"""A curve as a pair of files: the CSV of its numbers and the JSON sidecar that says what they mean.

The sidecar is a Frictionless data resource (``name``, ``path``, ``hash``, ``licenses``, ``schema.fields``)
with the fields of `vre_dm.limits.catalogue.schema.json` added.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from vre_dm.errors import InvalidCurve
from vre_dm.limits.column import Column
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import UNKNOWN, Assumptions, Headline, Provenance, Reference, Scaling, Validity

Record = dict[str, Any]


def to_record(curve: Curve) -> Record:
    """Everything but the numbers, ready for JSON."""
    return {
        "name": curve.id,
        "path": f"{curve.id}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "hash": f"sha256:{curve.sha256}",
        "licenses": [{"name": curve.licence}],
        "schema": {"fields": [{"name": c.name, "type": "number", "unit": c.unit} for c in curve.columns]},
        "title": curve.label,
        "experiment": curve.experiment,
        "year": curve.year,
        "quantity": curve.quantity,
        "channel": curve.channel,
        "kind": curve.kind,
        "geometry": curve.geometry,
        "interpolation": "loglog",
        "cl": curve.cl,
        "statistic": curve.statistic,
        "reference": asdict(curve.reference),
        "provenance": {**asdict(curve.provenance), "inputs": list(curve.provenance.inputs)},
        "assumptions": dict(curve.assumptions),
        "validity": asdict(curve.validity) if curve.validity else None,
        "scalings": [asdict(scaling) for scaling in curve.scalings],
        "supersedes": curve.supersedes,
        "supersedes_reason": curve.supersedes_reason,
        "erratum": curve.erratum,
        "headline": asdict(curve.headline) if curve.headline else None,
        "notes": curve.notes,
    }


def to_json(record: Record) -> str:
    """A record as the sidecar holds it."""
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"


def from_record(record: Record, csv: str, where: str) -> Curve:
    """Build the curve of a record that passed the schema.

    Parameters
    ----------
    record
        A sidecar.
    csv
        Text of the numbers.
    where
        File name for messages.

    Raises
    ------
    InvalidCurve
        The CSV cannot be read, or its header is not the one the sidecar describes.
    """
    provenance = {**record["provenance"], "inputs": tuple(record["provenance"]["inputs"])}
    return Curve(
        id=record["name"],
        label=record["title"],
        experiment=record["experiment"],
        year=record["year"],
        quantity=record["quantity"],
        channel=record["channel"],
        kind=record["kind"],
        geometry=record["geometry"],
        columns=parse_columns(csv, record["schema"]["fields"], where),
        cl=record["cl"],
        statistic=record["statistic"],
        reference=Reference(**record["reference"]),
        provenance=Provenance(**provenance),
        assumptions=Assumptions(record["assumptions"]),
        validity=Validity(**record["validity"]) if record["validity"] else None,
        scalings=tuple(Scaling(**scaling) for scaling in record["scalings"]),
        licence=record["licenses"][0]["name"] if record["licenses"] else UNKNOWN,
        supersedes=record["supersedes"],
        supersedes_reason=record.get("supersedes_reason", ""),
        erratum=record["erratum"],
        headline=Headline(**record["headline"]) if record["headline"] else None,
        notes=record["notes"],
    )


def parse_columns(csv: str, fields: list[dict[str, str]], where: str) -> tuple[Column, ...]:
    """Read CSV text into columns; every cell must be a number.

    Raises
    ------
    InvalidCurve
        The header differs from the fields, a row has another length, or a cell is no number.
    """
    header, *lines = csv.splitlines() or [""]
    names = [field["name"] for field in fields]
    if header.split(",") != names:
        msg = f"{where}: header {header[:80]!r} is not the sidecar's {','.join(names)!r}"
        raise InvalidCurve(msg, check="header")
    table = np.array(_cells(lines, names, where), dtype=np.float64).reshape(len(lines), len(names))
    return tuple(Column(f["name"], f["unit"], table[:, i]) for i, f in enumerate(fields))


def _cells(lines: list[str], names: list[str], where: str) -> list[float]:
    """All numbers row by row: in one go where the text is sound, line by line to say where it is not."""
    text = ",".join(lines)
    if {line.count(",") for line in lines} <= {len(names) - 1} and _is_common(text):
        try:
            return list(map(float, text.split(","))) if lines else []
        except ValueError:
            pass
    rows = (_row(line, names, where, number) for number, line in enumerate(lines, start=1))
    return [value for row in rows for value in row]


def _row(line: str, names: list[str], where: str, number: int) -> list[float]:
    cells = line.split(",")
    if len(cells) != len(names):
        msg = f"{where} row {number}: {len(cells)} cells where the header has {len(names)}"
        raise InvalidCurve(msg, check="column count", row=number)
    for cell, name in zip(cells, names, strict=True):
        if not _is_number(cell):
            msg = f"{where} row {number}, column {name}: {cell[:40]!r} is not a number"
            raise InvalidCurve(msg, check="number", row=number, column=name)
    return [float(cell) for cell in cells]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return _is_common(cell)


def _is_common(text: str) -> bool:
    """Whether other readers see what Python sees, which also takes ``1_0`` and digits of any script."""
    return text.isascii() and "_" not in text
