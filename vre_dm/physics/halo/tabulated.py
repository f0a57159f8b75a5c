"""A halo from a table of speeds, such as a simulation or a fit gives; exact between its rows."""

from dataclasses import InitVar, dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number, positive
from vre_dm.physics.halo.piecewise import PiecewiseLinear

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TabulatedHalo:
    r"""Speed distribution :math:`f(v)`, linear between the rows of a table and zero outside of it.

    Of directions nothing is known, so in the galaxy's frame it is taken as isotropic. Seen from a detector
    that moves through it, a shell of particles of one speed spreads evenly in the square of the speed:

    .. math:: \eta(v) = \frac{H(v + v_E) - H(v - v_E)}{2 v_E}, \qquad
              H(x) = \int_0^x dy \int_y^\infty \frac{f(u)}{u} \, du = -H(-x)

    Parameters
    ----------
    speed_km_s, density_s_km : array_like, shape (n,), km/s and s/km
        Rising speeds, and the probability in each km/s there, :math:`4\pi v^2` times the one in velocity
        space. Its integral must be 1 within 1 %, and is then made 1 exactly.
    ve_km_s
        Speed of the detector through the galaxy, where the table is in the galaxy's frame; ``None`` where the
        table is in the detector's own.
    rho0_gev_cm3
        Local density, GeV/cm³.
    name
        Whose table it is, for the assumptions of a curve.
    normalise
        Take a table of any integral, such as a histogram's counts.

    Raises
    ------
    OutOfRange
        The table has gaps, falls below zero, is not zero at zero speed, or does not integrate to one.
    """

    speed_km_s: ArrayLike
    density_s_km: ArrayLike
    ve_km_s: float | None = None
    rho0_gev_cm3: float = 0.3
    name: str = "tabulated"
    normalise: InitVar[bool] = False
    _table: PiecewiseLinear = field(init=False, repr=False)

    def __post_init__(self, normalise: bool) -> None:
        number("halo parameter rho0_gev_cm3", self.rho0_gev_cm3)
        if self.ve_km_s is not None:
            number("halo parameter ve_km_s", self.ve_km_s)
        table = PiecewiseLinear(*_checked(self.speed_km_s, self.density_s_km), normalise=normalise)
        object.__setattr__(self, "_table", table)

    @property
    def vmax_km_s(self) -> float:
        """Highest speed that a particle can have in the detector's frame, km/s."""
        return float(self._table.speed[-1]) + (self.ve_km_s or 0.0)

    def eta(self, vmin_km_s: ArrayLike) -> Array:
        r"""Mean inverse speed :math:`\int_{v > v_{\min}} f(v)/v \, dv` in the detector's frame.

        Parameters
        ----------
        vmin_km_s : array_like, any shape, km/s
            Lowest speed that can give the recoil. Not negative.

        Returns
        -------
        ndarray, same shape, s/km

        Raises
        ------
        OutOfRange
            A speed is negative or not a number.
        """
        vmin = positive("vmin_km_s", vmin_km_s, zero=True)
        if self.ve_km_s is None:
            return self._table.mean_inverse(vmin)
        ahead, behind = vmin + self.ve_km_s, vmin - self.ve_km_s
        table = self._table
        moved = table.twice_integrated(ahead) - np.sign(behind) * table.twice_integrated(np.abs(behind))
        return np.where(vmin < self.vmax_km_s, np.maximum(moved, 0.0) / (2 * self.ve_km_s), 0.0)

    def seen_at(self, ve_km_s: float) -> Self:
        """Give the same halo as a detector sees it that moves at `ve_km_s` through the galaxy.

        Raises
        ------
        OutOfRange
            The table is in the frame of one detector, so it says nothing of another; or the speed is not
            positive.
        """
        if self.ve_km_s is None:
            msg = f"halo {self.name} is a table in the detector's frame; only one in the galaxy's can move"
            raise OutOfRange(msg)
        return replace(self, ve_km_s=ve_km_s, normalise=True)

    def assumptions(self) -> dict[str, str | float]:
        """Give the parameters as a limit curve carries them."""
        frame = {"halo_frame": "detector"} if self.ve_km_s is None else {"vE_km_s": self.ve_km_s}
        table = f"{self._table.speed.size} speeds, {self._table.checksum}"
        return {"halo": self.name, "halo_table": table, "rho0_GeV_cm3": self.rho0_gev_cm3, **frame}


def _checked(speed_km_s: ArrayLike, density_s_km: ArrayLike) -> tuple[Array, Array]:
    speed = positive("halo table: speed_km_s", speed_km_s, zero=True)
    density = positive("halo table: density_s_km", density_s_km, zero=True)
    if speed.ndim != 1 or speed.shape != density.shape or speed.size < 2:
        msg = f"a halo table has one density a speed, two rows or more; not {speed.shape} and {density.shape}"
        raise OutOfRange(msg)
    if not np.all(np.diff(speed) > 0):
        row = int(np.argmin(np.diff(speed) > 0)) + 2
        msg = (
            f"halo table: speed_km_s does not rise at row {row}, {speed[row - 1]:g} after {speed[row - 2]:g}"
        )
        raise OutOfRange(msg)
    if speed[0] == 0 and density[0] != 0:
        msg = (
            f"halo table: f(0) = {density[0]:g} s/km; a distribution of speeds is 4πv² times the one of "
            "velocities, so it is zero at zero speed"
        )
        raise OutOfRange(msg)
    return speed, density
