"""What a compressor saves and what it costs: bytes, largest errors, the shift of the Z's fitted mass."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.physics.compression.dimuons import pair_mass_gev
from vre_dm.physics.compression.packing import Compressor, table_of
from vre_dm.physics.compression.z_mass import ZMass, fit_z_mass

Masses = Callable[[xr.Dataset], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Trade:
    """What came of one compressor on one table.

    Attributes
    ----------
    name
        Of the compressor.
    compressed_bytes
        All that is needed to have the events back, a trained model included.
    ratio
        Bytes of the columns in memory over those.
    largest_relative
        Largest error of a number of any column of floats, as a share of it; infinite where it was zero and is
        no longer.
    largest_gev
        Largest error of a number of any column in GeV.
    shift_gev
        Of the fitted mass of the Z; NaN where no peak is left.
    shift_in_errors
        The same over the statistical error of the mass before compression.
    """

    name: str
    compressed_bytes: int
    ratio: float
    largest_relative: float
    largest_gev: float
    shift_gev: float
    shift_in_errors: float


def trades(
    events: xr.Dataset, compressors: Iterable[Compressor], masses: Masses = pair_mass_gev
) -> tuple[ZMass, list[Trade]]:
    """Compress a table in several ways, have each back, and fit the Z again.

    Parameters
    ----------
    events
        Muon pairs, as of `read_dimuons`, or any others from which `masses` can be computed.
    compressors
        Ways to try.
    masses
        From a table to the masses in GeV that are fitted; by default of all four-momenta.

    Returns
    -------
    before, trades
        The fit of the events as they are, and what each compressor did.

    Raises
    ------
    OutOfRange
        No peak in the events as they are, or what a compressor refuses or gives back in another shape.
    """
    values = masses(events)
    before = fit_z_mass(values)
    same = fit_z_mass(values, start=before)  # where each fit below begins too: no change is no shift
    return before, [_trade(events, compressor, masses, before, same) for compressor in compressors]


def largest_errors(before: xr.Dataset, after: xr.Dataset) -> tuple[float, float]:
    """Largest error of any column of floats as a share, and of any column in GeV.

    Raises
    ------
    OutOfRange
        A column is missing or longer or shorter than before, or whole numbers have changed.
    """
    relative = gev = 0.0
    for name, values in table_of(before).items():
        if name not in after or after[name].shape != values.shape:
            msg = f"after decompression, column {name} is missing or has another number of rows than before"
            raise OutOfRange(msg)
        moved = np.abs(after[name].to_numpy() - values) if values.dtype.kind != "b" else np.zeros(1)
        if values.dtype.kind != "f" and not np.array_equal(values, after[name]):
            msg = f"after decompression, whole numbers of column {name} have changed"
            raise OutOfRange(msg)
        relative = max(relative, _largest_share(moved, values))
        if before[name].attrs.get("units") == "GeV":
            gev = max(gev, float(moved.max()))
    return relative, gev


def _largest_share(moved: NDArray[Any], values: NDArray[Any]) -> float:
    if not moved.any():
        return 0.0
    with np.errstate(divide="ignore"):
        return float(np.max(moved[moved > 0] / np.abs(values[moved > 0])))


def _trade(events: xr.Dataset, compressor: Compressor, masses: Masses, before: ZMass, same: ZMass) -> Trade:
    data = compressor.compress(events)
    after = compressor.decompress(data)
    relative, gev = largest_errors(events, after)
    try:
        shift = fit_z_mass(masses(after), start=before).mass_gev - same.mass_gev
    except OutOfRange:
        shift = math.nan  # the peak is gone: that is a result, and no number
    raw = sum(values.nbytes for values in table_of(events).values())
    ratio = raw / len(data)
    return Trade(compressor.name, len(data), ratio, relative, gev, shift, shift / before.error_gev)
