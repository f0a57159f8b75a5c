"""Limit curves from and to the formats of other tools and catalogues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from vre_dm.errors import InvalidCurve, NotWritable
from vre_dm.limits.checks import check_record
from vre_dm.limits.curve import Curve
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.interchange import hepdata_yaml, output, shape
from vre_dm.limits.interchange.answers import QUESTIONS, Question, answers
from vre_dm.limits.interchange.draft import curve_of
from vre_dm.limits.interchange.formats import FORMATS, Files, Format, recognised
from vre_dm.limits.interchange.source import Source
from vre_dm.limits.sidecar import to_record
from vre_dm.limits.spelling import require

MOST_CURVES = 500
"""In one file; the largest record seen has some dozens."""

__all__ = ["FORMATS", "QUESTIONS", "Format", "Question", "read", "write"]


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
        An answer goes before the file's own statement; a difference is noted in ``provenance.treatment``.

    Returns
    -------
    CurveSet
        Masses in GeV, limits in the unit of the quantity. What nobody states is unknown.

    Raises
    ------
    InvalidCurve
        The file cannot be read as a limit; the message names file, row and column, or the open question.
    """
    if format is not None:
        require(format, FORMATS, "format")
    said = answers(given)
    place = Path(path)
    source = Source(place / hepdata_yaml.SUBMISSION if _is_folder(place) else place)
    known = FORMATS[format] if format is not None else recognised(source)
    drafts = known.read(source)
    if len(drafts) > MOST_CURVES:
        msg = f"{source.name} holds {len(drafts)} curves, more than {MOST_CURVES}; split it"
        raise InvalidCurve(msg)
    curves = [curve_of(draft, said) for draft in drafts]
    if said.id is not None and len(curves) > 1:
        msg = f"{source.name} holds {len(curves)} curves; id= can name only one"
        raise InvalidCurve(msg)
    return CurveSet(_distinct(curves))


def write(
    curves: Sequence[Curve] | Curve, path: str | PathLike[str], format: str, *, overwrite: bool = False
) -> list[Path]:
    """Write curves for another tool; either all files appear whole, or none does.

    Parameters
    ----------
    curves
        One or several.
    path
        A folder that exists; or, for one curve in a format of one file, the file's name.
    format
        Name in `FORMATS`.
    overwrite
        Replace files that exist.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InvalidCurve
        The format cannot be written or cannot hold a curve.
    NotWritable
        A file exists already, or the folder does not exist or cannot be written.
    """
    require(format, FORMATS, "format")
    chosen = CurveSet([curves] if isinstance(curves, Curve) else curves)
    files = _files(chosen, FORMATS[format])
    place = Path(path)
    if _is_folder(place):
        return output.place(files, place, overwrite=overwrite)
    if len(files) != 1:
        msg = f"{place} is no folder; {format} writes {len(files)} files here, give a folder that exists"
        raise NotWritable(msg)
    return output.place({place.name: next(iter(files.values()))}, place.parent, overwrite=overwrite)


def _is_folder(place: Path) -> bool:
    try:
        return place.is_dir()
    except OSError:  # a name too long for a name
        return False


def _files(curves: CurveSet, known: Format) -> Files:
    if not known.writes or not curves:
        names = ", ".join(name for name, other in FORMATS.items() if other.writes)
        msg = f"format {known.name} can only be read; written are {names}" if curves else "no curve to write"
        raise InvalidCurve(msg)
    for curve in curves:
        check_record(to_record(curve), f"curve {curve.id!r}"[:100])
        points = shape.Points(list(curve.columns), list(range(1, len(curve.x) + 1)), curve.id, False)
        shape.require_positive(points)
    if known.write_all is not None:
        return known.write_all(curves)
    write_one = known.write
    return {name: text for curve in curves if write_one for name, text in write_one(curve).items()}


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
