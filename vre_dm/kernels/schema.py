"""What the author of a profile writes, held against a schema; a flaw is said in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from vre_dm.errors import InvalidProfile

if TYPE_CHECKING:
    from jsonschema import ValidationError


def require(said: object, schema: dict[str, Any], path: Path) -> None:
    """Refuse a file that is not as its schema says.

    Parameters
    ----------
    said
        What is in it.
    path
        The file, for the text.

    Raises
    ------
    InvalidProfile
        It is not; the text has the first flaw and where it stands.
    """
    from jsonschema import Draft202012Validator

    for flaw in Draft202012Validator(schema).iter_errors(said):
        where = ".".join(str(part) for part in flaw.absolute_path) or "the file"
        msg = f"{path}: {where}: {_words(flaw)}"
        raise InvalidProfile(msg)


def _words(flaw: ValidationError) -> str:
    # YAML makes a number of 2.1, and of 2.10 the same one
    if flaw.validator_value == "string" and not isinstance(flaw.instance, list | dict):
        return f"{flaw.instance} is no text; put it in quotes"
    if flaw.validator == "pattern" and isinstance(flaw.schema, dict):
        return f"{flaw.instance!a:.200} is not {flaw.schema['description']}"
    return flaw.message[:300]
