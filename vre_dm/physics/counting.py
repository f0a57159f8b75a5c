"""Counting experiments: from expected and observed events to a limit curve."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import Assumptions, Provenance, Reference
from vre_dm.physics.direct_detection import si_spectrum
from vre_dm.physics.halo import StandardHalo
from vre_dm.physics.response import fold, window_fractions
from vre_dm.physics.statistics.poisson import lowered_poisson_limit, poisson_upper_limit
from vre_dm.physics.targets import XENON_AVERAGE, Target

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["CountingExperiment", "lowered_poisson_limit", "observed_in", "poisson_upper_limit"]

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
