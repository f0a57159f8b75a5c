"""Curves out of a file of another tool: all of them, or those that can be read and why not the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

from vre_dm.errors import InvalidCurve
from vre_dm.limits.column import Column
from vre_dm.limits.curve import Curve
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.interchange import hepdata_yaml, questions, shape
from vre_dm.limits.interchange.answers import Answers, answers
from vre_dm.limits.interchange.build import curve_of
from vre_dm.limits.interchange.draft import Draft, require_few
from vre_dm.limits.interchange.formats import FORMATS, recognised
from vre_dm.limits.interchange.source import Source, is_folder
from vre_dm.limits.spelling import require

Ask = Callable[[Draft, Answers], Answers]
"""Asks a person what a draft leaves open, and gives the answers back."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a file.

    Attributes
    ----------
    curves
        Those that could be read.
    refused
        Why not the others: file, row and reason, in the order of the file.
    """

    curves: CurveSet
    refused: tuple[InvalidCurve, ...]


def read(path: str | PathLike[str], format: str | None = None, **given: Any) -> CurveSet:
    """Read the curves of a file of another tool.

    Parameters
    ----------
    path
        The file; of HEPData also the folder of a submission. Of formats with several files, any that names
        the others, which must lie beside it.
    format
        Name in `FORMATS`; recognised from the content when left out.
    **given
        What the file does not say: ``quantity``, ``channel``, ``x_unit``, ``y_unit``, ``experiment``,
        ``reference``, ``year``, ``label``, ``id``, ``kind``, ``geometry``, ``cl``, ``statistic`` or
        ``licence``, as in `vre_dm.limits.interchange.answers.Answers`.

    Returns
    -------
    CurveSet
        Masses in GeV, limits in the unit of the quantity. What nobody states is unknown.

    Raises
    ------
    InvalidCurve
        A curve cannot be read as a limit; the message names file, row and column, or the open question.
        `read_all` gives the others.
    """
    found = read_all(path, format, **given)
    if len(found.refused) == 1 and not found.curves:
        raise found.refused[0]
    if found.refused:
        count = f"{len(found.refused)} of {len(found.refused) + len(found.curves)} curves"
        msg = f"{Path(path).name}: {count} cannot be read; read_all gives the others; {found.refused[0]}"
        raise InvalidCurve(msg)
    return found.curves


def read_all(
    path: str | PathLike[str], format: str | None = None, *, ask: Ask | None = None, **given: Any
) -> Reading:
    """Read what can be read, and say of the rest why not.

    Parameters
    ----------
    path, format, **given
        As in `read`.
    ask
        Called for each curve of which something is open.

    Raises
    ------
    InvalidCurve
        The file as a whole cannot be read, or an answer makes no sense.
    """
    if format is not None:
        require(format, FORMATS, "format")
    said = answers(given)
    place = Path(path)
    submission = is_folder(place) and format in {None, "hepdata"}
    source = Source(place / hepdata_yaml.SUBMISSION if submission else place)
    known = FORMATS[format] if format is not None else recognised(source)
    drafts = known.read(source)
    require_few(len(drafts), source.name)
    found = [_curve(draft, said, ask) for draft in drafts]
    curves = [item for item in found if isinstance(item, Curve)]
    if said.id is not None and len(curves) > 1:
        msg = f"{source.name} holds {len(curves)} curves; id= can name only one"
        raise InvalidCurve(msg)
    refused = tuple(item for item in found if isinstance(item, InvalidCurve))
    return Reading(CurveSet(_distinct(curves)), refused)


def _curve(draft: Draft | InvalidCurve, said: Answers, ask: Ask | None) -> Curve | InvalidCurve:
    if isinstance(draft, InvalidCurve):
        return draft
    try:
        if ask is not None and questions.left_open(draft, said):
            _require_worth_asking(draft)
            said = ask(draft, said)
        return curve_of(draft, said)
    except InvalidCurve as error:
        return error


def _require_worth_asking(draft: Draft) -> None:
    """Refuse numbers that are no limit in any unit."""
    columns = [Column(column.stem, column.unit, column.values) for column in draft.columns]
    shape.require_positive(shape.Points(columns, list(draft.rows), draft.where, False))


def _distinct(curves: list[Curve]) -> list[Curve]:
    """Give curves of one file that propose the same id numbers."""
    often = Counter(curve.id for curve in curves)
    seen: Counter[str] = Counter()
    found = []
    for curve in curves:
        seen[curve.id] += 1
        twin = often[curve.id] > 1
        found.append(replace(curve, id=f"{curve.id[:76]}_{seen[curve.id]}") if twin else curve)
    return found
