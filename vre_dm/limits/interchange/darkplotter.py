"""JSON of odadoun/DarkPlotter: one limit on σ of nucleons a file, numbers as text. Read only."""

import json
from typing import Any

from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange import json_text, numbers, statements
from vre_dm.limits.interchange.draft import Draft, two_columns
from vre_dm.limits.interchange.source import Source

SPACES = {"SI": "sigma_SI", "SDn": "sigma_SDn", "SDp": "sigma_SDp"}
KEYS = {"parameters-space", "x", "y"}


def recognises(source: Source) -> bool:
    """Tell whether the file is a JSON object with a parameter space and two lists."""
    return json_text.keys(source) >= KEYS


def read(source: Source) -> list[Draft]:
    """Read one curve.

    Raises
    ------
    InvalidCurve
        The lists differ in length, or a cell is no number.
    """
    record = json_text.load(source)
    x, y = (_list(record.get(axis), f"{source.name} {axis}") for axis in "xy")
    if len(x) != len(y):
        msg = f"{source.name}: {len(x)} masses and {len(y)} limits"
        raise InvalidCurve(msg)
    pairs = enumerate(zip(x, y, strict=True), start=1)
    values = numbers.table(pairs, ("m", "limit"), source.name)
    columns = two_columns(values, str(record.get("x-units", "")), str(record.get("y-units", "")))
    return [Draft(where=source.name, id=source.stem, columns=columns, facts=_facts(record))]


def _list(value: Any, where: str) -> list[Any]:
    """A list, also one that was written into a text."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    if isinstance(value, list):
        return value
    msg = f"{where}: not a list of numbers"
    raise InvalidCurve(msg)


def _facts(record: dict[str, Any]) -> dict[str, Any]:
    said = {key: value for key, value in record.items() if isinstance(value, str)}
    text = f"{said.get('label', '')} {said.get('comment', '')}"
    return {
        "quantity": SPACES.get(said.get("parameters-space", ""), ""),
        "experiment": said.get("experiment", "") or said.get("collaboration", ""),
        "title": statements.plain(said.get("label", "")),
        "kind": statements.kind(said.get("comment", "")) or "observed",
        **statements.confidence(text),
        **{k: v for k, v in statements.bibtex(said.get("bibtex", "")).items() if k == "year"},
        **statements.reference(f"{said.get('arxiv', '')} {said.get('doi', '')}"),
        "notes": said.get("comment", ""),
    }
