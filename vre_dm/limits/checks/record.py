"""The check of a sidecar's form: the JSON Schema of the catalogue."""

import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from vre_dm.errors import InvalidCurve

SIGNS = frozenset({"quantity", "experiment", "path", "hash"})
"""A JSON object with none of these was never meant as a sidecar."""


def check_record(record: Any, where: str) -> None:
    """Hold a sidecar against the JSON Schema.

    Raises
    ------
    InvalidCurve
        With the file, the path inside it and what is wrong.
    """
    # Imported late: with format checkers installed the import alone takes a second.
    from jsonschema.exceptions import best_match

    error = best_match(_validator().iter_errors(record))
    if error is not None:
        place = "/".join(str(part) for part in error.absolute_path) or "top level"
        msg = f"{where} fails the check 'schema' at {place}: {_words(error)[:200]}"
        raise InvalidCurve(msg, check="schema")


def _words(error: Any) -> str:
    """What a fault means to whoever wrote the file, where the schema's own words would not say it."""
    found, wanted = error.instance, error.schema
    if not error.absolute_path and not (isinstance(found, dict) and SIGNS & found.keys()):
        return "this is no sidecar of a limit curve: it names no quantity, experiment, table or checksum"
    if error.validator == "required":
        return f"lacks {', '.join(sorted(set(wanted['required']) - found.keys()))}"
    if error.validator == "additionalProperties":
        unknown = sorted(found.keys() - wanted["properties"].keys())
        return f"has {', '.join(map(repr, unknown))}, which no sidecar has"
    return str(error.message)


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    text = (files("vre_dm.limits.catalogue") / "schema.json").read_text(encoding="utf-8")
    numbers = Draft202012Validator.TYPE_CHECKER.redefine("number", _is_finite)
    strict: Any = extend(Draft202012Validator, {"pattern": _fits}, type_checker=numbers)  # type: ignore[no-untyped-call]
    return strict(json.loads(text))


def _is_finite(_: object, value: object) -> bool:
    """Whether this is a number; 1e400 is one in JSON, and an infinity in Python."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and abs(value) <= sys.float_info.max  # type: ignore[arg-type]


def _fits(_: object, pattern: str, value: object, __: object) -> Iterator[Any]:
    """Hold a text against a pattern as a whole: Python's ``$`` lets a line end pass."""
    from jsonschema.exceptions import ValidationError

    if isinstance(value, str) and not re.fullmatch(pattern, value):
        yield ValidationError(f"{value[:100]!r} does not match {pattern!r}")
