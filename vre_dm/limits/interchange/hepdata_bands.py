"""Which variables of a HEPData table are one curve: observed limit, expectation and the bands about it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange import numbers, statements
from vre_dm.limits.interchange.draft import RawColumn
from vre_dm.limits.interchange.hepdata_table import Error, Variable

_LEVEL = re.compile(r"([12])\s*(?:s\.?\s?d|std|(?:\$?\\?sigma)|σ)", re.IGNORECASE)
_WORDS = re.compile(r"observed|expected|median|(\$?\\pm\$?|±|\+/-).*|\s", re.IGNORECASE)


def kind(variable: Variable) -> str:
    """What the header or a qualifier calls it; a limit that says nothing is an observed one."""
    text = " ".join([variable.name, *(f"{k} {v}" for k, v in variable.qualifiers.items())])
    return statements.kind(text) or "observed"


def says_kind(name: str, value: Any) -> bool:
    """Tell whether a qualifier only says what kind of limit it is."""
    return statements.kind(f"{name} {value}") is not None


def groups(variables: list[Variable]) -> list[list[Variable]]:
    """Variables that belong together, observed first; those that only look alike stay apart."""
    alike: dict[tuple[object, ...], list[Variable]] = {}
    for variable in variables:
        rest = tuple((k, str(v)) for k, v in variable.qualifiers.items() if not says_kind(k, v))
        alike.setdefault((variable.units, _WORDS.sub("", variable.name), rest), []).append(variable)
    found = []
    for group in alike.values():
        observed = [variable for variable in group if kind(variable) == "observed"]
        others = [variable for variable in group if kind(variable) != "observed"]
        together = len(observed) <= 1 and _same_centre(others)
        found += [[*observed, *others]] if together else [[variable] for variable in group]
    return found


def _same_centre(variables: list[Variable]) -> bool:
    """Tell whether all state the same central values, as one column for each band does."""
    return all([str(c) for c in v.cells] == [str(c) for c in variables[0].cells] for v in variables[1:])


def columns(group: list[Variable], rows: list[int], where: str, skipped: list[str]) -> list[RawColumn]:
    """Limit, median and bands of one group.

    Parameters
    ----------
    group
        As from `groups`.
    rows
        Positions of the rows to take.
    where
        File, for messages.
    skipped
        Grows by the errors that do not say what they are.
    """
    found: dict[str, RawColumn] = {}
    for variable in group:
        centre = "limit" if kind(variable) == "observed" else "median"
        values = variable.numbers(rows, where)
        found.setdefault(centre, RawColumn(centre, variable.units, values))
        for level, (low, high) in _bands(variable, rows, values, where, skipped).items():
            if centre == "median":
                found[f"sensitivity_m{level}sigma"] = RawColumn(
                    f"sensitivity_m{level}sigma", variable.units, low
                )
                found[f"sensitivity_p{level}sigma"] = RawColumn(
                    f"sensitivity_p{level}sigma", variable.units, high
                )
    return list(found.values())


def _bands(
    variable: Variable, rows: list[int], values: NDArray[np.float64], where: str, skipped: list[str]
) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Edges of the bands, by the number of standard deviations that their label states."""
    edges: dict[str, list[tuple[float, float]]] = {}
    for row, value in zip(rows, values.tolist(), strict=True):
        for error in variable.errors[row] if variable.errors else []:
            low, high = _spread(error, f"{where} row {row + 1}, errors of {variable.name[:60]}")
            match = _LEVEL.search(str(error.get("label", ""))) or _LEVEL.search(variable.name)
            if match:
                edges.setdefault(match[1], []).append((value + low, value + high))
            elif low or high:
                skipped.append("errors without a stated meaning left out")
    for level, pairs in edges.items():
        if len(pairs) != len(rows):
            msg = f"{where}: {variable.name[:60]} has {len(pairs)} errors of {level} s.d. in {len(rows)} rows"
            raise InvalidCurve(msg)
    return {
        level: (np.array([low for low, _ in pairs]), np.array([high for _, high in pairs]))
        for level, pairs in edges.items()
    }


def _spread(error: Error, where: str) -> tuple[float, float]:
    """Distances to the lower and the upper edge, whichever of plus and minus says which."""
    both = error.get("asymerror")
    if isinstance(both, dict):
        pair = [numbers.number(both.get(side), f"{where}, {side}") for side in ("minus", "plus")]
    else:
        size = numbers.number(error.get("symerror"), where)
        pair = [-size, size]
    return min(pair), max(pair)
