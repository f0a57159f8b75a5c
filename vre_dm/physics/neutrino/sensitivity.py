"""What a telescope would exclude if it saw background alone: the median upper limit from the Asimov data."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert.annihilation_flux import Particle
from vre_dm.limits.convert.derived import Origin, derived
from vre_dm.limits.convert.domain import number, positive
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import Reference
from vre_dm.limits.quantities import QUANTITIES
from vre_dm.limits.spelling import require
from vre_dm.physics.neutrino.flux import Annihilation
from vre_dm.physics.neutrino.fold import Fold
from vre_dm.physics.neutrino.sources import GalacticHalo
from vre_dm.physics.spectra import Spectrum

Array = NDArray[np.float64]
UNIT_SIGMA_V = 1e-24
STATISTIC = (
    "one-sided profile likelihood, median from the Asimov data of background alone;"
    " projection, IRF level, no systematics"
)
STEPS = 60


def discovery(signal: ArrayLike, background: ArrayLike) -> float:
    r"""Test statistic of no signal in data that are exactly signal and background.

    .. math:: q_0 = 2 \sum_i \left[(s_i + b_i) \ln(1 + s_i / b_i) - s_i\right]

    Parameters
    ----------
    signal, background : array_like, one shape, events
        Infinite where a signal falls into a bin without background.

    Raises
    ------
    OutOfRange
        Numbers are negative or not finite, or their shapes differ.

    References
    ----------
    arXiv:1007.1727: significance from the Asimov data, summed over bins
    """
    expected = positive("background in events", background, zero=True)
    events = positive("signal in events", signal, zero=True)
    if events.shape != expected.shape or not events.size:
        msg = (
            f"signal of shape {events.shape}, background of {expected.shape}: give as many of each, not none"
        )
        raise OutOfRange(msg)
    seen = events > 0
    with np.errstate(divide="ignore"):
        terms = (events + expected)[seen] * np.log1p(events[seen] / expected[seen]) - events[seen]
    return float(2 * terms.sum())


def discrimination(signal: ArrayLike, background: ArrayLike, strength: ArrayLike = 1.0) -> Array:
    r"""Test statistic of a signal in data that are exactly the expected background.

    .. math:: q_\mu = 2 \sum_i \left[\mu s_i - b_i \ln(1 + \mu s_i / b_i)\right]

    Parameters
    ----------
    signal : array_like, shape (n, ...) of background's
        Events for a strength of 1, one set a row.
    background : array_like, any shape
        Known exactly.
    strength : array_like, shape (n,)

    Returns
    -------
    ndarray, shape (n,)

    References
    ----------
    arXiv:1007.1727: the test statistic of upper limits, on the Asimov data
    """
    expected = np.asarray(background, dtype=np.float64).ravel()
    events = np.asarray(signal, dtype=np.float64).reshape(-1, expected.size)
    events = events * np.atleast_1d(np.asarray(strength, dtype=np.float64))[:, None]
    # b ln(1 + s/b) vanishes with b
    ratio = np.divide(events, expected, out=np.zeros_like(events), where=expected > 0)
    return np.asarray(2 * (events - expected * np.log1p(ratio)).sum(axis=1))


def median_limit(signal: ArrayLike, background: ArrayLike, *, cl: float = 0.9) -> Array:
    r"""Strength that background alone excludes half of the time: :math:`q_\mu = [\Phi^{-1}(\mathrm{cl})]^2`.

    Parameters
    ----------
    signal, background
        As of `discrimination`.
    cl
        Confidence level, one-sided; above 0.5.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    OutOfRange
        A row expects no signal, numbers are negative, shapes do not go together, or there is so little
        background that fewer events would be excluded than it takes without any: 2.30 at 90 %.

    References
    ----------
    arXiv:1007.1727: median upper limits from the Asimov data
    """
    expected = positive("background in events", background, zero=True)
    events = positive("signal in events", signal, zero=True)
    events = events[None] if events.shape == expected.shape else events  # one set alone
    if events.shape[1:] != expected.shape or not events.size:
        msg = f"signal of shape {events.shape} must be rows of the background's {expected.shape}, not none"
        raise OutOfRange(msg)
    expected, events = expected.ravel(), events.reshape(len(events), -1)
    target = NormalDist().inv_cdf(number("confidence level", cl, 0.5, 1)) ** 2
    total = events.sum(axis=1)
    if not np.all(total > 0):
        msg = f"row {int(np.argmin(total)) + 1} expects no signal event: no strength could be excluded"
        raise OutOfRange(msg)
    # q rises and is at most 2 μ Σs, so the limit lies above this; the other end is doubled until it is below.
    low = target / (2 * total)
    high = 2 * low
    while np.any(short := discrimination(events, expected, high) < target):
        high = np.where(short, 2 * high, high)
    for _ in range(STEPS):
        middle = np.sqrt(low * high)
        above = discrimination(events, expected, middle) > target
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    strength = np.sqrt(low * high)
    _require_background(strength * total, cl)
    return np.asarray(strength)


def _require_background(excluded: Array, cl: float) -> None:
    """Refuse limits that no counting allows: an empty detector sees nothing of s events with e^-s."""
    least = -math.log(1 - cl)
    if np.any(excluded < least):
        msg = (
            f"row {int(np.argmin(excluded)) + 1}: too little background for the Asimov formula, which would"
            f" exclude {excluded.min():.2f} events where {least:.2f} are needed; take more years"
        )
        raise OutOfRange(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Annihilating:
    """What annihilation is taken to be, but its mass: see `vre_dm.physics.neutrino.flux.Annihilation`.

    Attributes
    ----------
    spectrum, flavour, particle
        As there.
    channel
        Word of the curve: ``bb``, ``tautau`` …, or ``any`` for a mixture or a spectrum of your own.
    """

    spectrum: Spectrum
    channel: str
    flavour: float = 1.0
    particle: Particle = "Majorana"

    def __post_init__(self) -> None:
        require(self.channel, QUANTITIES["sigmav"].channels, "channel", error=OutOfRange)

    def at(self, mass_gev: float) -> Annihilation:
        """The flux at one mass, for ⟨σv⟩ = 1e-24 cm³/s."""
        return Annihilation(
            spectrum=self.spectrum,
            mass_gev=mass_gev,
            sigma_v_cm3_s=UNIT_SIGMA_V,
            flavour=self.flavour,
            particle=self.particle,
        )


def annihilation_sensitivity(
    observed: Fold,
    annihilating: Annihilating,
    mass_gev: ArrayLike,
    *,
    cl: float = 0.9,
    id: str = "derived",
    label: str = "",
    inputs: Iterable[str] = (),
    reference: Reference | None = None,
) -> Curve:
    """Median upper limit on ⟨σv⟩ that a telescope would set on annihilation around the Galactic Centre.

    Parameters
    ----------
    observed
        Made by `vre_dm.physics.neutrino.fold.fold` of a `GalacticHalo`.
    annihilating
        Spectrum of muon neutrinos at production, and what becomes of them.
    mass_gev : array_like, shape (n,), GeV, rising
    cl
        Confidence level, one-sided.
    id, label
        Of the curve.
    inputs
        Text for each set of files, ``scope:name adler32:…``.
    reference
        Publication of the responses.

    Returns
    -------
    Curve
        ``sigmav`` in cm³/s, of the kind ``projection``: from the responses alone, without any systematics.

    Raises
    ------
    OutOfRange
        A mass outside of the spectrum's table, or one that gives no event; masses that do not rise.
    """
    halo = observed.source
    if not isinstance(halo, GalacticHalo):
        msg = f"a limit on annihilation needs the fold of a GalacticHalo, not of {type(halo).__name__}"
        raise OutOfRange(msg)
    masses = np.atleast_1d(positive("dark-matter mass in GeV", mass_gev))
    if masses.ndim != 1 or not masses.size or not np.all(np.diff(masses) > 0):
        msg = f"dark-matter masses: give one or more that rise, not {masses.size} of shape {masses.shape}"
        raise OutOfRange(msg)
    signal = observed.events([annihilating.at(float(mass)) for mass in masses])
    _require_events(observed, annihilating, masses, signal)
    strength = median_limit(signal, observed.background.sum("background"), cl=cl)
    name = f"{observed.telescope.name} {observed.years:g} yr, {annihilating.channel}"
    return derived(
        Origin(
            experiment=observed.telescope.name,
            label=label or f"{name} (projection, IRF level, no systematics)",
            kind="projection",
            cl=cl,
            statistic=STATISTIC,
            reference=reference or Reference(),
        ),
        id=id,
        formula="neutrino/asimov-median/1007.1727",
        quantity="sigmav",
        channel=annihilating.channel,
        columns=(mass_column(masses), limit_column(UNIT_SIGMA_V * strength, "sigmav")),
        files=inputs,
        assumptions=_assumptions(observed, halo, annihilating),
    )


def _require_events(observed: Fold, annihilating: Annihilating, masses: Array, signal: xr.DataArray) -> None:
    seen = signal.sum(("energy", "ring")).to_numpy() > 0
    if not seen.all():
        lowest = observed.kernel["energy_true"].attrs["edges"][0]
        msg = (
            f"{annihilating.channel}: {masses[~seen][0]:g} GeV gives nothing for {observed.telescope.name}"
            f" to see; its responses begin at {lowest:g} GeV"
        )
        raise OutOfRange(msg)


def _assumptions(observed: Fold, halo: GalacticHalo, annihilating: Annihilating) -> dict[str, str | float]:
    energies, rings = (observed.kernel[name].attrs["edges"] for name in ("energy", "ring"))
    return {
        **halo.density.assumptions(),
        "dark_matter": annihilating.particle,
        "live_time_years": observed.years,
        "neutrinos": "muon neutrinos and antineutrinos, twice the table of muon neutrinos",
        "flavour": f"{annihilating.flavour:g} muon neutrinos at Earth for one at production",
        "selection": f"zenith angle above {observed.telescope.above_zenith_deg:g} deg",
        "reconstructed_energy_GeV": f"{energies[0]:g} to {energies[-1]:g}",
        "rings_deg": f"{rings[0]:g} to {rings[-1]:g}, {len(rings) - 1} of them",
        "background": "atmospheric neutrinos and muons of the responses, known exactly; no cosmic neutrinos",
        "systematics": "none",
    }
