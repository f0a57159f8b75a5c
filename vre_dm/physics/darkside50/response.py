"""How a recoil in liquid argon becomes scintillation light, and which of it DarkSide-50 accepts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number, positive
from vre_dm.limits.metadata import Reference
from vre_dm.limits.spelling import require
from vre_dm.physics.counting import CountingExperiment
from vre_dm.physics.response import response_matrix
from vre_dm.physics.targets import ARGON_NATURAL, Target

Array = NDArray[np.float64]
Function = Callable[[Array], Array]
AcceptanceOf = Literal["s1", "energy"]

STEP_KEV = 1.0
HIGHEST_KEV = 199.0
"""Where the quenching table ends."""
SEEN_BEYOND = 1e-3
S1_RANGE_PE = (1, 478)
"""The search region; no S1 beyond is accepted."""
REFERENCE = Reference(
    arxiv="1802.07198",
    doi="10.1103/PhysRevD.98.102006",
    title="DarkSide-50 532-day Dark Matter Search with Low-Radioactivity Argon",
    authors="DarkSide Collaboration",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HighMass:
    r"""DarkSide-50's high-mass search; change any step with ``dataclasses.replace``.

    A recoil of energy E gives S1 photoelectrons, Poisson distributed around

    .. math:: \overline{S1} = LY \cdot E \cdot L_{\rm eff}(E) \cdot \frac{1 + r(E L_{\rm eff})}{2}

    Attributes
    ----------
    light_yield_pe_kev
        LY, photoelectrons per keV.
    quenching
        :math:`L_{\rm eff}`, a function of the recoil energy in keV.
    recombination
        r, a function of the quenched energy in keV.
    acceptance
        Share of recoils accepted, a function of S1 in photoelectrons or of the recoil energy in keV.
    acceptance_of
        Which one: ``"s1"`` or ``"energy"``.
    exposure_kg_day, observed, background, background_sigma
        Exposure; events in the search region, expected background there and its standard deviation.
    target
        The nuclei.

    References
    ----------
    arXiv:1802.07198, Fig. 10 (acceptance).
    """

    light_yield_pe_kev: float
    quenching: Function
    recombination: Function
    acceptance: Function
    acceptance_of: AcceptanceOf = "s1"
    exposure_kg_day: float
    observed: int
    background: float
    background_sigma: float
    target: Target = ARGON_NATURAL

    def __post_init__(self) -> None:
        number("light_yield_pe_kev", self.light_yield_pe_kev)
        number("exposure_kg_day", self.exposure_kg_day)
        for name in ("observed", "background", "background_sigma"):
            number(f"{name} in events", getattr(self, name), low_included=True)
        if self.observed != int(self.observed):
            msg = f"observed = {self.observed} must be a whole number of events"
            raise OutOfRange(msg)
        require(self.acceptance_of, ("s1", "energy"), "acceptance", error=OutOfRange)

    def mean_s1_pe(self, energy_kev: Array) -> Array:
        """Mean S1 of recoils, photoelectrons; same shape.

        Raises
        ------
        OutOfRange
            An energy is outside of what quenching and recombination are known for.
        """
        quenched = energy_kev * _share("quenching", self.quenching, energy_kev)
        recombined = _share("recombination", self.recombination, quenched)
        mean: Array = self.light_yield_pe_kev * quenched * (1 + recombined) / 2
        return mean

    def response(self) -> xr.DataArray:
        """Share of recoils of each energy that are accepted with each S1.

        Returns
        -------
        xarray.DataArray
            Dimensions ``energy`` and ``s1``, see `vre_dm.physics.response.response_matrix`.

        Raises
        ------
        OutOfRange
            Recoils above the last energy would still be seen, so that events would be missing.
        """
        edges = np.arange(0.0, HIGHEST_KEV + STEP_KEV / 2, STEP_KEV)
        energy = (edges[1:] + edges[:-1]) / 2
        accepted = self._accepted(energy)
        beyond = float(accepted[-1].sum())
        if beyond > SEEN_BEYOND:
            msg = (
                f"{beyond:.1%} of recoils at {HIGHEST_KEV:g} keV, where quenching ends, are still accepted"
                f" with {self.light_yield_pe_kev:g} PE/keV of light: narrow the acceptance"
            )
            raise OutOfRange(msg)
        s1 = self._s1(energy)
        response = response_matrix(
            accepted,
            np.stack([energy, edges[:-1], edges[1:]], axis=1),
            np.stack([s1 - 0.5, s1 + 0.5], axis=1),
            signal="s1",
        )
        response.attrs["assumptions"] = {
            "light_yield_PE_keV": self.light_yield_pe_kev,
            "quenching": _name(self.quenching),
            "recombination": _name(self.recombination),
            "acceptance": f"{_name(self.acceptance)}, of {self.acceptance_of}",
        }
        return response

    def experiment(self) -> CountingExperiment:
        """The search as a counting experiment: for any halo, interaction or spectrum, and any statistic."""
        exposure = self.exposure_kg_day / 1000 / 365.25
        return CountingExperiment(
            "DarkSide-50", self.response(), exposure, target=self.target, reference=REFERENCE
        )

    def _s1(self, energy_kev: Array) -> Array:
        low, high = S1_RANGE_PE
        if self.acceptance_of == "energy":  # the acceptance says nothing of S1: let it have all it may have
            top = float(self.mean_s1_pe(energy_kev[-1:])[0])
            low, high = 1, int(top + 10 * np.sqrt(top))
        return np.arange(low, high + 1, dtype=np.float64)

    def _accepted(self, energy_kev: Array) -> Array:
        mean, s1 = self.mean_s1_pe(energy_kev)[:, None], self._s1(energy_kev)
        shares: Array = np.exp(xlogy(s1, mean) - mean - gammaln(s1 + 1))
        if self.acceptance_of == "energy":
            return shares * _share("acceptance", self.acceptance, energy_kev)[:, None]
        return shares * _share("acceptance", self.acceptance, s1)


def _name(function: Function) -> str:
    return str(getattr(function, "name", getattr(function, "__name__", "of the user")))


def _share(name: str, function: Function, at: Array) -> Array:
    """Values of one of the user's functions, which must be shares."""
    values = positive(name, function(at), zero=True)
    if values.shape != at.shape or np.any(values > 1):
        msg = f"{name} must give one share between 0 and 1 for each value it is asked for"
        raise OutOfRange(msg)
    return values
