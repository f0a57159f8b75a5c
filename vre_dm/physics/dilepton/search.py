"""Two ways to ask whether a resonance is excluded: a limit on its rate, or the binned likelihood."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.derived import Origin
from vre_dm.limits.convert.domain import number
from vre_dm.limits.metadata import Reference
from vre_dm.physics.dilepton.cls import log_cls, log_cls_by_toys
from vre_dm.physics.dilepton.luminosity import fiducial_cross_section
from vre_dm.physics.dilepton.published import LimitTable
from vre_dm.physics.dilepton.resonance import Resonance
from vre_dm.physics.dilepton.templates import Templates
from vre_dm.physics.statistics.profile_likelihood import Toys

Floats = NDArray[np.float64]
CL = 0.95
ATLAS = Origin(
    experiment="ATLAS",
    year=2019,
    cl=CL,
    reference=Reference(arxiv="1903.06248", arxiv_version="v3", doi="10.1016/j.physletb.2019.07.016"),
    licence="BSD-3-Clause",
)
PROJECTION = Origin(
    experiment="ATLAS",
    year=2022,
    kind="projection",
    cl=CL,
    statistic="median expected limit of the source; 14 TeV, luminosity not stated",
    reference=Reference(arxiv="2206.03456"),
    licence="MIT",
)
CONTEXT = {"signal": "leading order, no interference with photon and Z"}


class Search(Protocol):
    """Anything that tells how far a resonance is inside the excluded region."""

    @property
    def origin(self) -> Origin:
        """Whose data, kind and confidence level, for a curve."""

    @property
    def formula(self) -> str:
        """Identifier of what is done."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Files that went in, ``scope:name adler32:…``."""

    @property
    def assumptions(self) -> Mapping[str, str | float]:
        """What it takes for granted."""

    def margin(self, resonances: Resonance) -> Floats:
        """Decades by which each is excluded, shape (n,): above 0 it is; NaN where nothing is known."""


@dataclass(frozen=True, slots=True)
class RateSearch:
    """Fiducial cross section against an upper limit on it; the margin is log₁₀(σ/limit).

    Luminosities of a lower energy than the limits' give a lower bound on the rate, since rates rise with the
    energy; nothing is scaled.

    Attributes
    ----------
    luminosity
        As made by `vre_dm.physics.dilepton.luminosity.read_luminosity`.
    limits
        As made by `vre_dm.physics.dilepton.published`.
    origin
        Whose limits.
    k_factor
        Multiplies the leading-order cross section. The ξ of the binned likelihood is none: it holds the
        efficiency too, and a fiducial limit is already corrected for that.
    inputs
        Files that went in, ``scope:name adler32:…``, for the record of what is made.

    Raises
    ------
    OutOfRange
        The luminosities are of a higher energy than the limits, or the K factor is not positive.
    """

    luminosity: xr.DataArray
    limits: LimitTable
    origin: Origin = field(default_factory=lambda: replace(ATLAS, statistic="CLs", licence="CC0-1.0"))
    k_factor: float = 1.0
    inputs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        number("k_factor", self.k_factor)
        if self._energy_tev > self.limits.sqrt_s_tev:
            msg = (
                f"luminosities of {self._energy_tev:g} TeV against limits of {self.limits.sqrt_s_tev:g} TeV: "
                "the rates are too high and would exclude too much"
            )
            raise OutOfRange(msg)

    @property
    def _energy_tev(self) -> float:
        return float(self.luminosity.attrs["sqrt_s_TeV"])

    @property
    def formula(self) -> str:
        """Identifier of what is done."""
        return "dilepton/fiducial-rate/1912.06374"

    @property
    def assumptions(self) -> Mapping[str, str | float]:
        """What it takes for granted."""
        energy = f"{self._energy_tev:g} TeV"
        if self._energy_tev < self.limits.sqrt_s_tev:
            energy += f", limits {self.limits.sqrt_s_tev:g} TeV: rates and reach are lower bounds"
        region = "|eta| < 2.5, pT > 30 GeV, m_ll > M - 2 Gamma"
        return {
            **CONTEXT,
            "parton_luminosities": energy,
            "fiducial_region": region,
            "K_factor": self.k_factor,
        }

    def margin(self, resonances: Resonance) -> Floats:
        """Decades by which each resonance is excluded.

        Raises
        ------
        OutOfRange
            Electrons and muons couple differently: the limit is on one rate for both.
        """
        ee, mumu = resonances.strength[:, 0], resonances.strength[:, 1]
        if not np.allclose(ee, mumu, rtol=1e-9):
            msg = f"{resonances.name} couples differently to e and mu; the binned search keeps them apart"
            raise OutOfRange(msg)
        result = np.full(resonances.mass_gev.shape, np.nan)
        known = self.limits.covers(resonances.mass_gev, resonances.relative_width)
        if known.any():
            inside = resonances.only(known)
            rate = self.k_factor * fiducial_cross_section(self.luminosity, inside)
            limit = self.limits.at(inside.mass_gev, inside.relative_width)
            result[known] = np.log10(np.maximum(rate / limit, 1e-99))
        return result


@dataclass(frozen=True, slots=True)
class BinnedSearch:
    """Binned CLs of the ee and µµ spectra together; the margin is log₁₀((1 - CL)/CLs).

    Attributes
    ----------
    templates
        Data, background and signal templates.
    expected
        Ask what a data set equal to the background would exclude.
    inputs
        As of `RateSearch`.
    toys
        Asymptotic formulae without, which is for planes; where a signal of few events decides, as in the
        mass limits of heavy resonances, toys are exact. A mass takes 0.1 s with 2000 of them.

    Raises
    ------
    OutOfRange
        Toys for what is expected.
    """

    templates: Templates
    expected: bool = False
    inputs: tuple[str, ...] = ()
    toys: Toys | None = None

    def __post_init__(self) -> None:
        if self.expected and self.toys:
            msg = "toys tell what the observed events exclude; what is expected is asymptotic only"
            raise OutOfRange(msg)

    @property
    def origin(self) -> Origin:
        """Whose data, kind and confidence level, for a curve."""
        way = f"{self.toys.number} toys" if self.toys else "asymptotic, at least exp(-signal)"
        statistic = f"CLs of binned ee and mumu spectra, {way}; background exact, no systematics"
        return replace(ATLAS, kind="expected" if self.expected else "observed", statistic=statistic)

    @property
    def formula(self) -> str:
        """Identifier of what is done."""
        return "dilepton/binned-CLs/1007.1727"

    @property
    def assumptions(self) -> Mapping[str, str | float]:
        """What it takes for granted."""
        fb = {f"luminosity_{c.flavour}_fb": c.luminosity_fb for c in self.templates.channels}
        rate = "xi of 1912.06374: efficiency times K factor; its last value above 4.5 TeV"
        return {**CONTEXT, **fb, "efficiency": rate, "true_masses": "from M - 2 Gamma up"}

    def margin(self, resonances: Resonance) -> Floats:
        """Decades by which each resonance is excluded."""
        result = np.full(resonances.mass_gev.shape, np.nan)
        known = self.templates.covers(resonances)
        if known.any():
            logarithm = self._log_cls(self.templates.events(resonances.only(known)))
            result[known] = (math.log(1 - CL) - logarithm) / math.log(10)
        return result

    def _log_cls(self, signal: Floats) -> Floats:
        observed, background = self.templates.observed, self.templates.background
        if self.toys is None:
            return log_cls(signal, background if self.expected else observed, background)
        return log_cls_by_toys(signal, observed, background, self.toys)
