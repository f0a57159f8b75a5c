"""A curve's record as flat names and scalars, for formats that have room for remarks of one's own.

``reference.arxiv``, ``provenance.inputs.0``, ``assumptions.halo`` … as in the sidecar; unknowns are left out.
"""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import UNKNOWN
from vre_dm.limits.sidecar import Record, to_record

Scalar = str | float | int
OWN = {"path", "format", "mediatype", "encoding", "hash", "schema", "interpolation"}
"""What belongs to the pair of files and not to the curve."""
COLUMN = "column"
"""What a line without a header is, where it is not the limit."""
_NAME = re.compile(r"[a-z_]+(\.\w+){0,2}\Z", re.ASCII)


def _empty() -> Record:
    columns = (mass_column([1.0]), limit_column([1.0], "sigma_SI"))
    whole = to_record(Curve(id="", experiment=UNKNOWN, quantity="sigma_SI", columns=columns, label=" "))
    stated = {key: value for key, value in whole.items() if key not in OWN}
    return {**stated, "title": "", "quantity": ""}


EMPTY = _empty()
"""A record that states nothing."""


def facts(curve: Curve) -> dict[str, Scalar]:
    """All that a curve's record states, but its numbers."""
    record = {key: value for key, value in to_record(curve).items() if key not in OWN}
    return {
        name: value for name, value in _flat(record, "") if value is not None and value != _DEFAULTS.get(name)
    }


def of_line(curve: Curve) -> dict[str, Scalar]:
    """The facts, and the name of the second column for formats that have no header."""
    stem = curve.columns[1].stem
    return {**facts(curve), **({COLUMN: stem} if stem != "limit" else {})}


def _flat(value: Any, name: str) -> Iterator[tuple[str, Scalar]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(item, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _flat(item, f"{name}.{index}")
    else:
        yield name, value


_DEFAULTS = {name: value for name, value in _flat(EMPTY, "") if value in ("", UNKNOWN)}


def record(stated: Mapping[str, Any]) -> Record:
    """A whole record from flat facts; names that no record has are left out.

    Whether the values make sense is for the schema to say.
    """
    whole = copy.deepcopy(EMPTY)
    for name, value in stated.items():
        if _NAME.match(name) and name.split(".")[0] in EMPTY:
            _put(whole, name.split("."), value)
    return whole


def _put(whole: Record, parts: list[str], value: Any) -> None:
    """Set one value; lists and objects that are not there yet grow with the first fact about them."""
    place: Any = whole
    for part, after in zip(parts, [*parts[1:], None], strict=True):
        at: Any = int(part) if isinstance(place, list) and part.isdecimal() else part
        if isinstance(place, list) and (not isinstance(at, int) or at > len(place)):
            return
        if isinstance(place, list) and at == len(place):
            place.append(None)
        if after is None:
            place[at] = value
            return
        if isinstance(place, dict) and at not in place:
            return
        if place[at] is None:
            place[at] = {}
        place = place[at]
        if not isinstance(place, dict | list):
            return


def whole(stated: Mapping[str, Any]) -> bool:
    """Tell whether facts are a record as `facts` gives it; then what it leaves out is unknown."""
    return "name" in stated and "quantity" in stated


def to_text(value: Scalar) -> str:
    """One fact in one line, for formats that know text only."""
    return json.dumps(value, ensure_ascii=True)


def from_text(text: str) -> Scalar:
    """The fact that `to_text` wrote; other text is taken as it stands."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, str | float | int) and not isinstance(value, bool) else text
