"""The shipped limit curves: one ``<id>.csv`` and one ``<id>.json`` each, checked whenever they are read."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from vre_dm.errors import InvalidCurve
from vre_dm.limits.catalogue.entry import read, read_seal, sidecars_in
from vre_dm.limits.checks import check_together
from vre_dm.limits.curveset import CurveSet

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
        A curve breaks the schema or a check; the message names the file and the place.
    """
    return _shipped() if folder is None else _read_all(folder)


def curves(
    *ids: str,
    quantity: str | None = None,
    experiment: str | None = None,
    kind: str | None = None,
    year: int | None = None,
) -> CurveSet:
    """Select the published curves of the shipped catalogue that match everything given.

    Parameters
    ----------
    *ids
        Keep these curves, in this order; all when left out.
    quantity
        For example ``sigma_SI``.
    experiment
        Part of the experiment's name.
    kind
        ``observed``, ``expected``, ``projection``, ``theory`` or ``signal region``.
    year
        Of publication.

    Returns
    -------
    CurveSet

    Raises
    ------
    InvalidCurve
        An id, a quantity or a kind is unknown; the message names the nearest ones.

    Examples
    --------
    >>> curves("si_xenon1t_2019_s2only")[0].at(10.0)
    array(3.8851037e-45)
    """
    return load().select(*ids, quantity=quantity, experiment=experiment, kind=kind, year=year)


@cache
def _shipped() -> CurveSet:
    return _read_all(SHIPPED)


def _read_all(folder: Path) -> CurveSet:
    sealed = read_seal(SEAL) if folder == SHIPPED else frozenset()
    found = CurveSet(read(path, sealed) for path in sidecars_in(folder))
    for problem in check_together(found):
        raise InvalidCurve(str(problem))
    return found
