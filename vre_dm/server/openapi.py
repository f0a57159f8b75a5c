"""The OpenAPI document of the routes, put together of one file a resource; bodies are checked against it."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from vre_dm import __version__

_FOLDER = Path(__file__).with_name("openapi")
_HEAD = "document.yaml"


@cache
def document() -> dict[str, Any]:
    """All routes and their schemas.

    Returns
    -------
    dict
        Shared by all who ask: not to be changed.
    """
    whole: dict[str, Any] = _read(_FOLDER / _HEAD)
    whole["info"]["version"] = __version__
    for path in sorted(_FOLDER.glob("*.yaml")):
        if path.name != _HEAD:
            part = _read(path)
            whole["paths"] |= part["paths"]
            for kind in ("schemas", "parameters"):
                whole["components"][kind] |= part.get(kind, {})
    return whole


@cache
def validator(schema: str) -> jsonschema.Draft202012Validator:
    """Check of a document against one of the schemas."""
    root = copy.copy(document())
    return jsonschema.Draft202012Validator(root | {"$ref": f"#/components/schemas/{schema}"})


def sentence(fault: jsonschema.ValidationError) -> str:
    """What is wrong, without all that was said."""
    if fault.validator == "maxItems" and isinstance(fault.instance, list):
        return f"{len(fault.instance)} are too many; at most {fault.validator_value} can be said at once"
    return fault.message[:300]


def _read(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read
