"""What a reader found in a file, before anybody was asked what the file does not say."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import InvalidCurve

T = TypeVar("T")
MOST_CURVES = 500
"""In one file; the largest record seen has some dozens."""


@dataclass(slots=True)
class RawColumn:
    """A column as the file has it; an empty unit is one that the file does not state."""

    stem: str
    unit: str
    values: NDArray[np.float64]


def two_columns(table: NDArray[np.float64], mass_unit: str, limit_unit: str) -> list[RawColumn]:
    """Columns of masses and limits, from an array of shape (rows, 2)."""
    return [RawColumn("m", mass_unit, table[:, 0]), RawColumn("limit", limit_unit, table[:, 1])]


@dataclass(slots=True, kw_only=True)
class Draft:
    """One curve as a reader found it.

    Attributes
    ----------
    where
        File, and place in it, for messages.
    id
        Proposal for the identifier.
    columns
        Masses first.
    facts
        What the file states, by the names of `facts.record`.
    treatment
        What was changed on the way, in sentence parts.
    rows
        Row in the file of each point.
    repeats
        Whether this format's files are known to repeat whole rows, so that a repeated one may go.
    bare
        Whether the file is numbers only, so that the user is asked whose they are.
    """

    where: str
    id: str
    columns: list[RawColumn]
    facts: dict[str, Any] = field(default_factory=dict)
    treatment: list[str] = field(default_factory=list)
    rows: Sequence[int] = ()
    repeats: bool = False
    bare: bool = False

    def __post_init__(self) -> None:
        self.facts = {name: value for name, value in self.facts.items() if value not in (None, "")}
        if not self.rows:
            self.rows = range(1, len(self.columns[0].values) + 1)


Found = Sequence[Draft | InvalidCurve]
"""The curves of a file in its order; in place of one that cannot be read, why not."""


def each(parts: Sequence[T], read: Callable[[T], Found], where: str) -> Found:
    """Read the parts of a file apart, so that a bad one does not cost the others."""
    require_few(len(parts), where)
    found: list[Draft | InvalidCurve] = []
    for part in parts:
        try:
            found += read(part)
        except InvalidCurve as error:
            found.append(error)
    return found


def require_few(count: int, where: str) -> None:
    """Refuse more curves than any file of limits has.

    Raises
    ------
    InvalidCurve
        There are more than `MOST_CURVES`.
    """
    if count > MOST_CURVES:
        msg = f"{where} holds {count} curves, more than {MOST_CURVES}; split it"
        raise InvalidCurve(msg)


def stem(text: str) -> str:
    """A column name that the catalogue allows, as near to the text as can be."""
    bare = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")[:50]
    return bare if bare[:1].isalpha() else f"c_{bare}".rstrip("_")
