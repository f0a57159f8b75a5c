"""What a halo is to a rate: a density and the mean inverse speed of what is fast enough."""

from typing import Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Halo(Protocol):
    """Any halo; one short class of a user's own is enough.

    Attributes
    ----------
    rho0_gev_cm3
        Local density, GeV/cm³.
    """

    @property
    def rho0_gev_cm3(self) -> float:
        """Local density, GeV/cm³."""

    def eta(self, vmin_km_s: ArrayLike) -> NDArray[np.float64]:
        """Mean inverse speed of everything faster than `vmin_km_s`, s/km; same shape, any shape."""

    def assumptions(self) -> dict[str, str | float]:
        """Give the parameters as a limit curve carries them."""


class MovingHalo(Halo, Protocol):
    """A halo that knows how it looks from a detector of another speed, as annual modulation needs."""

    def seen_at(self, ve_km_s: float) -> Self:
        """Give the same halo as a detector sees it that moves at `ve_km_s` through the galaxy."""
