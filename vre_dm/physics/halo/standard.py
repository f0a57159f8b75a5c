"""The Standard Halo Model: how dense dark matter is here, and how fast it meets a detector."""

import math
from dataclasses import dataclass, replace
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erf

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import positive
from vre_dm.physics.constants import SQRT_PI

Normalisation = Literal["exact", "wimprates"]


@dataclass(frozen=True, slots=True)
class StandardHalo:
    r"""Isotropic Maxwellian cut off at the escape speed, seen from the moving Earth.

    In the rest frame of the galaxy :math:`f(\mathbf v) \propto e^{-v^2/v_0^2}` for
    :math:`v < v_{\rm esc}`, and zero above.

    Parameters
    ----------
    rho0_gev_cm3
        Local dark-matter density, GeV/cm³.
    v0_km_s
        Most probable speed in the galactic frame, km/s.
    vesc_km_s
        Galactic escape speed at the Sun, km/s.
    ve_km_s
        Speed of the detector in the galactic frame, averaged over the year, km/s.
    normalisation
        ``"exact"``: the distribution integrates to one. ``"wimprates"``: it integrates to
        :math:`k^2 < 1`, because wimprates (up to 0.5.0) multiplies by the constant :math:`k` of the
        truncation where it should divide. Use it only to reproduce tables made with that code.

    Raises
    ------
    OutOfRange
        A parameter is not a positive finite number, or `ve_km_s` is not below `vesc_km_s`.

    References
    ----------
    Lewin & Smith, Astropart. Phys. 6 (1996) 87, appendix 1 (the truncated Maxwellian and k);
    arXiv:2105.00599 (the default values; ``ve_km_s`` is its solar motion added to ``v0``, no modulation).
    """

    rho0_gev_cm3: float = 0.3
    v0_km_s: float = 238.0
    vesc_km_s: float = 544.0
    ve_km_s: float = 250.5
    normalisation: Normalisation = "exact"

    def __post_init__(self) -> None:
        for name in ("rho0_gev_cm3", "v0_km_s", "vesc_km_s", "ve_km_s"):
            value = getattr(self, name)
            if not (isinstance(value, int | float) and math.isfinite(value) and value > 0):
                msg = f"halo parameter {name} must be a positive number, not {value!r}"
                raise OutOfRange(msg)
        if self.ve_km_s >= self.vesc_km_s:
            msg = f"ve_km_s = {self.ve_km_s} must be below vesc_km_s = {self.vesc_km_s}: the Earth is bound"
            raise OutOfRange(msg)
        if self.normalisation not in ("exact", "wimprates"):
            msg = f"normalisation must be 'exact' or 'wimprates', not {self.normalisation!r}"
            raise OutOfRange(msg)

    @property
    def truncation(self) -> float:
        r"""Fraction of the full Maxwellian below the escape speed.

        :math:`k = {\rm erf}(z) - 2 z e^{-z^2}/\sqrt\pi` with :math:`z = v_{\rm esc}/v_0`.
        """
        z = self.vesc_km_s / self.v0_km_s
        return math.erf(z) - 2 / SQRT_PI * z * math.exp(-z * z)

    @property
    def total_probability(self) -> float:
        """Integral of the speed distribution: 1, or k² with the normalisation of wimprates."""
        return 1.0 if self.normalisation == "exact" else self.truncation**2

    @property
    def vmax_km_s(self) -> float:
        """Highest speed that a particle can have in the detector's frame, km/s."""
        return self.vesc_km_s + self.ve_km_s

    def eta(self, vmin_km_s: ArrayLike) -> NDArray[np.float64]:
        r"""Mean inverse speed :math:`\int_{v > v_{\min}} f(\mathbf v)/v \; d^3v`, in closed form.

        Parameters
        ----------
        vmin_km_s : array_like, any shape, km/s
            Lowest speed that can give the recoil. Not negative.

        Returns
        -------
        ndarray, same shape, s/km
            Zero from ``vmax_km_s`` on.

        Raises
        ------
        OutOfRange
            A speed is negative or not a number.

        References
        ----------
        astro-ph/0607121 (Savage, Freese & Gondolo): the mean inverse speed of the truncated Maxwellian;
        its pieces are joined here into one expression, which the tests hold against direct integration.
        """
        vmin = positive("vmin_km_s", vmin_km_s, zero=True)
        x, y, z = vmin / self.v0_km_s, self.ve_km_s / self.v0_km_s, self.vesc_km_s / self.v0_km_s
        # Above z - y the escape speed cuts part of the directions away: the upper edge is then z, and the
        # constant term shrinks with the directions that are left, to none at z + y, where both edges are z.
        low, high = np.minimum(x - y, z), np.minimum(x + y, z)
        bracket = _erf(high, z) - _erf(low, z) - 2 / SQRT_PI * math.exp(-z * z) * (high - low)
        norm = self.total_probability / (2 * self.truncation * self.ve_km_s)
        result: NDArray[np.float64] = norm * np.maximum(bracket, 0.0)
        return result

    def seen_at(self, ve_km_s: float) -> Self:
        """Give the same halo as a detector sees it that moves at `ve_km_s` through the galaxy.

        Raises
        ------
        OutOfRange
            As when it is made.
        """
        return replace(self, ve_km_s=ve_km_s)

    def assumptions(self) -> dict[str, str | float]:
        """Give the parameters as a limit curve carries them."""
        return {
            "halo": "Standard Halo Model",
            "rho0_GeV_cm3": self.rho0_gev_cm3,
            "v0_km_s": self.v0_km_s,
            "vesc_km_s": self.vesc_km_s,
            "vE_km_s": self.ve_km_s,
            "halo_normalisation": self.normalisation,
        }


def _erf(x: NDArray[np.float64], most: float) -> NDArray[np.float64]:
    """Error function of numbers up to `most`; those that reach it, often most of them, cost one together."""
    result: NDArray[np.float64] = np.full(x.shape, erf(most))
    below = x < most
    result[below] = erf(
        x[below]
    )  # not by where=, with which the function of SciPy 1.17 writes beyond its array
    return result
