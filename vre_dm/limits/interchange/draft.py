"""What a reader found in a file, and the one way from there to a `Curve` that can be trusted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import InvalidCurve
from vre_dm.limits.checks import check_record
from vre_dm.limits.column import Column
from vre_dm.limits.curve import Curve
from vre_dm.limits.interchange import facts as flat
from vre_dm.limits.interchange import shape, units
from vre_dm.limits.interchange.answers import QUESTIONS, Answers
from vre_dm.limits.quantities import QUANTITIES, Quantity, header, quantity
from vre_dm.limits.sidecar import from_record, to_record

LONG = {"notes": 2000, "supersedes": 2000, "erratum": 2000, "provenance.treatment": 2000, "channel": 60}
TEXT = 300
"""Lengths that the schema allows; a longer text of a source is cut, visibly."""


@dataclass(slots=True)
class RawColumn:
    """A column as the file has it; an empty unit is one that the file does not state."""

    stem: str
    unit: str
    values: NDArray[np.float64]


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
        if not self.rows:
            self.rows = range(1, len(self.columns[0].values) + 1)


def curve_of(draft: Draft, answers: Answers) -> Curve:
    """Put a draft and the user's answers together.

    Raises
    ------
    InvalidCurve
        A question stays open, or the numbers make no limit curve.
    """
    changes = list(draft.treatment)
    stated = {name: value for name, value in draft.facts.items() if value not in (None, "")}
    changes += _contradictions(stated, answers.facts)
    stated |= answers.facts
    if len(draft.columns) == 2 and flat.COLUMN in stated:
        draft.columns[1].stem = str(stated[flat.COLUMN])
    if "quantity" not in stated and len(fitting := _fitting(draft, answers)) == 1:
        stated["quantity"] = fitting[0]
    _require_answered(draft, stated, answers)
    limited = quantity(str(stated["quantity"]))
    points = _points(draft, limited, answers, changes)
    points, stated["geometry"] = shape.order(points, stated.get("geometry"), limited, changes)
    stated["name"] = slug(str(stated.get("name", draft.id)))
    said = str(stated.get("provenance.treatment", ""))
    stated["provenance.treatment"] = "; ".join([said, *changes] if said else changes)
    return _curve(points, stated, draft.where)


def slug(text: str) -> str:
    """An identifier that the catalogue allows, as near to the text as can be."""
    return re.sub(r"[^a-z0-9_.-]+", "_", text.casefold()).lstrip("_.-")[:80] or "curve"


def stem(text: str) -> str:
    """A column name that the catalogue allows, as near to the text as can be."""
    bare = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")[:50]
    return bare if bare[:1].isalpha() else f"c_{bare}".rstrip("_")


def _contradictions(stated: dict[str, Any], said: dict[str, Any]) -> list[str]:
    return [
        f"{name} {value!r} is the user's, the file says {stated[name]!r}"[:200]
        for name, value in said.items()
        if name not in {"name", "title"} and stated.get(name, value) != value
    ]


def _require_answered(draft: Draft, stated: dict[str, Any], answers: Answers) -> None:
    """Ask all that is open at once, not one thing after the other."""
    silent = {
        "quantity": "quantity" not in stated,
        "x_unit": not (answers.x_unit or draft.columns[0].unit),
        "y_unit": not (answers.y_unit or all(column.unit for column in draft.columns[1:])),
        "experiment": draft.bare and "experiment" not in stated,
    }
    asked = [
        f"{question.text} ({' '.join(f'{name}=' for name in question.answers)})"
        for question in QUESTIONS
        if any(silent.get(name) for name in question.answers)
    ]
    if asked:
        words = ", ".join(_fitting(draft, answers) or QUANTITIES)
        choice = f" Quantities are {words}." if silent["quantity"] else ""
        msg = f"{draft.where} leaves open: {' '.join(asked)}{choice}"
        raise InvalidCurve(msg)


def _fitting(draft: Draft, answers: Answers) -> list[str]:
    """Quantities that can have the unit of the limits."""
    text = answers.y_unit or draft.columns[-1].unit
    return [name for name, known in QUANTITIES.items() if text and units.converts(text, known.unit)]


def _points(draft: Draft, limited: Quantity, answers: Answers, changes: list[str]) -> shape.Points:
    """Columns in the units of the catalogue; every number positive and of a magnitude that makes sense."""
    converted = []
    grid = draft.facts.get("geometry") == "grid"
    for place, column in enumerate(draft.columns):
        masses = place == 0 or (grid and place == 1) or (place > 1 and _is_parameter(column, limited))
        said = answers.x_unit if masses else answers.y_unit
        wanted = "GeV" if masses else limited.unit
        where = f"{draft.where}, column {column.stem}"
        by = units.power(said or column.unit, wanted, where)
        if said and column.unit and units.unit(said) != units.unit(column.unit):
            changes.append(f"unit {said} of {column.stem} is the user's, the file says {column.unit}"[:200])
        if by:
            changes.append(f"{column.stem} from {units.unit(said or column.unit)} to {wanted}")
        name = header(stem(column.stem), wanted)
        converted.append(Column(name, wanted, units.shifted(column.values, by)))
    points = shape.Points(converted, list(draft.rows), draft.where, draft.repeats)
    shape.require_positive(points)
    shape.require_magnitude(points, limited)
    return points


def _is_parameter(column: RawColumn, limited: Quantity) -> bool:
    return units.is_mass(column.unit) and limited.unit != "GeV"


def _curve(points: shape.Points, stated: dict[str, Any], where: str) -> Curve:
    short = {name: _clip(value, LONG.get(name, TEXT)) for name, value in stated.items()}
    record = flat.record(short)
    limited = quantity(record["quantity"])
    if record["channel"] and limited.channels and record["channel"] not in limited.channels:
        words = ", ".join(limited.channels)
        msg = f"{where}: channel {str(record['channel'])[:40]!r} is none of {words}; say channel="
        raise InvalidCurve(msg)
    bare = Curve(
        id=record["name"], experiment="unknown", quantity=limited.name, columns=tuple(points.columns)
    )
    own = to_record(bare)
    complete = {**own, **record, **{name: own[name] for name in flat.OWN}}
    complete["title"] = record["title"] or own["title"].replace("unknown", str(record["experiment"])[:TEXT])
    check_record(complete, where)
    return from_record(complete, bare.csv, where)


def _clip(value: Any, longest: int) -> Any:
    if isinstance(value, str) and len(value) > longest:
        return value[: longest - 1] + "…"
    return value
