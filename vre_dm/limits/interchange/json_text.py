"""JSON objects of unknown origin."""

import json
from typing import Any

from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange.source import Source


def load(source: Source) -> dict[str, Any]:
    """The object that the file holds.

    Raises
    ------
    InvalidCurve
        The file holds no JSON, or no object.
    """
    try:
        found = json.loads(source.text)
    except (ValueError, RecursionError) as error:
        msg = f"{source.name} is not JSON: {str(error)[:200]}"
        raise InvalidCurve(msg) from None
    if not isinstance(found, dict):
        msg = f"{source.name} holds a JSON {type(found).__name__}, not an object"
        raise InvalidCurve(msg)
    return found


def keys(source: Source) -> set[str]:
    """Names in the object, none when the file is no JSON object."""
    if not source.text.lstrip().startswith("{"):
        return set()
    try:
        return set(load(source))
    except InvalidCurve:
        return set()
