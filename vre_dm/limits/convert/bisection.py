"""Borders that have no formula: halving of intervals, all at once."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from vre_dm.limits.convert.domain import Array


def border(
    holds: Callable[[Array], NDArray[np.bool_]], inside: Array, outside: Array, *, steps: int
) -> Array:
    """Where a condition ceases to hold on the way from `inside`, where it does, to `outside`.

    Parameters
    ----------
    holds
        From numbers of the shape of `inside` to whether each fulfils the condition.
    inside, outside : ndarray, of one shape
    steps
        Each halves the interval.
    """
    for _ in range(steps):
        middle = (inside + outside) / 2
        here = holds(middle)
        inside, outside = np.where(here, middle, inside), np.where(here, outside, middle)
    return np.asarray((inside + outside) / 2)
