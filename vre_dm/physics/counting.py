"""Counting experiments: from expected and observed events to a limit curve."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri, ndtri

from vre_dm.errors import OutOfRange
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import Assumptions, Provenance, Reference
from vre_dm.physics.direct_detection import si_spectrum
from vre_dm.physics.halo import StandardHalo
from vre_dm.physics.response import fold, window_fractions
from vre_dm.physics.targets import XENON_AVERAGE, Target

if TYPE_CHECKING:
    import xarray as xr

REFERENCE_SIGMA_CM2 = 1e-45


def observed_in(values: ArrayLike, windows: ArrayLike) -> NDArray[np.int64]:
    """Count the events in each region of interest, both edges included.

    Parameters
    ----------
    values : array_like, shape (events,)
        Measured quantity of each event.
    windows : array_like, shape (n, 2), same unit
        Lower and upper edge of each region.

    Returns
    -------
    ndarray, shape (n,)
    """
    seen, edges = (
        np.sort(np.asarray(values, dtype=np.float64)),
        np.atleast_2d(np.asarray(windows, dtype=float)),
    )
    counts = np.searchsorted(seen, edges[:, 1], "right") - np.searchsorted(seen, edges[:, 0], "left")
    return np.asarray(counts, dtype=np.int64)


def poisson_upper_limit(
    observed: ArrayLike, *, cl: float = 0.9, background: ArrayLike = 0.0
) -> NDArray[np.float64]:
    r"""Classical upper limit on the mean of a Poisson signal.

    The largest signal :math:`s` for which :math:`P(N \le n \,|\, s + b) = 1 - {\rm CL}`. With the
    background left at zero every event counts as signal, which is conservative.

    Parameters
    ----------
    observed : array_like
        Counted events n.
    cl
        Confidence level, one-sided.
    background : array_like
        Expected background b, known exactly. A limit that would fall below zero is an error.

    Returns
    -------
    ndarray, events

    Raises
    ------
    OutOfRange
        A count or background is negative, the level is not between 0 and 1, or fewer events were seen
        than the background alone allows, so that this construction has no positive answer.

    References
    ----------
    Particle Data Group, Review of Particle Physics (2024), Statistics: Poisson one-sided limits.
    """
    n, b = np.asarray(observed, dtype=np.float64), np.asarray(background, dtype=np.float64)
    if not (0 < cl < 1 and np.all(n >= 0) and np.all(b >= 0)):
        msg = f"counts and background must not be negative, and the level must be inside 0 to 1, not {cl}"
        raise OutOfRange(msg)
    limit = chdtri(2 * (n + 1), 1 - cl) / 2 - b
    if not np.all(limit > 0):
        msg = "fewer events than the background allows: the classical Poisson limit is not positive here"
        raise OutOfRange(msg)
    return np.asarray(limit)


def lowered_poisson_limit(
    observed: ArrayLike,
    *,
    cl: float = 0.9,
    background: ArrayLike = 0.0,
    background_sigma: ArrayLike = 0.0,
    signal_relative_sigma: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    r"""Poisson upper limit with background and detected signal lowered by their uncertainties.

    Signal and background are each taken at the low end that a normal error exceeds with probability
    CL, :math:`z` standard deviations down, and what is left must explain the count:

    .. math:: s = \frac{\max\left[U(n) - (b - z \sigma_b),\; U(0)\right]}{1 - z \delta_s},
              \qquad z = \Phi^{-1}({\rm CL})

    with :math:`U(n)` the limit of `poisson_upper_limit` without background. No limit is stronger than
    that of an experiment without events and without background, so few events below the expected
    background are not turned into sensitivity. Lowering both at once is conservative: at least CL of
    repeated experiments are covered, not exactly CL, and nothing is marginalised or profiled.

    Parameters
    ----------
    observed : array_like
        Counted events n.
    cl
        Confidence level, one-sided, at least 0.5; it also sets z.
    background, background_sigma : array_like
        Expected background events b and their standard deviation. A background lowered below zero is zero.
    signal_relative_sigma : array_like
        Standard deviation of the expected signal as a share of it, :math:`\delta_s`.

    Returns
    -------
    ndarray, events
        Mean of the signal, before any lowering.

    Raises
    ------
    OutOfRange
        A count, background or uncertainty is negative or not finite, the level is not between 0.5 and 1,
        or a signal is so uncertain that its lowered mean is not positive.

    References
    ----------
    Read off the ten limit tables released with arXiv:1907.11485, whose 419 rows it gives back to the last
    digit; the release itself only refers to the article for the construction.
    """
    inputs = (observed, background, background_sigma, signal_relative_sigma)
    n, b, sigma_b, delta_s = (np.asarray(part, dtype=np.float64) for part in inputs)
    if not (
        0.5 <= cl < 1 and all(np.all(np.isfinite(part) & (part >= 0)) for part in (n, b, sigma_b, delta_s))
    ):
        msg = f"counts, background and uncertainties must not be negative, and the level 0.5 to 1, not {cl}"
        raise OutOfRange(msg)
    z = float(ndtri(cl))
    kept = 1 - z * delta_s
    if not np.all(kept > 0):
        msg = f"a signal uncertain by {np.max(delta_s):.0%} has no positive lower end at {cl:.0%} CL"
        raise OutOfRange(msg)
    net = poisson_upper_limit(n, cl=cl) - np.maximum(b - z * sigma_b, 0.0)
    return np.asarray(np.maximum(net, poisson_upper_limit(0, cl=cl)) / kept)


@dataclass(frozen=True, slots=True)
class CountingExperiment:
    """An experiment that counts recoils in a window of one signal.

    Attributes
    ----------
    name
        For the curves it makes.
    response
        As made by `vre_dm.physics.response.response_matrix`.
    exposure_tonne_year
        Target mass times live time.
    threshold_kev
        Recoil energy below which no signal is assumed, keV.
    target
        The nuclei.
    """

    name: str
    response: xr.DataArray
    exposure_tonne_year: float
    threshold_kev: float = 0.0
    target: Target = XENON_AVERAGE

    def expected(
        self, mass_gev: ArrayLike, windows: ArrayLike, halo: StandardHalo, *, sigma_cm2: float = 1e-45
    ) -> NDArray[np.float64]:
        """Compute the expected signal events in the region of interest of each mass.

        Parameters
        ----------
        mass_gev : array_like, shape (n,), GeV
        windows : array_like, shape (n, 2), unit of the signal
        halo
            Density and speeds.
        sigma_cm2
            Spin-independent cross section on a nucleon, cm².

        Returns
        -------
        ndarray, shape (n,), events
        """
        energies = self.response["energy"].to_numpy()
        spectra = si_spectrum(mass_gev, energies, sigma_cm2=sigma_cm2, halo=halo, target=self.target)
        per_bin = fold(
            spectra,
            self.response,
            exposure_tonne_year=self.exposure_tonne_year,
            threshold_kev=self.threshold_kev,
        )
        counts: NDArray[np.float64] = np.sum(per_bin * window_fractions(self.response, windows), axis=1)
        return counts

    def si_limit(
        self,
        mass_gev: ArrayLike,
        windows: ArrayLike,
        signal_limit: ArrayLike,
        halo: StandardHalo,
        *,
        cl: float,
        statistic: str,
        identifier: str = "derived",
        label: str = "",
        inputs: tuple[str, ...] = (),
        reference: Reference | None = None,
    ) -> Curve:
        """Upper limit on the spin-independent cross section.

        Parameters
        ----------
        mass_gev : array_like, shape (n,), GeV
            Rising.
        windows : array_like, shape (n, 2), unit of the signal
            Region of interest of each mass.
        signal_limit : array_like, shape (n,), events
            Upper limit on the number of signal events in each region.
        halo
            Density and speeds.
        cl, statistic
            Level of `signal_limit`, and how it was set.
        identifier, label
            Of the curve; the label is the experiment's name by default.
        inputs
            DIDs or file names that went in.
        reference
            Publication of the data.

        Returns
        -------
        Curve
            ``sigma_SI`` in cm² on `mass_gev`, with every assumption.

        Raises
        ------
        OutOfRange
            A mass so low that no event is expected, or a signal limit that is not positive.
        """
        masses, limits = np.asarray(mass_gev, dtype=float), np.asarray(signal_limit, dtype=float)
        expected = self.expected(masses, windows, halo, sigma_cm2=REFERENCE_SIGMA_CM2)
        if not np.all(expected > 0):
            lightest = float(np.min(masses[expected > 0], initial=math.inf))
            msg = f"{self.name} expects no event below {lightest:g} GeV with this halo and threshold"
            raise OutOfRange(msg)
        if not np.all(limits > 0):
            msg = "the limit on the number of signal events must be positive"
            raise OutOfRange(msg)
        return Curve(
            id=identifier,
            label=label or self.name,
            experiment=self.name,
            quantity="sigma_SI",
            columns=(mass_column(masses), limit_column(REFERENCE_SIGMA_CM2 * limits / expected, "sigma_SI")),
            cl=cl,
            statistic=statistic,
            reference=reference or Reference(),
            provenance=Provenance(type="derived", formula="counting.si_limit", inputs=inputs),
            assumptions=self._assumptions(halo),
        )

    def _assumptions(self, halo: StandardHalo) -> Assumptions:
        return Assumptions(
            {
                **halo.assumptions(),
                "target": self.target.name,
                "form_factor": "Helm (Lewin & Smith 1996)",
                "coupling": "spin-independent, equal for protons and neutrons",
                "nucleon_mass": "1 u",
                "exposure_tonne_year": self.exposure_tonne_year,
                "threshold_keV": self.threshold_kev,
            }
        )
