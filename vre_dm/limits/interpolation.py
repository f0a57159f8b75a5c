"""Values between the points of a table, linear in the logarithms of both axes; what a mass may be."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from vre_dm.errors import OutOfRange

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def masses_of(mass: ArrayLike, unit: str) -> NDArray[np.float64]:
    """Masses as floats; text is refused rather than read, as nothing says which unit it is in."""
    try:
        given = np.asarray(mass)
        # A quantity with a unit would lose it here, and 1 TeV be read as 1 GeV.
        if hasattr(mass, "unit"):
            raise TypeError
        if given.dtype.kind in "iuf" or all(isinstance(item, Real) for item in given.flat):
            masses = given.astype(np.float64)
            if not np.isnan(masses).any():
                return masses
    except (TypeError, ValueError):  # nested lists of unequal length
        pass
    msg = f"mass {repr(mass)[:60]} is not a number or an array of numbers; give it in {unit}, such as at(40)"
    raise OutOfRange(msg)


def loglog(
    wanted: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Interpolate in logarithms; a tabulated mass gives the tabulated value to the last bit."""
    result: NDArray[np.float64] = np.exp(np.interp(np.log(wanted), np.log(x), np.log(y)))
    node = np.minimum(np.searchsorted(x, wanted), x.size - 1)
    return np.asarray(np.where(x[node] == wanted, y[node], result))
