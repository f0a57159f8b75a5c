"""Metadata of a dataset before it is registered: checked against the schema that the shipped data fulfil."""

import json
import math
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from vre_dm.errors import InvalidUpload
from vre_dm.lake.metadata import BOOKKEEPING
from vre_dm.lake.tables import clean, plural

_SHOWN = 4  # faults in one message
LARGEST = 200_000
"""Bytes of the metadata as JSON; a catalogue is no place for data."""
_CATALOGUES = BOOKKEEPING | {"lifetime", "expired_at", "created_at", "project", "datatype", "run_number"}


def checked(metadata: Mapping[str, Any], *, complete: bool = True) -> dict[str, Any]:
    """Metadata as they will be registered.

    Parameters
    ----------
    metadata
        ``title``, ``experiment``, ``technique``, ``arxiv`` and ``licence`` are needed (``unknown`` where a
        source does not say); the ``year`` is a number, left out where it is unknown; ``columns`` is a list
        of ``name``, ``unit`` (``1`` for a ratio, empty for texts) and ``description``; ``embargo_until`` an
        ISO date. Other keys hold texts, numbers, booleans or lists.
    complete
        Whether the needed keys must all be there; not where they are compared with those of a dataset.

    Raises
    ------
    InvalidUpload
        A key is missing, kept by the catalogue for itself, or has a value of the wrong kind.
    """
    values = {str(key): _plain(key, value) for key, value in metadata.items()}
    taken = sorted(_CATALOGUES & values.keys())
    if taken:
        msg = f"metadata {taken[0]}: the catalogue keeps that key for itself; choose another"
        raise InvalidUpload(msg, field=f"metadata.{taken[0]}")
    if faults := _faults(values, complete=complete):
        told = list(dict.fromkeys(map(_told, faults)))
        more = f"; and {plural(len(told) - _SHOWN, 'more fault')}" if len(told) > _SHOWN else ""
        msg = f"metadata {'; '.join(told[:_SHOWN])}{more}"
        raise InvalidUpload(msg, field=_field(faults[0]))
    if len(json.dumps(values)) > LARGEST:
        msg = f"the metadata take more than {LARGEST} bytes; put the data into a file of the dataset"
        raise InvalidUpload(msg, field="metadata")
    return values


def parsed(texts: Iterable[str]) -> dict[str, Any]:
    """Metadata of ``key=value`` texts: what the schema calls a text stays one, the rest is JSON where it can.

    Raises
    ------
    InvalidUpload
        A text has no ``=``, or a key comes twice.
    """
    found: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key or key in found:
            msg = f"metadata {clean(ascii(text))}: write each key once, as key=value"
            raise InvalidUpload(msg)
        found[key] = value if _is_text(key) else _read(value)
    return found


def from_file(path: Path) -> dict[str, Any]:
    """Metadata of a JSON file.

    Raises
    ------
    InvalidUpload
        It cannot be read, or is no JSON object.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or error
        msg = (
            f"the metadata file {clean(path, None)} cannot be read: {clean(why)}; it must be one JSON object"
        )
        raise InvalidUpload(msg) from error
    if not isinstance(found, dict):
        msg = f'the metadata file {clean(path, None)} holds no JSON object; write {{"title": "…", …}}'
        raise InvalidUpload(msg)
    return found


def difference(wanted: Mapping[str, Any], registered: Mapping[str, Any]) -> str:
    """Say the first key that is registered otherwise; empty where all wanted are as registered."""
    for key, value in wanted.items():
        there = registered.get(key)
        if there != value or type(there) is not type(value):
            return f"{key} is {clean(ascii(there), 40)}, not {clean(ascii(value), 40)}"
    return ""


@cache
def schema() -> dict[str, Any]:
    """JSON Schema of the metadata; shared by all who ask, not to be changed."""
    read: dict[str, Any] = json.loads(Path(__file__).with_name("schema.json").read_text(encoding="utf-8"))
    return read


def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema(), format_checker=FormatChecker(["date"]))


def _faults(values: dict[str, Any], *, complete: bool) -> list[ValidationError]:
    every = sorted(_validator().iter_errors(values), key=lambda fault: [str(step) for step in fault.path])
    return [fault for fault in every if complete or fault.validator != "required" or fault.absolute_path]


def _is_text(key: str) -> bool:
    rules = schema()["properties"].get(key, {})
    return bool(rules.get("type") == "string" or rules.get("$ref") == "#/$defs/text")


def _read(value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _plain(key: object, value: Any) -> Any:
    """Value as JSON has it; dates become ISO dates, and what JSON has no word for is refused."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        value = list(value)
    if isinstance(value, float) and not math.isfinite(value):
        msg = f"metadata {clean(ascii(key))}: {value} is no number that a catalogue can keep; leave it out"
        raise InvalidUpload(msg, field=f"metadata.{key}")
    if isinstance(value, Mapping):
        return {str(name): _plain(key, inner) for name, inner in value.items()}
    return [_plain(key, inner) for inner in value] if isinstance(value, list) else value


def _field(fault: ValidationError) -> str:
    """Where in the metadata it is: ``metadata.columns.1.unit``."""
    missing = _missing(fault)[:1] if fault.validator == "required" else []
    return ".".join(["metadata", *map(str, fault.absolute_path), *missing])


def _missing(fault: ValidationError) -> list[str]:
    needed = cast("dict[str, Any]", fault.schema)["required"]
    return [key for key in needed if key not in cast("dict[str, Any]", fault.instance)]


def _told(fault: ValidationError) -> str:
    """Say a fault in words of a user."""
    where = clean(".".join(str(step) for step in fault.absolute_path), 60)
    if fault.validator == "required":
        return f"{where + ': ' if where else ''}{', '.join(_missing(fault))} missing"
    if "propertyNames" in fault.schema_path:
        return f"{clean(ascii(fault.instance), 60)}: a key is a word like exposure_tonne_year"
    if fault.validator in {"pattern", "format"}:
        return f"{where}: {clean(ascii(fault.instance), 60)} is not {_SPELLING.get(where, 'a text')}"
    if fault.validator == "type" and str(fault.validator_value) in _KINDS:
        return f"{where}: {clean(ascii(fault.instance), 60)} is not {_KINDS[str(fault.validator_value)]}"
    return f"{where}: {clean(fault.message, 120)}"


_KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
    "boolean": "true or false",
    "array": "a list",
}
_SPELLING = {
    "arxiv": "an arXiv number such as 1907.11485, or unknown",
    "arxiv_version": "a version such as v2, or unknown",
    "doi": "a DOI such as 10.1103/PhysRevLett.123.251801, or unknown",
    "embargo_until": "a date such as 2030-01-31",
}
