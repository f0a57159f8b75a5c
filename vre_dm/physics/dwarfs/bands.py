"""The limits of pseudo-experiments as median and bands of a curve."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.checks.columns import BANDS
from vre_dm.limits.column import Column
from vre_dm.limits.quantities import header, quantity

SHARES = (0.02275, 0.15866, 0.5, 0.84134, 0.97725)
"""Pseudo-experiments with a lower limit, for each of `BANDS`."""
LEAST = 20


def band_columns(expected: xr.DataArray, masses: NDArray[np.float64]) -> tuple[Column, ...]:
    """Median and bands of one and two standard deviations of the limits of pseudo-experiments.

    Parameters
    ----------
    expected
        Limits in cm³/s, dimensions ``experiment`` and ``mass``.
    masses : ndarray, shape (m,), GeV
        Of the curve that takes the columns.

    Raises
    ------
    OutOfRange
        The limits are of other masses, or fewer than 20.
    """
    if expected.sizes["experiment"] < LEAST:
        msg = f"{expected.sizes['experiment']} pseudo-experiments make no band; take {LEAST} or more"
        raise OutOfRange(msg)
    if not np.array_equal(expected["mass"].to_numpy(), masses):
        msg = "the expected limits are of other masses than the curve"
        raise OutOfRange(msg)
    unit = quantity("sigmav").unit
    levels = np.quantile(expected.to_numpy(), SHARES, axis=0)
    return tuple(Column(header(stem, unit), unit, of) for stem, of in zip(BANDS, levels, strict=True))
