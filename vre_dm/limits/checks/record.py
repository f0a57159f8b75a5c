"""The check of a sidecar's form: the JSON Schema of the catalogue."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from vre_dm.errors import InvalidCurve


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
        msg = f"{where} fails the check 'schema' at {place}: {error.message[:200]}"
        raise InvalidCurve(msg, check="schema")


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    text = (files("vre_dm.limits.catalogue") / "schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))
