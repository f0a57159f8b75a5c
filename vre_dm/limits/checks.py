"""The checks that every curve passes before anyone sees it; each finds one kind of mistake by its name."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.curve import Curve
from vre_dm.limits.quantities import header, quantity

PERMISSIVE = frozenset({"BSD-3-Clause", "MIT", "Apache-2.0", "CC0-1.0", "CC-BY-4.0"})
BANDS = ("sensitivity_m2sigma", "sensitivity_m1sigma", "median", "sensitivity_p1sigma", "sensitivity_p2sigma")
"""Stems of the columns of a sensitivity band, from below."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What a check found in a curve."""

    check: str
    curve: str
    text: str

    def __str__(self) -> str:
        return f"curve {self.curve} fails the check {self.check!r}: {self.text}"


def check(curve: Curve) -> list[Problem]:
    """Run every check on one curve; an empty list means that it is fit for the catalogue."""
    return [Problem(name, curve.id, text) for name, find in CHECKS.items() for text in find(curve)]


def check_record(record: Any, where: str) -> None:
    """Hold a sidecar against the JSON Schema.

    Raises
    ------
    InvalidCurve
        With the file, the path inside it and what is wrong.
    """
    # Imported late: with format checkers installed the import alone takes a second.
    from jsonschema.exceptions import best_match

    error = best_match(_validator().iter_errors(record))
    if error is not None:
        place = "/".join(str(part) for part in error.absolute_path) or "top level"
        msg = f"{where} fails the check 'schema' at {place}: {error.message[:200]}"
        raise InvalidCurve(msg)


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    text = (files("vre_dm.limits.catalogue") / "schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))


def _finite_positive(curve: Curve) -> Iterator[str]:
    for column in curve.columns:
        bad = np.flatnonzero(~(np.isfinite(column.values) & (column.values > 0)))
        if bad.size:
            value = column.values[bad[0]]
            yield f"column {column.name}, row {bad[0] + 1}: {value} is not a positive finite number"


def _monotonic_mass(curve: Curve) -> Iterator[str]:
    if curve.geometry != "line":
        return
    bad = np.flatnonzero(~(np.diff(curve.x) > 0))
    if bad.size:
        row = bad[0] + 2
        yield f"row {row}: mass {curve.x[row - 1]:g} does not rise above {curve.x[row - 2]:g}"


def _magnitude(curve: Curve) -> Iterator[str]:
    known = quantity(curve.quantity)
    for column in curve.columns[1:]:
        if column.unit != known.unit:
            continue
        outside = np.flatnonzero((column.values < known.low) | (column.values > known.high))
        if outside.size:
            row = outside[0] + 1
            yield (
                f"column {column.name}, row {row}: {column.values[row - 1]:g} is outside "
                f"{known.low:g} to {known.high:g} {known.unit} of {known.name}; wrong unit or sentinel?"
            )


def _header_unit(curve: Curve) -> Iterator[str]:
    for column in curve.columns:
        if column.name != header(column.stem, column.unit) or not column.stem:
            yield f"header {column.name} does not end in the sidecar's unit {column.unit}"


def _quantity_unit(curve: Curve) -> Iterator[str]:
    unit = quantity(curve.quantity).unit
    first, *others = (column.unit for column in curve.columns)
    # A grid has a second mass before its values, and a mass may follow as the parameter of a contour.
    if first != "GeV" or unit not in others or not {*others} <= {unit, "GeV"}:
        yield f"units {', '.join((first, *others))} where {curve.quantity} needs GeV and then {unit}"


def _bands_ordered(curve: Curve) -> Iterator[str]:
    present = [c for stem in BANDS for c in curve.columns if c.stem == stem]
    for low, high in pairwise(present):
        bad = np.flatnonzero(low.values > high.values * (1 + 1e-6))
        if bad.size:
            yield f"row {bad[0] + 1}: {low.name} lies above {high.name}"


def _licence(curve: Curve) -> Iterator[str]:
    if curve.licence not in PERMISSIVE:
        yield f"licence {curve.licence!r} is not one of {', '.join(sorted(PERMISSIVE))}"


def _headline(curve: Curve) -> Iterator[str]:
    point = curve.headline
    if point is None:
        return
    try:
        ours = float(curve.at(point.x))
    except (OutOfRange, InvalidCurve) as error:
        yield str(error)
        return
    if not abs(ours / point.value - 1) <= point.rtol:
        yield f"{ours:g} at {point.x:g}, but {point.source} says {point.value:g} (within {point.rtol:.0%})"


def _doubled_numbers(curves: Sequence[Curve]) -> Iterator[Problem]:
    seen: dict[str, Curve] = {}
    for curve in curves:
        twin = seen.setdefault(curve.sha256, curve)
        if twin is not curve:
            text = f"the same numbers as {twin.id} ({twin.quantity})"
            yield Problem("equal numbers", curve.id, text)


def check_together(curves: Sequence[Curve]) -> list[Problem]:
    """Find what only shows when curves are seen side by side: the same numbers twice."""
    return list(_doubled_numbers(curves))


CHECKS: dict[str, Callable[[Curve], Iterator[str]]] = {
    "positive finite values": _finite_positive,
    "monotonic mass": _monotonic_mass,
    "magnitude": _magnitude,
    "header unit": _header_unit,
    "unit of the quantity": _quantity_unit,
    "bands ordered": _bands_ordered,
    "licence": _licence,
    "headline": _headline,
}
