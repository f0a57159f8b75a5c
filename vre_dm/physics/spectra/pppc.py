"""The spectra of PPPC4DMID, from the Parquet files of the lake."""

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.physics.full_grid import first_rows
from vre_dm.physics.parquet import column_names, metadata, read_table
from vre_dm.physics.spectra.table import TabulatedSpectrum

AXES = ("mDM_GeV", "log10x")
WHAT = "a table of PPPC4DMID spectra"


class Channels(dict[str, TabulatedSpectrum]):
    """Spectra by channel; a name that is not there is an error that lists those that are."""

    def __missing__(self, name: str) -> TabulatedSpectrum:
        """Refuse the name.

        Raises
        ------
        OutOfRange
            Always.
        """
        msg = f"no spectrum of channel {name!r}; there are {', '.join(self)}"
        raise OutOfRange(msg)


def read_pppc(path: Path) -> Channels:
    """Read all channels of a table at production.

    Parameters
    ----------
    path
        The file of ``pppc4dmid:gamma.ew``, ``gamma.noew`` or ``numu.ew``: ``mDM_GeV``, ``log10x`` and a
        column of dN/dlog₁₀x for each channel.

    Returns
    -------
    Channels
        Spectra by channel: ``mumu``, ``tautau``, ``cc``, ``bb``, ``tt``, ``WW``, ``ZZ``.

    Raises
    ------
    OutOfRange
        The file is no such table, or its rows are no full grid; the message names file, column or row.

    References
    ----------
    arXiv:1012.4515 (the spectra), arXiv:1009.0224 (electroweak corrections)
    """
    channels = [name for name in column_names(path, WHAT) if name not in AXES]
    if not channels:
        msg = f"{path.name} is not {WHAT}: it has no channel"
        raise OutOfRange(msg)
    table = read_table(path, (*AXES, *channels), WHAT)
    mass, log10x = (table[name].to_numpy() for name in AXES)
    axes = _grid(path, mass, log10x)
    shape = tuple(axis.size for axis in axes)
    particle = str(metadata(table).get("particle", ""))
    return Channels(
        {
            name: TabulatedSpectrum(name, *axes, table[name].to_numpy().reshape(shape), particle)
            for name in channels
        }
    )


def _grid(
    path: Path, mass: NDArray[np.float64], log10x: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both axes, if the rows are all x of the first mass, then of the next one."""
    axes = np.unique(mass), np.unique(log10x)
    wanted = first_rows(axes, len(mass))
    rows, points = len(wanted[0]), math.prod(map(len, axes))
    wrong = (wanted[0] != mass[:rows]) | (wanted[1] != log10x[:rows])
    if wrong.any() or points != len(mass):
        row = int(np.argmax(wrong)) if wrong.any() else rows
        msg = f"{path.name}, row {row + 1}: a gap or another order in the grid of mDM_GeV and log10x"
        raise OutOfRange(msg)
    return axes
