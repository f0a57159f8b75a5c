"""Straight lines between the rows of a table of speeds, and their integrals in closed form."""

import zlib

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange

Array = NDArray[np.float64]
TOLERANCE = 0.01


class PiecewiseLinear:
    """A speed distribution f(v), zero outside of its table.

    Parameters
    ----------
    speed, density : ndarray, shape (n,), km/s and s/km
        Checked by who made them; scaled here so that they integrate to one.
    normalise
        Take any integral, not just one that is 1 within `TOLERANCE`.

    Raises
    ------
    OutOfRange
        The integral is not 1, or not positive.
    """

    def __init__(self, speed: Array, density: Array, *, normalise: bool) -> None:
        parts = (density[1:] + density[:-1]) / 2 * np.diff(speed)
        area = float(parts.sum())
        if not area > 0 or (abs(area - 1) > TOLERANCE and not normalise):
            msg = f"halo table: f(v) integrates to {area:.4g}, not 1; check its units, or give normalise=True"
            raise OutOfRange(msg)
        self.speed, self.density = speed, density / area
        self.below = np.insert(np.cumsum(parts), 0, 0.0) / area
        self.slope = np.diff(self.density) / np.diff(speed)
        self.offset = self.density[:-1] - self.slope * speed[:-1]
        whole = self._inverse_moment(np.arange(speed.size - 1), speed[:-1])
        self.above = np.append(np.cumsum(whole[::-1])[::-1], 0.0)

    @property
    def checksum(self) -> str:
        """Of all numbers of the table."""
        return f"adler32:{zlib.adler32(np.stack([self.speed, self.density]).tobytes()):08x}"

    def mean_inverse(self, speed: Array) -> Array:
        """∫ f(u)/u du from a speed on."""
        row, inside = self._rows(speed)
        result: Array = self._inverse_moment(row, inside) + self.above[row + 1]
        return result

    def twice_integrated(self, speed: Array) -> Array:
        """Integral of `mean_inverse` from zero to a speed x, which is x ∫ₓ f(u)/u du + ∫₀ˣ f."""
        row, inside = self._rows(speed)
        step = inside - self.speed[row]
        below = self.below[row] + self.density[row] * step + self.slope[row] * step**2 / 2
        result: Array = speed * self.mean_inverse(speed) + below
        return result

    def _rows(self, speed: Array) -> tuple[NDArray[np.intp], Array]:
        inside = np.clip(speed, self.speed[0], self.speed[-1])
        row = np.clip(np.searchsorted(self.speed, inside, "right") - 1, 0, self.speed.size - 2)
        return row, inside

    def _inverse_moment(self, row: NDArray[np.intp], start: Array) -> Array:
        """∫ f(u)/u du from a start to the end of its row."""
        end, offset = self.speed[row + 1], self.offset[row]
        # At zero speed f and its offset are zero, and so is their part of the integral.
        logarithm = np.log(end) - np.log(np.where(start > 0, start, end))
        result: Array = offset * logarithm + self.slope[row] * (end - start)
        return result
