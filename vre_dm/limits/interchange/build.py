"""The one way from a draft and the user's answers to a `Curve` that can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vre_dm.errors import InvalidCurve
from vre_dm.limits.checks import check_record
from vre_dm.limits.curve import Curve
from vre_dm.limits.interchange import conversion, questions, shape
from vre_dm.limits.interchange import facts as flat
from vre_dm.limits.metadata import UNKNOWN
from vre_dm.limits.quantities import quantity
from vre_dm.limits.sidecar import from_record, to_record
from vre_dm.limits.slug import slug

if TYPE_CHECKING:
    from vre_dm.limits.interchange.answers import Answers
    from vre_dm.limits.interchange.draft import Draft

LONG = {"notes": 2000, "supersedes": 2000, "erratum": 2000, "provenance.treatment": 2000, "channel": 60}
TEXT = 300
"""Lengths that the schema allows; a longer text of a source is cut, visibly."""


def curve_of(draft: Draft, answers: Answers) -> Curve:
    """Put a draft and the user's answers together.

    Raises
    ------
    InvalidCurve
        A question stays open, or the numbers make no limit curve.
    """
    changes = [*draft.treatment, *_contradictions(draft.facts, answers.facts)]
    stated = draft.facts | answers.facts
    if len(draft.columns) == 2 and flat.COLUMN in stated:
        draft.columns[1].stem = str(stated[flat.COLUMN])
    limited = questions.answered(draft, answers)
    points = conversion.points(draft, limited, answers, changes)
    points, stated["geometry"] = shape.order(points, stated.get("geometry"), limited, changes)
    stated["quantity"] = limited.name
    if limited.channels and not flat.whole(draft.facts):
        stated.setdefault("channel", UNKNOWN)
    stated["name"] = slug(str(stated.get("name", draft.id)))
    said = str(stated.get("provenance.treatment", ""))
    stated["provenance.treatment"] = "; ".join([said, *changes] if said else changes)
    return _curve(points, stated, draft.where)


def _contradictions(stated: dict[str, Any], said: dict[str, Any]) -> list[str]:
    return [
        f"{name} {value!r} is the user's, the file says {stated[name]!r}"[:200]
        for name, value in said.items()
        if name not in {"name", "title"} and stated.get(name, value) != value
    ]


def _curve(points: shape.Points, stated: dict[str, Any], where: str) -> Curve:
    short = {name: _clip(value, LONG.get(name, TEXT)) for name, value in stated.items()}
    record = flat.record(short)
    limited = quantity(record["quantity"])
    if limited.channels and record["channel"] not in ("", UNKNOWN, *limited.channels):
        words = ", ".join(limited.channels)
        msg = f"{where}: channel {str(record['channel'])[:40]!r} is none of {words}; say channel="
        raise InvalidCurve(msg)
    bare = Curve(
        id=record["name"], experiment="unknown", quantity=limited.name, columns=tuple(points.columns)
    )
    own = to_record(bare)
    complete = {**own, **record, **{name: own[name] for name in flat.OWN}}
    complete["title"] = record["title"] or f"{record['experiment']} {record['year'] or ''}".strip()[:TEXT]
    check_record(complete, where)
    return from_record(complete, bare.csv, where)


def _clip(value: Any, longest: int) -> Any:
    if isinstance(value, str) and len(value) > longest:
        return value[: longest - 1] + "…"
    return value
