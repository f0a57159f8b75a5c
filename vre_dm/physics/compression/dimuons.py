"""Pairs of muons as a table with units: CMS's candidates from a ROOT file, and the mass of each pair."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange

Array = NDArray[np.float64]
MUON_GEV = 0.1056583745
TREE, ROW = "events", "candidate"
GLOBAL_PAIR = 0
"""Category GG: of the up to four rows of a pair, at most one."""
KINEMATICS = {"E": "GeV", "px": "GeV", "py": "GeV", "pz": "GeV", "pt": "GeV", "eta": "1", "phi": "rad"}
UNITS: dict[str, str] = {
    **dict.fromkeys(("run", "event", "category"), "1"),
    **{
        f"muon{which}_{name}": unit
        for which in (1, 2)
        for name, unit in (KINEMATICS | {"charge": "1"}).items()
    },
    "mass": "GeV",
}
"""Columns and their units."""
AGREES = 1e-6
"""How far a mass in the file may be from the one of its four-momenta, as a share."""


def read_dimuons(path: Path) -> xr.Dataset:
    """Read the candidates of ``cms:zmumu.2010``.

    Parameters
    ----------
    path
        As a fetch gave it.

    Returns
    -------
    Dataset
        Columns of `UNITS` along ``candidate``, each with its unit.

    Raises
    ------
    OutOfRange
        No ROOT file, without such a tree or column or row, a number that is not finite, or a mass that is not
        that of the four-momenta beside it; the message names file, column and row.
    """
    import uproot
    from uproot.deserialization import DeserializationError

    try:
        with uproot.open(path) as file:
            tree = file[TREE]
            missing = [name for name in UNITS if name not in tree]
            columns = {} if missing else tree.arrays(list(UNITS), library="np")
    except (ValueError, OSError, LookupError, zlib.error, DeserializationError) as error:
        cause = " ".join(str(error).split())[:80]
        msg = f"{path.name} should be a ROOT file with a tree {TREE!r} of muon pairs, but is not ({cause})"
        raise OutOfRange(msg) from error
    if missing:
        msg = f"{path.name} is no table of muon pairs: tree {TREE!r} has no column {missing[0]!r}"
        raise OutOfRange(msg)
    return _sound(path.name, dimuons(columns))


def dimuons(columns: dict[str, NDArray[Any]]) -> xr.Dataset:
    """Make a table of columns by name; each gets its unit."""
    table = {name: (ROW, columns[name], {"units": unit}) for name, unit in UNITS.items()}
    return xr.Dataset(table)


def pair_mass_gev(events: xr.Dataset) -> Array:
    """Invariant mass of each pair from both four-momenta, as who analyses the events computes it.

    Parameters
    ----------
    events
        With E, px, py and pz of both muons in GeV.

    Returns
    -------
    ndarray, shape (n,), GeV
        Zero where rounding has left more momentum than energy.
    """
    both = {name: _column(events, 1, name) + _column(events, 2, name) for name in ("E", "px", "py", "pz")}
    squared = both["E"] ** 2 - both["px"] ** 2 - both["py"] ** 2 - both["pz"] ** 2
    return np.sqrt(np.maximum(squared, 0.0))


def _column(events: xr.Dataset, which: int, name: str) -> Array:
    column = f"muon{which}_{name}"
    if column not in events:
        msg = f"the events have no column {column}; it is needed for the mass of a pair"
        raise OutOfRange(msg)
    unit = events[column].attrs.get("units")
    if unit != "GeV":
        msg = f"column {column} must be in 'GeV', and is in {unit!r}"
        raise OutOfRange(msg)
    return np.asarray(events[column], dtype=np.float64)


def _sound(file: str, events: xr.Dataset) -> xr.Dataset:
    if not events.sizes[ROW]:
        msg = f"{file} is no table of muon pairs: tree {TREE!r} has no row"
        raise OutOfRange(msg)
    for name, column in events.data_vars.items():
        if not np.all(finite := np.isfinite(column.to_numpy())):
            msg = f"{file}, column {name}, row {int(np.argmin(finite)) + 1}: not a finite number"
            raise OutOfRange(msg)
    ours, theirs = pair_mass_gev(events), events["mass"].to_numpy()
    if not np.all(same := np.abs(ours - theirs) <= AGREES * np.abs(theirs)):
        row = int(np.argmin(same))
        msg = (
            f"{file}, column mass, row {row + 1}: {theirs[row]:g} GeV, but the momenta give {ours[row]:g} GeV"
        )
        raise OutOfRange(msg)
    return events
