"""Limit curves from and to the formats of other tools and catalogues."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

from vre_dm.errors import InvalidCurve, NotWritable
from vre_dm.limits.checks import check_record
from vre_dm.limits.curve import Curve
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.interchange import bands, shape
from vre_dm.limits.interchange.formats import FORMATS, Files, Format
from vre_dm.limits.interchange.questions import QUESTIONS, Question
from vre_dm.limits.interchange.reading import Reading, read, read_all
from vre_dm.limits.interchange.source import is_folder
from vre_dm.limits.placing import place
from vre_dm.limits.sidecar import to_record
from vre_dm.limits.spelling import require

__all__ = ["FORMATS", "QUESTIONS", "Format", "Question", "Reading", "read", "read_all", "write"]


def write(
    curves: Sequence[Curve] | Curve,
    path: str | PathLike[str],
    format: str,
    *,
    overwrite: bool = False,
    limit_only: bool = False,
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
    limit_only
        Leave out bands and variants, for formats that hold masses and one limit.

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
    if limit_only:
        chosen = CurveSet(bands.left_out(curve) for curve in chosen)
    files = _files(chosen, FORMATS[format])
    target = Path(path)
    if is_folder(target):
        return place(files, target, overwrite=overwrite)
    if len(files) != 1:
        msg = f"{target} is no folder; {format} writes {len(files)} files here, give a folder that exists"
        raise NotWritable(msg)
    return place({target.name: next(iter(files.values()))}, target.parent, overwrite=overwrite)


def _files(curves: CurveSet, known: Format) -> Files:
    if known.write is None or not curves:
        names = ", ".join(name for name, other in FORMATS.items() if other.write)
        msg = f"format {known.name} can only be read; written are {names}" if curves else "no curve to write"
        raise InvalidCurve(msg)
    for curve in curves:
        check_record(to_record(curve), f"curve {curve.id!r}"[:100])
        points = shape.Points(list(curve.columns), list(range(1, len(curve.x) + 1)), curve.id, False)
        shape.require_positive(points)
    return known.write(curves)
