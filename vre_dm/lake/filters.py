"""Typed metadata filters: `year>=2017 simulated=false`, or `year__ge=2017, simulated=False` from Python."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from operator import eq, ge, gt, le, lt, ne

from vre_dm.did import shown
from vre_dm.errors import InvalidFilter
from vre_dm.lake.tables import clean

KINDS = ("number", "text", "date", "boolean")
"""Kinds of values that can be compared."""
Value = bool | int | float | str | date | datetime


class Operator(StrEnum):
    """How a metadata value is compared."""

    EQ = "="
    NE = "!="
    GE = ">="
    LE = "<="
    GT = ">"
    LT = "<"


_COMPARE = {
    Operator.EQ: eq, Operator.NE: ne, Operator.GE: ge, Operator.LE: le, Operator.GT: gt, Operator.LT: lt
}  # fmt: skip
_SUFFIX = {"eq": "=", "ne": "!=", "ge": ">=", "gte": ">=", "le": "<=", "lte": "<=", "gt": ">", "lt": "<"}
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_CONDITION = re.compile(
    r"""\s*(?:and\s+|,\s*)?
    (?P<key>[A-Za-z_][A-Za-z0-9_]*)\s*
    (?P<operator>>=|<=|!=|==|=|>|<)\s*
    (?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'<>=!,]+))(?=[\s,]|$)""",
    re.VERBOSE,
)
_TURNED = re.compile(r"\s*\w+\s*(=[<>])")  # => for >=
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?")
_LARGEST = 1e300


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a metadata key with a value.

    Parameters
    ----------
    key
        Metadata key, an identifier.
    operator
        Comparison. Texts and booleans know ``=`` and ``!=`` only; see `ordered`.
    value
        Number, text (``*`` stands for any characters), boolean, date or datetime (UTC unless it says).
    place
        Which of several texts said it, from 0, for the error that it leads to.

    Raises
    ------
    InvalidFilter
        The key is no identifier, or the number is too large.
    """

    key: str
    operator: Operator
    value: Value
    place: int | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key) or self.key in {"True", "False", "None"}:
            msg = f"{shown(self.key)} is no metadata key; keys are letters, digits and _"
            raise self.wrong(msg)
        if isinstance(self.value, float | int) and not (
            math.isfinite(self.value) and abs(self.value) < _LARGEST
        ):
            msg = f"{self.key}: {self.value} is too large to compare with"
            raise self.wrong(msg)

    @property
    def kind(self) -> str:
        """Type of the value: ``boolean``, ``number``, ``date`` or ``text``."""
        return kind_of(self.value)

    @property
    def ordered(self) -> bool:
        """Whether values of this kind can be compared like this; a search says what the lake holds if not."""
        return self.kind not in {"text", "boolean"} or self.operator in {Operator.EQ, Operator.NE}

    def wrong(self, why: str) -> InvalidFilter:
        """Error that this condition is to blame for."""
        return InvalidFilter(why, field="where", index=self.place)

    def matches(self, metadata: Mapping[str, object]) -> bool:
        """Whether a dataset's metadata fulfil the condition; without the key they never do."""
        present = metadata.get(self.key)
        if present is None:
            return False
        if isinstance(self.value, str):
            fits = isinstance(present, str) and fnmatchcase(present, _literal(self.value))
            return fits is (self.operator is Operator.EQ)
        ours = _comparable(present, self.kind)
        if ours is None:
            return self.operator is Operator.NE
        if isinstance(ours, date) and isinstance(self.value, date):
            return _date_fits(ours, self.operator, self.value)
        return bool(_COMPARE[self.operator](ours, self.value))

    def __str__(self) -> str:
        value = str(self.value).lower() if isinstance(self.value, bool) else str(self.value)
        return f"{self.key}{self.operator}" + (f'"{value}"' if isinstance(self.value, str) else value)


def parse(expression: str, place: int | None = None) -> list[Condition]:
    """Read an expression such as ``year>=2017 technique="direct detection" mass=10..100``.

    Conditions stand side by side (or with ``and`` or a comma between) and all must hold. Unquoted ``true``
    and ``false`` are booleans, ``2017`` and ``1e-45`` numbers, ``2020-01-31`` and ``2020-01-31T12:00`` dates,
    ``a..b`` a range with both ends; everything else, and whatever is quoted, is text.

    Parameters
    ----------
    expression
        The conditions.
    place
        Which of several expressions this is, from 0, for errors.

    Raises
    ------
    InvalidFilter
        A part cannot be read; the text shows which.
    """
    conditions: list[Condition] = []
    position, end = 0, len(expression.rstrip())
    while position < end:
        match = _CONDITION.match(expression, position)
        if match is None:
            rest = shown(expression[position:].strip())
            form = _TURNED.match(expression, position)
            step = f"write {form[1][::-1]}" if form else 'write key>=value or key="text"'
            msg = f"the filter cannot be read at {rest}; {step}"
            raise InvalidFilter(msg, field="where", index=place)
        conditions += _conditions(match, place)
        position = match.end()
    return conditions


def from_keywords(keywords: Mapping[str, object]) -> list[Condition]:
    """Read keyword arguments such as ``year__ge=2017, simulated=False, mass=(10, 100)``.

    Raises
    ------
    InvalidFilter
        A suffix is unknown or a value has a type that metadata cannot have.
    """
    conditions: list[Condition] = []
    for word, value in keywords.items():
        key, _, suffix = word.partition("__")
        if suffix and suffix not in _SUFFIX:
            msg = f"{shown(word)}: no comparison is called {shown(suffix)}; use one of {', '.join(_SUFFIX)}"
            raise InvalidFilter(msg)
        if isinstance(value, tuple) and len(value) == 2 and not suffix:
            conditions += _range(key, _value(key, value[0]), _value(key, value[1]))
        else:
            conditions.append(Condition(key, Operator(_SUFFIX[suffix or "eq"]), _value(key, value)))
    return conditions


def kind_of(value: object) -> str:
    """Type name of a metadata value as filters see it."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, date):
        return "date"
    return "text" if isinstance(value, str) else type(value).__name__


def stored_kind(value: object) -> str:
    """Type name of a value as metadata store it: a date is a text there."""
    return "date" if isinstance(value, str) and read_date(value) else kind_of(value)


def read_date(text: str) -> date | datetime | None:
    """ISO date or datetime (then in UTC) that a text holds, or ``None``."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return (
            in_utc(datetime.fromisoformat(text))
            if len(text) > len("2020-01-01")
            else date.fromisoformat(text)
        )
    except ValueError:
        return None


def in_utc(when: datetime) -> datetime:
    """Give a datetime with a zone: UTC is meant where none is said."""
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


def _conditions(match: re.Match[str], place: int | None) -> Iterable[Condition]:
    key, operator = match["key"], Operator(match["operator"].replace("==", "="))
    bare = match["bare"]
    if bare is None:
        text = match["double"] if match["double"] is not None else match["single"]
        return [Condition(key, operator, text, place)]
    low, dots, high = bare.partition("..")
    if dots and low and high and operator is Operator.EQ:
        return _range(key, _read(low), _read(high), place)
    return [Condition(key, operator, _read(bare), place)]


def _range(key: str, low: Value, high: Value, place: int | None = None) -> list[Condition]:
    ends = [Condition(key, Operator.GE, low, place), Condition(key, Operator.LE, high, place)]
    if kind_of(low) != kind_of(high) or kind_of(low) not in {"number", "date"}:
        msg = (
            f"{clean(key)}: a range goes between two numbers or two dates, not {clean(low)} and {clean(high)}"
        )
        raise ends[0].wrong(msg)
    return ends


def _read(word: str) -> Value:
    if word.lower() in {"true", "false"}:
        return word.lower() == "true"
    if _NUMBER.fullmatch(word):
        return int(word) if word.lstrip("+-").isdecimal() and len(word) < 20 else float(word)
    return read_date(word) or word


def _value(key: str, value: object) -> Value:
    if isinstance(value, datetime):
        return in_utc(value)
    if hasattr(value, "item") and not isinstance(value, str):  # a NumPy scalar
        value = value.item()
    if isinstance(value, bool | int | float | str | date):
        return value
    name = type(value).__name__
    msg = f"{clean(key)}: cannot compare with a {name}; use a number, text, boolean, date or range"
    raise InvalidFilter(msg)


def _comparable(present: object, kind: str) -> bool | float | date | None:
    """Give a stored value in the type of the condition, or ``None`` when it has another one."""
    if kind == "boolean":
        return present if isinstance(present, bool) else None
    if kind == "date":
        return (
            present if isinstance(present, date) else read_date(present) if isinstance(present, str) else None
        )
    if isinstance(present, bool) or not isinstance(present, int | float | str):
        return None
    try:
        return float(present)
    except ValueError:
        return None


def _date_fits(ours: date, operator: Operator, wanted: date) -> bool:
    if not isinstance(wanted, datetime) or not isinstance(ours, datetime):
        # A day stands for all its hours.
        ours = ours.date() if isinstance(ours, datetime) else ours
        wanted = wanted.date() if isinstance(wanted, datetime) else wanted
    return bool(_COMPARE[operator](ours, wanted))


def _literal(pattern: str) -> str:
    """Pattern in which only ``*`` is special, for `fnmatchcase`."""
    return pattern.replace("[", "[[]").replace("?", "[?]")
