"""TOML in and out, with one trap of the field mended: BibTeX in a string that reads backslashes."""

import math
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from vre_dm.errors import InvalidCurve

LONGEST, LARGEST = 5000, 1_000_000
"""Letters of a line and of a file; a key of thousands of parts takes the square of their number."""
_QUOTED = re.compile(r'"""(.*?)"""', re.DOTALL)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def load(text: str, where: str) -> tuple[dict[str, Any], bool]:
    """The table, and whether its multi-line strings had to be taken literally.

    Raises
    ------
    InvalidCurve
        It is no TOML, even so, or it or a line is longer than any list of limits.
    """
    if len(text) > LARGEST:
        msg = f"{where} has more than {LARGEST} letters; a list of limits never has"
        raise InvalidCurve(msg)
    if number := next((i for i, line in enumerate(text.splitlines(), start=1) if len(line) > LONGEST), 0):
        msg = f"{where} row {number}: more than {LONGEST} letters in a line; a table of limits has none such"
        raise InvalidCurve(msg)
    literal = _QUOTED.sub(lambda match: _literal(match[0]), text)
    for mended, attempt in ((False, text), (True, literal)):
        try:
            return tomllib.loads(attempt), mended
        except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
            reason = str(error)
    msg = f"{where} is not TOML: {reason[:200]}"
    raise InvalidCurve(msg)


def _literal(quoted: str) -> str:
    """The same string in quotes that keep a backslash as it is."""
    return quoted if "'''" in quoted else f"'''{quoted[3:-3]}'''"


def dump(sections: Mapping[str, Mapping[str, Any]]) -> str:
    """TOML of tables that hold text, numbers and lists of text."""
    lines = []
    for name, table in sections.items():
        lines.append(f"[{_string(name)}]")
        lines += [f"{_string(key)} = {_value(value)}" for key, value in table.items()]
        lines.append("")
    return "\n".join(lines)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, int | float) and math.isfinite(value):
        return repr(value)
    return _string(str(value))


def _string(text: str) -> str:
    escaped = "".join(_ESCAPES.get(char, char) for char in text)
    return '"' + _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", escaped) + '"'
