"""Integrals over a Breit-Wigner that are exact for any width, however narrow, on one fixed set of masses."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange

Floats = NDArray[np.float64]


def weights(
    nodes_gev: Floats, mass_gev: ArrayLike, width_gev: ArrayLike, lowest_gev: ArrayLike = 0.0
) -> Floats:
    r"""Weights with which a smooth function on nodes is integrated over a resonance.

    .. math:: \sum_j w_j f(m_j) = \int_{m_{low}}^{m_J} \frac{f(m)\, ds}{(s - M^2)^2 + M^2\Gamma^2},
              \qquad s = m^2

    with f linear in s between the nodes. The integrals of 1 and of s over each interval are known in closed
    form, so a resonance much narrower than the interval is integrated exactly too.

    Parameters
    ----------
    nodes_gev : ndarray, shape (J,), GeV
        Rising.
    mass_gev, width_gev : array_like, shape (n,), GeV
        M and Γ.
    lowest_gev : array_like, shape (n,), GeV
        Nothing below counts.

    Returns
    -------
    ndarray, shape (n, J), GeV⁻²

    Raises
    ------
    OutOfRange
        A width is not positive.
    """
    mass, width, low = (
        np.atleast_1d(np.asarray(part, dtype=np.float64))[:, None]
        for part in (mass_gev, width_gev, lowest_gev)
    )
    if not np.all(width > 0):
        msg = f"width of {width.min():g} GeV: a resonance that decays has a width above zero"
        raise OutOfRange(msg)
    squares = nodes_gev**2
    scale = mass * width
    # Edges below the cut move up to it: their intervals shrink to nothing, or to what is left.
    edge = (np.maximum(squares, low**2) - mass**2) / scale
    flat = np.diff(np.arctan(edge), axis=1) / scale
    rising = np.diff(np.log1p(edge**2), axis=1) / 2
    share = (rising + (mass**2 - squares[:-1]) * flat) / np.diff(squares)
    result = np.zeros((mass.shape[0], nodes_gev.size))
    result[:, :-1] += flat - share
    result[:, 1:] += share
    return result
