"""Says conditions in the words of Rucio's filter engine, and which of them must be checked again afterwards.

The engine guesses types from text, rewrites "true" inside words, casts a whole scope to the type asked for
and cannot mix catalogue columns with free metadata. So each condition becomes a filter that never misses a
dataset, and where that filter can let too many through it is listed in `Compiled.again`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from vre_dm.lake.filters import Condition, Operator, in_utc, kind_of, read_date
from vre_dm.lake.tables import clean

# Catalogue columns that Rucio can filter on, by the type of their values.
_TEXTS = "project datatype stream_name prod_step version campaign provenance phys_group md5 adler32 guid"
_NUMBERS = "bytes length events run_number task_id panda_id lumiblocknr access_cnt"
_DATES = "created_at accessed_at closed_at expired_at eol_at deleted_at"
_BOOLEANS = "hidden is_new purge_replicas transient is_archive constituent"
COLUMNS: dict[str, str] = {
    key: kind
    for kind, keys in (("text", _TEXTS), ("number", _NUMBERS), ("date", _DATES), ("boolean", _BOOLEANS))
    for key in keys.split()
}
# Friendlier names of columns.
ALIASES = {"created": "created_at", "size": "bytes"}
_WORDS = {Operator.EQ: "", Operator.NE: ".ne", Operator.GE: ".gte", Operator.LE: ".lte"}
_WORDS |= {Operator.GT: ".gt", Operator.LT: ".lt"}
_LOWEST: dict[str, object] = {"number": -(2**62), "text": "", "date": "0001-01-01T00:00:00", "boolean": False}
_INTEGERS = 2**62
# Text that the engine leaves as it is: it starts like a word and holds nothing special.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 .,:;()_*-]*")
_LITERALS = {"None", "True", "False", "set()"}
_REWRITTEN = re.compile(r"true|TRUE|false|FALSE")


@dataclass
class Compiled:
    """Filters for Rucio.

    Attributes
    ----------
    columns, free
        Filters on catalogue columns and on free metadata: two calls, whose answers must be intersected.
    again
        Conditions to check on the metadata of what was found.
    conditions
        All of them, with the catalogue's names and types.
    """

    columns: dict[str, object] = field(default_factory=dict)
    free: dict[str, object] = field(default_factory=dict)
    again: list[Condition] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)


def compiled(conditions: Iterable[Condition]) -> Compiled:
    """Say conditions to Rucio.

    Raises
    ------
    InvalidFilter
        A catalogue column is compared with a value of another type.
    """
    result = Compiled()
    for condition in conditions:
        stored = _as_stored(condition)
        result.conditions.append(stored)
        (_column if stored.key in COLUMNS else _free)(stored, result)
    return result


def guarded(text: str) -> tuple[str, bool]:
    """Text that Rucio's engine compares as text, and whether it finds the same as the original would.

    Where the engine would read something else into it (a number, a date, a boolean), ``*`` is put in, which
    finds more.
    """
    safe = _REWRITTEN.sub(lambda found: f"{found[0][0]}*{found[0][-1]}", text)
    safe = re.sub(r"[\\%]", "*", safe)
    if safe != text or not _PLAIN.fullmatch(safe) or safe in _LITERALS or safe.endswith("UTC"):
        return safe + "*", False
    return text, True


def _as_stored(condition: Condition) -> Condition:
    """Condition with the catalogue's name of the key and type of the value."""
    key = ALIASES.get(condition.key, condition.key)
    kind, value = COLUMNS.get(key), condition.value
    if kind == "date" and isinstance(value, str):
        value = read_date(value) or value
    if kind and kind_of(value) != kind:
        form = "; write 2020-01-01" if kind == "date" else ""
        msg = f"{clean(condition)}: {condition.key} is a {kind}, not a {condition.kind}{form}"
        raise condition.wrong(msg)
    return replace(condition, key=key, value=value)


def _column(condition: Condition, result: Compiled) -> None:
    key, kind, value = condition.key, COLUMNS[condition.key], condition.value
    if isinstance(value, date):
        _put_all(_days(condition, value), result.columns, condition, result)
    elif isinstance(value, str):
        _text(condition, result.columns, result)
    else:
        if kind == "number" and not (float(value).is_integer() and abs(value) < _INTEGERS):
            msg = f"{clean(condition)}: {key} is a whole number"
            raise condition.wrong(msg)
        number = value if kind == "boolean" else int(value)
        _put_all({key + _WORDS[condition.operator]: number}, result.columns, condition, result)
    if condition.operator is Operator.NE:
        # Rucio lets empty columns pass a "!=" but not a ">=": a dataset without the key never matches.
        result.columns.setdefault(f"{key}.gte", _LOWEST[kind])


def _free(condition: Condition, result: Compiled) -> None:
    key, value = condition.key, condition.value
    if isinstance(value, date):
        # Stored as text, perhaps with a time, perhaps as something else: found by text, then checked.
        result.again.append(condition)
        result.free.setdefault(key, "*")
    elif isinstance(value, str):
        _text(condition, result.free, result)
    else:
        _put_all({key + _WORDS[condition.operator]: value}, result.free, condition, result)


def _text(condition: Condition, filters: dict[str, object], result: Compiled) -> None:
    safe, exact = guarded(str(condition.value))
    if exact:
        _put_all({condition.key + _WORDS[condition.operator]: safe}, filters, condition, result)
        return
    result.again.append(condition)
    if condition.operator is Operator.EQ:
        _put_all({condition.key: safe}, filters, condition, result)
    else:
        filters.setdefault(condition.key, "*")


def _put_all(
    new: dict[str, object], filters: dict[str, object], condition: Condition, result: Compiled
) -> None:
    """Add filters; of two on the same key and operator Rucio takes one, the other is checked afterwards."""
    for key, value in new.items():
        if filters.setdefault(key, value) != value:
            result.again.append(condition)


def _days(condition: Condition, value: date) -> dict[str, object]:
    """Say a condition on a date column; a day stands for all its hours."""
    key, operator = condition.key, condition.operator
    if isinstance(value, datetime):
        return {key + _WORDS[operator]: _stamp(value)}
    start = datetime(value.year, value.month, value.day, tzinfo=UTC)
    try:
        end = _stamp(start + timedelta(days=1))
    except OverflowError:
        msg = f"{key}: {value} is too far in the future"
        raise condition.wrong(msg) from None
    if operator is Operator.NE:
        msg = f"{key}!={value}: dates of the catalogue can be compared with =, <, <=, > and >="
        raise condition.wrong(msg)
    said: dict[Operator, dict[str, object]] = {
        Operator.EQ: {f"{key}.gte": _stamp(start), f"{key}.lt": end},
        Operator.GE: {f"{key}.gte": _stamp(start)},
        Operator.GT: {f"{key}.gte": end},
        Operator.LE: {f"{key}.lt": end},
        Operator.LT: {f"{key}.lt": _stamp(start)},
    }
    return said[operator]


def _stamp(when: datetime) -> str:
    return in_utc(when).strftime("%Y-%m-%dT%H:%M:%S")
