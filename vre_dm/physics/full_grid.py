"""Rows of a table that should run through a full grid, made without the grid, which may not fit in memory."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def first_rows(axes: Sequence[NDArray[Any]], rows: int) -> list[NDArray[Any]]:
    """What the first rows of a full grid hold, the last axis changing fastest.

    Parameters
    ----------
    axes : sequence of ndarray
        Values of each axis, in order.
    rows
        How many at most; a grid of fewer points ends before.

    Returns
    -------
    list of ndarray, one an axis, each of shape (rows or fewer,)
    """
    row = np.arange(min(rows, math.prod(len(axis) for axis in axes)))
    columns, inner = [], 1
    for axis in reversed(axes):
        columns.append(axis[row // inner % len(axis)])
        inner *= len(axis)
    return columns[::-1]
