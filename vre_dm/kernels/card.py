"""The card of a profile: what it promises, each promise with one line of code that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from vre_dm.errors import InvalidProfile
from vre_dm.kernels.schema import require

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "about", "promises"],
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 60},
        "about": {"type": "string", "minLength": 1, "maxLength": 400},
        "promises": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["package", "version", "kernel", "proof"],
                "properties": {
                    "package": {"type": "string", "minLength": 1},
                    "version": {"type": "string", "minLength": 1},
                    "kernel": {"type": "string", "minLength": 1},
                    "proof": {"type": "string", "pattern": r"^[^\n]+$", "description": "one line"},
                },
            },
        },
    },
}


@dataclass(frozen=True, slots=True)
class Promise:
    """A package that is there and works.

    Attributes
    ----------
    package, version
        As the lock has them.
    kernel
        Folder of the kernel that it is promised for.
    proof
        One line of code that fails where it is not so; a cell of the smoke notebook has it and nothing else.
    """

    package: str
    version: str
    kernel: str
    proof: str


@dataclass(frozen=True, slots=True)
class Card:
    """What a profile is, in its author's words.

    Attributes
    ----------
    title
        Some words, for a list.
    about
        A sentence or two.
    promises
        At least one.
    """

    title: str
    about: str
    promises: tuple[Promise, ...]


def read_card(path: Path) -> Card:
    """Read a card.

    Raises
    ------
    InvalidProfile
        It is not there, no YAML, or has other keys than a card; the text names the first one.
    """
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        msg = f"{path} cannot be read: {' '.join(str(error).split())}"
        raise InvalidProfile(msg) from error
    require(said, SCHEMA, path)
    promises = tuple(
        Promise(**{key: value.strip() for key, value in each.items()}) for each in said["promises"]
    )
    return Card(said["title"], " ".join(said["about"].split()), promises)
