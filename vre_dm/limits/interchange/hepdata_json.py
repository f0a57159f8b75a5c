"""A table in the JSON that hepdata.net gives for download."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange import json_text
from vre_dm.limits.interchange.hepdata_table import Table, Variable
from vre_dm.limits.interchange.source import Source

_HEADER = re.compile(r"(?P<name>.*?)\s*\[(?P<unit>[^\[\]]*)\]\s*\Z", re.DOTALL)

LONGEST_HEAD, MOST_COLUMNS = 300, 500
"""No table has more, and the work grows with their squares."""


def recognises(source: Source) -> bool:
    """Tell whether the file is a JSON object with headers and values."""
    return json_text.keys(source) >= {"headers", "values"}


def tables(source: Source) -> list[Callable[[], Table]]:
    """How to read the one table of the file."""
    return [partial(_table, source)]


def _table(source: Source) -> Table:
    """The table.

    Raises
    ------
    InvalidCurve
        A row has another number of cells than the header.
    """
    record = json_text.load(source)
    heads = [_head(head, source.name) for head in _dicts(record.get("headers"), f"{source.name} headers")]
    names = [head for head in heads for _ in range(head[2])]
    rows = _dicts(record.get("values"), f"{source.name} values")
    cells = [[*_dicts(row.get("x"), "x"), *_dicts(row.get("y"), "y")] for row in rows]
    count = record.get("x_count", 1)
    _require_shape(cells, count, len(names), source.name)
    variables = [
        Variable(name, unit, [row[i].get("value") for row in cells])
        for i, (name, unit, _) in enumerate(names)
    ]
    for place, variable in enumerate(variables[count:]):
        variable.qualifiers = _qualifiers(record.get("qualifiers"), place)
        variable.errors = [_errors(row[count + place]) for row in cells]
    text = {key: value for key, value in record.items() if isinstance(value, str)}
    return Table(
        where=source.name,
        id=source.stem,
        independents=variables[:count],
        dependents=variables[count:],
        name=text.get("name", ""),
        description=text.get("description", ""),
        location=text.get("location", ""),
        doi=text.get("doi", ""),
    )


def _require_shape(cells: list[list[dict[str, Any]]], count: Any, columns: int, where: str) -> None:
    if columns > MOST_COLUMNS:
        msg = f"{where}: {columns} columns; a table of limits has at most {MOST_COLUMNS}"
        raise InvalidCurve(msg)
    for place, row in enumerate(cells, start=1):
        if len(row) != columns:
            msg = f"{where} row {place}: {len(row)} cells where the headers have {columns}"
            raise InvalidCurve(msg)
    if not isinstance(count, int) or not 0 < count < columns:
        msg = f"{where}: x_count is no number of masses among {columns} columns"
        raise InvalidCurve(msg)


def _dicts(value: Any, where: str) -> list[dict[str, Any]]:
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    msg = f"{where}: not a list of objects, as HEPData writes it"
    raise InvalidCurve(msg)


def _head(head: dict[str, Any], where: str) -> tuple[str, str, int]:
    text, span = str(head.get("name", "")), head.get("colspan", 1)
    if len(text) > LONGEST_HEAD:
        msg = f"{where}: header {text[:40]!r}… has {len(text)} letters, at most {LONGEST_HEAD} are read"
        raise InvalidCurve(msg)
    match = _HEADER.match(text)
    name, unit = (match["name"], match["unit"]) if match else (text, "")
    return name, unit or "1", span if isinstance(span, int) and 0 < span < 200 else 1


def _qualifiers(value: Any, place: int) -> dict[str, Any]:
    """Qualifiers whose group spans the column at this place."""
    found = {}
    for name, groups in value.items() if isinstance(value, dict) else ():
        for group in groups if isinstance(groups, list) else ():
            first, span = group.get("group", 0), group.get("colspan", 1)
            if isinstance(first, int) and isinstance(span, int) and first <= place < first + span:
                found[str(name)] = group.get("value", "")
    return found


def _errors(cell: dict[str, Any]) -> list[dict[str, Any]]:
    errors = cell.get("errors")
    listed = errors if isinstance(errors, list) else []
    return [error for error in listed if isinstance(error, dict) and not error.get("hide")]
