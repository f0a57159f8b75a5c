"""Values between the points of a table, linear in the logarithms of both axes."""

import numpy as np
from numpy.typing import NDArray


def loglog(
    wanted: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Interpolate in logarithms; a tabulated mass gives the tabulated value to the last bit."""
    result: NDArray[np.float64] = np.exp(np.interp(np.log(wanted), np.log(x), np.log(y)))
    node = np.minimum(np.searchsorted(x, wanted), x.size - 1)
    return np.asarray(np.where(x[node] == wanted, y[node], result))
