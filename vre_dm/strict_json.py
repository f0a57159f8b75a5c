"""JSON with numbers that JSON has: Python's reader lets NaN and infinities in, which no answer can hold."""

import json
import math
from typing import Any


def loads(text: str | bytes) -> Any:
    """Read JSON.

    Raises
    ------
    ValueError
        It is none, is no UTF-8, or says a number that is not finite, such as ``NaN`` or ``1e999``.
    RecursionError
        It is nested too deeply.
    """
    return json.loads(text, parse_constant=_refused, parse_float=_finite)


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _refused(digits)


def _refused(said: str) -> float:
    msg = f"{said[:40]} is no number in JSON"
    raise ValueError(msg)
