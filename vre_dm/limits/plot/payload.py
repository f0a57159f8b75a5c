"""The model as it travels, in notebooks and pages: the same plot with numbers no longer than they mean."""

from __future__ import annotations

import json
from collections.abc import Iterable

from vre_dm.limits.plot.model import Line, Model
from vre_dm.limits.plot.regions import Band

# More digits than any source states; the 17 of a float would double the size of what is saved.
FORMAT = "%.10g"


def payload(model: Model) -> Model:
    """Copy a model with its numbers to ten digits."""
    return {**model, "curves": [_line(line) for line in model["curves"]]}


def embedded(model: Model) -> str:
    """JSON that cannot end the element it stands in, and is one line."""
    text = json.dumps(payload(model), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _line(line: Line) -> Line:
    band = line["band"]
    return {**line, "x": _short(line["x"]), "y": _short(line["y"]), "band": _band(band) if band else None}


def _band(band: Band) -> Band:
    return {**band, "x": _short(band["x"]), "low": _short(band["low"]), "high": _short(band["high"])}


def _short(numbers: Iterable[float]) -> list[float]:
    return [float(FORMAT % number) for number in numbers]
