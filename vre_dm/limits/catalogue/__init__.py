"""The shipped limit curves: one ``<id>.csv`` and one ``<id>.json`` each, checked whenever they are read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Unpack

from vre_dm.errors import InvalidCurve
from vre_dm.limits.catalogue.entry import read, read_seal, require_curves, sidecars_in
from vre_dm.limits.checks import check_together
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.search import Criteria
from vre_dm.limits.spelling import shown

SHIPPED = Path(__file__).parent
SEAL = SHIPPED / "sealed.sha256"


def load(folder: Path | None = None) -> CurveSet:
    """Read and check every curve of a folder.

    Parameters
    ----------
    folder
        Your own folder of CSV and JSON pairs; the shipped catalogue when left out.

    Returns
    -------
    CurveSet
        In the order of their ids.

    Raises
    ------
    InvalidCurve
        A curve breaks the schema or a check; the message names the file and the place. Or there is no such
        folder, or no curve in it.
    """
    return _shipped() if folder is None else _read_all(folder)


def load_files(paths: Iterable[Path]) -> CurveSet:
    """Read and check the curves whose sidecars are among these files, whatever else lies beside them.

    Raises
    ------
    InvalidCurve
        A curve breaks the schema or a check, or there is no sidecar.
    """
    names = {path for path in paths if path.suffix == ".json"}
    folders = sorted({path.parent for path in names})
    found = _checked(path for folder in folders for path in sidecars_in(folder) if path in names)
    if not found:
        msg = "none of these files is the sidecar of a curve; a curve is a CSV and a JSON file of one name"
        raise InvalidCurve(msg)
    return found


def curves(*ids: str, folder: Path | str | None = None, **criteria: Unpack[Criteria]) -> CurveSet:
    """Select curves that match everything given, of the shipped catalogue or of a folder of your own.

    Parameters
    ----------
    *ids
        Keep these curves, in this order; all when left out.
    folder
        Your own pairs of CSV and JSON files, read with every check, in place of the shipped curves.
    **criteria
        ``quantity``, ``kind``, ``channel``, ``technique``: exact words. ``experiment``: part of the name.
        ``year``: of publication, or first and last. ``near``: a point (mass in GeV, value); keeps what passes
        within a decade of it, the nearest first.

    Returns
    -------
    CurveSet

    Raises
    ------
    InvalidCurve
        An id or a word is unknown; the message names the nearest ones. Or a curve of the folder is not sound.
    OutOfRange
        `near` is no point with a positive mass and value.

    Examples
    --------
    >>> curves("si_xenon1t_2019_s2only")[0].at(10.0)
    3.8851037e-45
    >>> curves(quantity="sigma_SDp", year=(2022, 2024), near=(40, 1e-41)).ids[0]
    'sdp_lz_2024'
    """
    return load(None if folder is None else _folder(folder)).select(*ids, **criteria)


def _folder(given: object) -> Path:
    if not isinstance(given, str | Path):
        msg = f"folder={shown(given)} names no folder; give its path, such as folder='curves'"
        raise InvalidCurve(msg)
    try:
        return Path(given).expanduser()
    except RuntimeError:  # ~somebody who has no home here
        return Path(given)


@cache
def _shipped() -> CurveSet:
    return _read_all(SHIPPED)


def _read_all(folder: Path) -> CurveSet:
    require_curves(folder)
    return _checked(sidecars_in(folder), read_seal(SEAL) if folder == SHIPPED else frozenset())


def _checked(sidecars: Iterable[Path], sealed: frozenset[str] = frozenset()) -> CurveSet:
    found = CurveSet(read(path, sealed) for path in sidecars)
    for problem in check_together(found):
        raise problem.error()
    return found
