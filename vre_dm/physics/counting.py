"""Counting experiments: from a model and a response to the signal expected in each bin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number, positive
from vre_dm.limits.metadata import Reference
from vre_dm.physics.direct_detection import Interaction, SpinIndependent, recoil_spectrum
from vre_dm.physics.halo import Halo, StandardHalo
from vre_dm.physics.response import fold, signal_edges
from vre_dm.physics.targets import XENON_AVERAGE, Target

Rate = Callable[[NDArray[np.float64], NDArray[np.float64]], ArrayLike]
"""A recoil spectrum of a user's own: masses (n,) GeV, energies (k,) keV → (n, k) events/(tonne year keV)."""

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
    reference
        Publication of the data, for the curves.
    """

    name: str
    response: xr.DataArray
    exposure_tonne_year: float
    threshold_kev: float = 0.0
    target: Target = XENON_AVERAGE
    reference: Reference = field(default_factory=Reference)

    def signal(
        self,
        mass_gev: ArrayLike,
        *,
        halo: Halo | None = None,
        interaction: Interaction | None = None,
        rate: Rate | None = None,
        quantity: str = "sigma_SI",
        sigma_cm2: float = REFERENCE_SIGMA_CM2,
        assumptions: Mapping[str, float | str] | None = None,
    ) -> xr.DataArray:
        """Compute the expected signal events in each bin.

        Parameters
        ----------
        mass_gev : array_like, shape (n,), GeV
        halo, interaction
            Of `recoil_spectrum`; the Standard Halo Model and spin-independent scattering by default.
        rate
            A recoil spectrum of your own, in place of halo and interaction: ``rate(mass_gev, energy_kev)``
            gives events / (tonne year keV) at `sigma_cm2`, shape (n, k).
        quantity
            What is limited, where `rate` is given: a word of `vre_dm.limits.quantities` in cm².
        sigma_cm2
            Cross section that the signal is for, cm².
        assumptions
            What `rate` takes for granted, for the curve.

        Returns
        -------
        xarray.DataArray
            Dimensions ``mass`` and the response's signal; events. Its attributes say all that a curve needs.

        Raises
        ------
        OutOfRange
            A mass or the cross section is not positive, `rate` came with a halo or an interaction, or gives
            another shape, a negative or no finite number.
        """
        masses = np.atleast_1d(positive("dark-matter mass in GeV", mass_gev))
        sigma = number("cross section sigma_cm2", sigma_cm2)
        if rate is None:
            halo, interaction = halo or StandardHalo(), interaction or SpinIndependent()
            spectrum = recoil_spectrum(
                masses,
                self._energies,
                sigma_cm2=sigma,
                halo=halo,
                target=self.target,
                interaction=interaction,
            )
            quantity = interaction.quantity
            assumed = {**halo.assumptions(), "target": self.target.name, **interaction.assumptions()}
        else:
            if halo is not None or interaction is not None:
                msg = "rate takes the place of halo and interaction: give either it or them"
                raise OutOfRange(msg)
            spectrum = self._rate_of(rate, masses)
            assumed = {"recoil_spectrum": getattr(rate, "__name__", type(rate).__name__)}
        return self._folded(masses, spectrum, quantity, sigma, {**assumed, **(assumptions or {})})

    @property
    def _energies(self) -> NDArray[np.float64]:
        return np.asarray(self.response["energy"].to_numpy(), dtype=np.float64)

    def _rate_of(self, rate: Rate, masses: NDArray[np.float64]) -> NDArray[np.float64]:
        spectrum = positive("rate in events/(tonne year keV)", rate(masses, self._energies), zero=True)
        if spectrum.shape != (masses.size, self._energies.size):
            wanted = (masses.size, self._energies.size)
            msg = (
                f"rate gives the shape {spectrum.shape}; give one row a mass, one column an energy: {wanted}"
            )
            raise OutOfRange(msg)
        return spectrum

    def _folded(
        self,
        masses: NDArray[np.float64],
        spectrum: NDArray[np.float64],
        quantity: str,
        sigma_cm2: float,
        assumptions: Mapping[str, float | str],
    ) -> xr.DataArray:
        counts = fold(
            spectrum,
            self.response,
            exposure_tonne_year=self.exposure_tonne_year,
            threshold_kev=self.threshold_kev,
        )
        name = str(self.response.dims[-1])
        low, high = signal_edges(self.response)
        unit = self.response[name].attrs
        coords = {
            "mass": ("mass", masses, {"units": "GeV"}),
            name: (name, self.response[name].to_numpy(), unit),
            f"{name}_low": (name, low, unit),
            f"{name}_high": (name, high, unit),
        }
        own = {"exposure_tonne_year": self.exposure_tonne_year, "threshold_keV": self.threshold_kev}
        attrs = {
            "units": "events",
            "experiment": self.name,
            "quantity": quantity,
            "sigma_cm2": sigma_cm2,
            "reference": self.reference,
            "assumptions": {**assumptions, **self.response.attrs.get("assumptions", {}), **own},
        }
        return xr.DataArray(counts, dims=("mass", name), coords=coords, name="signal", attrs=attrs)
