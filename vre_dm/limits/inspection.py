"""Every curve of a folder and every problem of each: what `vre-dm curves check` shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vre_dm.errors import InvalidCurve
from vre_dm.limits.catalogue.entry import parse, require_curves, sidecars_in
from vre_dm.limits.checks import check, check_licence, check_together
from vre_dm.limits.checks.problem import Problem
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.display import plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from vre_dm.limits.curve import Curve

NUMBERS = frozenset({"positive finite values", "monotonic mass", "magnitude"})
"""Checks that a curve must pass before it can be compared with another."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found in a folder.

    Attributes
    ----------
    curves
        Those that could be read, sound or not.
    problems
        In the order of the files; those of two curves together last.
    """

    curves: CurveSet
    problems: tuple[Problem, ...]

    @property
    def sound(self) -> bool:
        """Whether every curve may be used."""
        return not any(problem.grave for problem in self.problems)

    @property
    def usable(self) -> CurveSet:
        """Curves in which no grave problem was found."""
        broken = {problem.curve for problem in self.problems if problem.grave}
        return CurveSet(curve for curve in self.curves if curve.id not in broken)


def inspect(folder: Path, *, to_ship: bool = False, sealed: frozenset[str] = frozenset()) -> Inspection:
    """Read every curve of a folder and run every check, whatever is found on the way.

    Parameters
    ----------
    folder
        Holds pairs of ``<id>.csv`` and ``<id>.json``.
    to_ship
        Whether the curves are to be passed on, so that a licence that forbids it is grave.
    sealed
        SHA-256 of sidecars that are known to follow the schema.

    Raises
    ------
    InvalidCurve
        There is no such folder, or it holds no curve.
    """
    require_curves(folder)
    return _inspected(sidecars_in(folder), _without_sidecar(folder), to_ship=to_ship, sealed=sealed)


def inspect_file(path: Path) -> Inspection:
    """Look at one curve as `inspect` does at all of a folder.

    Parameters
    ----------
    path
        Either of its two files.

    Raises
    ------
    InvalidCurve
        It is neither a CSV nor a JSON file, or is not there.
    """
    if path.suffix not in {".csv", ".json"} or not path.is_file():
        msg = f"{plain(path.name)[:200]} is no curve; a curve is a CSV and a JSON file of one name"
        raise InvalidCurve(msg)
    sidecar = path.with_suffix(".json")
    if not sidecar.exists():
        return Inspection(CurveSet(), (_alone(path.stem),))
    return _inspected([sidecar], [])


def _inspected(
    sidecars: Iterable[Path],
    problems: list[Problem],
    *,
    to_ship: bool = False,
    sealed: frozenset[str] = frozenset(),
) -> Inspection:
    curves: list[Curve] = []
    for sidecar in sidecars:
        try:
            curve = parse(sidecar, sealed)
        except InvalidCurve as error:
            problems.append(_unreadable(sidecar.stem, error))
            continue
        curves.append(curve)
        problems += check(curve)
        problems += (replace(problem, grave=to_ship) for problem in check_licence(curve))
    broken = {problem.curve for problem in problems if problem.check in NUMBERS}
    problems += check_together([curve for curve in curves if curve.id not in broken])
    return Inspection(CurveSet(curves), tuple(problems))


def _without_sidecar(folder: Path) -> list[Problem]:
    described = {sidecar.stem for sidecar in sidecars_in(folder)}
    alone = sorted(path.stem for path in folder.glob("*.csv") if path.stem not in described)
    return [_alone(stem) for stem in alone]


def _alone(stem: str) -> Problem:
    text = "no JSON file beside it says what the numbers mean; `vre-dm curves new --numbers` makes one"
    return Problem("sidecar", stem, text)


def _unreadable(stem: str, error: InvalidCurve) -> Problem:
    """What an error says, without the file, the check and the place, which the problem has anyway."""
    text = re.sub(rf"^{re.escape(stem)}\.(csv|json)( fails the check '[^']*')?:? ?", "", str(error))
    if error.row:
        text = text.partition(": ")[2] or text
    return Problem(error.check or "record", stem, text, error.row, error.column)
