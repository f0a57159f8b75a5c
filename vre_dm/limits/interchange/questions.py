"""The three questions of a bare table: which of them a file leaves open, and which answers would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange import conversion, units
from vre_dm.limits.interchange.answers import Answers, answers
from vre_dm.limits.quantities import QUANTITIES, Quantity, quantity
from vre_dm.limits.spelling import require

if TYPE_CHECKING:
    from vre_dm.limits.interchange.draft import Draft


@dataclass(frozen=True, slots=True)
class Question:
    """One of the things that a table of bare numbers cannot say.

    Attributes
    ----------
    text
        The question.
    answers
        Keywords of `read` that answer it.
    """

    text: str
    answers: tuple[str, ...]


QUESTIONS = (
    Question("Which quantity do the numbers limit?", ("quantity",)),
    Question("In which units are the masses and the limits?", ("x_unit", "y_unit")),
    Question("Which experiment is it, and where is it published?", ("experiment", "reference")),
)


def left_open(draft: Draft, said: Answers) -> list[Question]:
    """Questions without whose answer there is no curve."""
    missing = {
        "quantity": limited(draft, said) is None,
        "x_unit": not (said.x_unit or draft.columns[0].unit),
        "y_unit": not (said.y_unit or all(column.unit for column in draft.columns[1:])),
        "experiment": draft.bare and not (said.experiment or draft.facts.get("experiment")),
    }
    return [question for question in QUESTIONS if any(missing.get(name) for name in question.answers)]


def limited(draft: Draft, said: Answers) -> Quantity | None:
    """What the numbers limit: as the user says, as the file says, or the only one of such a unit."""
    stated = said.quantity or draft.facts.get("quantity")
    fits = [str(stated)] if stated else fitting(draft, said)
    return quantity(fits[0]) if len(fits) == 1 else None


def fitting(draft: Draft, said: Answers) -> list[str]:
    """Quantities that can have the unit of the limits; none when the unit is not known."""
    text = said.y_unit or draft.columns[-1].unit
    return [name for name, known in QUANTITIES.items() if text and units.converts(text, known.unit)]


def answered(draft: Draft, said: Answers) -> Quantity:
    """What the numbers limit, when nothing is open.

    Raises
    ------
    InvalidCurve
        Something is; all of it is named at once, not one thing after the other.
    """
    asked, known = left_open(draft, said), limited(draft, said)
    if known is not None and not asked:
        return known
    texts = [f"{question.text} ({' '.join(f'{name}=' for name in question.answers)})" for question in asked]
    if known is None:
        texts.append(f"Quantities are {', '.join(fitting(draft, said) or QUANTITIES)}.")
    msg = f"{draft.where} leaves open: {' '.join(texts)}"
    raise InvalidCurve(msg)


def read_of(draft: Draft, name: str) -> str:
    """What the file itself answers, or nothing."""
    if name in {"x_unit", "y_unit"}:
        return draft.columns[0 if name == "x_unit" else 1].unit
    if name == "reference":
        arxiv = f"{draft.facts.get('reference.arxiv', '')}{draft.facts.get('reference.arxiv_version', '')}"
        return arxiv or str(draft.facts.get("reference.doi", ""))
    return str(draft.facts.get(name, ""))


def with_answer(draft: Draft, said: Answers, name: str, value: object) -> Answers:
    """The answers and one more.

    Raises
    ------
    InvalidCurve
        It is no answer, or the numbers contradict it.
    """
    more = answers({**said.given, name: value})
    of = limited(draft, more)
    if name == "channel" and of is not None:
        require(value, of.channels, "channel")
    if name == "x_unit":
        units.power(str(value), "GeV", draft.where)
    if name in {"quantity", "y_unit"} and of is not None and (text := more.y_unit or draft.columns[1].unit):
        units.power(text, of.unit, draft.where)
    if of is not None and not {*left_open(draft, more)} & {*QUESTIONS[:2]}:
        conversion.points(draft, of, more, [])
    return more
