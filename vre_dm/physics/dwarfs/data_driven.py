"""The data-driven likelihood of dwarf galaxies: photons, a background learnt from the sky, and J profiled."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number, positive
from vre_dm.limits.spelling import require
from vre_dm.physics.dwarfs.background import Background, Shape
from vre_dm.physics.dwarfs.blank_sky import BlankSky
from vre_dm.physics.dwarfs.crossing import highest, last_above, require_found
from vre_dm.physics.dwarfs.j_posteriors import JPosterior
from vre_dm.physics.dwarfs.j_priors import GaussianJ, JPrior
from vre_dm.physics.dwarfs.photon_counts import PhotonCounts

if TYPE_CHECKING:
    import xarray as xr

    from vre_dm.physics.spectra import Spectrum

Array = NDArray[np.float64]
DROP = 1.92
"""ln L below its maximum at the limit: −2Δln L = 3.84, as in the code of arXiv:2002.01229."""
STEP_DEX = 0.02
FAINT, BRIGHT = -3.0, 3.5
"""log10 of the photons of signal between which limits are sought: none, and more than a background hides."""


@dataclass(frozen=True, slots=True, eq=False)
class DwarfLikelihood:
    """One dwarf galaxy with what is known of its background and its J factor."""

    dwarf: PhotonCounts
    background: Background
    prior: JPrior

    def lnl(self, signal: Array, sigma_v_j: Array) -> Array:
        """Profile the background out.

        Parameters
        ----------
        signal : ndarray, shape (bins,)
            Photons for ⟨σv⟩J = 1 GeV²/cm²/s.
        sigma_v_j : ndarray, shape (n,), GeV²/cm²/s

        Returns
        -------
        ndarray, shape (n,)
            ln L relative to no signal.
        """
        photons = np.concatenate([[0.0], sigma_v_j])[:, None] * signal
        lnl = self.background.log_p - self.background.photons.sum(axis=1) - photons.sum(axis=1)[:, None]
        for bin in np.flatnonzero(self.dwarf.counts):
            expected = photons[:, bin, None] + self.background.photons[:, bin]
            lnl += self.dwarf.counts[bin] * np.log(expected)
        best = highest(lnl)[0] if lnl.shape[1] > 2 else lnl.max(axis=1)
        return np.asarray(best[1:] - best[0])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DataDrivenStack:
    r"""Dwarf galaxies whose backgrounds are learnt from blank sky.

    .. math:: \ln L = \sum_d \Bigl[ \sum_e (c_e \ln \lambda_e - \lambda_e) + \ln p(\log_{10} J) + \ln p(\ln b)
              \Bigr], \qquad \lambda_e = s_e J \langle\sigma v\rangle + b_e

    Attributes
    ----------
    dwarfs
        At least one, no two of a name.
    sky
        Where :math:`p(\ln b)` comes from; ``None``: backgrounds are known, as predicted.
    posteriors
        :math:`p(\log_{10} J)` by dwarf; a dwarf without one has the Gaussian of its table.
    shape
        How a background that is not the predicted one differs, see `Background.learnt`.

    Raises
    ------
    OutOfRange
        No dwarf, one twice, or an unknown shape.

    References
    ----------
    arXiv:1803.05508 (the method), arXiv:2002.01229 (the data and the J posteriors)
    """

    dwarfs: Sequence[PhotonCounts]
    sky: BlankSky | None = None
    posteriors: Mapping[str, JPosterior] = field(default_factory=dict)
    shape: Shape = "counts"

    def __post_init__(self) -> None:
        require(self.shape, get_args(Shape), "shape of the background", error=OutOfRange)
        names = [dwarf.name for dwarf in self.dwarfs]
        if not names or len(set(names)) < len(names):
            msg = f"a stack needs dwarf galaxies, each once, not {', '.join(names) or 'none'}"
            raise OutOfRange(msg)

    def targets(self) -> list[DwarfLikelihood]:
        """The dwarfs with their nuisance parameters."""
        return [self.target(dwarf) for dwarf in self.dwarfs]

    def target(self, dwarf: PhotonCounts, *, without: int | None = None) -> DwarfLikelihood:
        """One dwarf with its nuisance parameters, learnt without one position of the sky."""
        background = Background.known(dwarf)
        if self.sky is not None:
            background = Background.learnt(dwarf, self.sky, self.shape, without)
        prior = self.posteriors.get(dwarf.name) or GaussianJ(dwarf.log10_j, dwarf.sigma_dex)
        return DwarfLikelihood(dwarf, background, prior)

    def limits(
        self, spectrum: Spectrum, mass_gev: ArrayLike, *, drop: float = DROP, least_cm3_s: float = 0.0
    ) -> Array:
        """Upper limits on ⟨σv⟩.

        Parameters
        ----------
        spectrum
            Photons of one annihilation.
        mass_gev : array_like, shape (n,), GeV
            Inside of what the spectrum is known for.
        drop
            Of ln L from its maximum: 1.92 (−2Δln L = 3.84) as published, 1.353 for 95 % one-sided.
        least_cm3_s
            Smallest ⟨σv⟩ among which the maximum is sought. The scan of the code MLFermiLATDwarfs begins at
            1e-27 cm³/s, which weakens its limits where they are near; nothing else speaks for a number.

        Returns
        -------
        ndarray, shape (n,), cm³/s

        Raises
        ------
        OutOfRange
            A mass that the spectrum is not known for, no photon in the LAT's range, or no blank sky near.
        """
        masses = np.atleast_1d(positive("dark-matter mass in GeV", mass_gev))
        least = number("least sigma_v in cm3/s", least_cm3_s, low_included=True)
        return stacked_limits(self.targets(), spectrum, masses, number("drop of ln L", drop), least)

    def likelihood(self, spectrum: Spectrum, mass_gev: ArrayLike, sigma_v_cm3_s: ArrayLike) -> xr.DataArray:
        """Give ln L of every dwarf relative to no signal, J at the table's value, the background profiled.

        Parameters
        ----------
        spectrum
            Photons of one annihilation.
        mass_gev : array_like, shape (n,), GeV
        sigma_v_cm3_s : array_like, shape (k,), cm³/s

        Returns
        -------
        xarray.DataArray
            Dimensions ``target``, ``mass``, ``sigma_v``, what a combination of instruments starts from.

        Raises
        ------
        OutOfRange
            As `limits`.
        """
        import xarray as xr

        masses = np.atleast_1d(positive("dark-matter mass in GeV", mass_gev))
        sigma_v = np.atleast_1d(positive("sigma_v in cm3/s", sigma_v_cm3_s))
        values = [
            [t.lnl(t.dwarf.signal(spectrum, mass), sigma_v * 10**t.dwarf.log10_j) for mass in masses]
            for t in self.targets()
        ]
        coords = {
            "target": [dwarf.name for dwarf in self.dwarfs],
            "mass": ("mass", masses, {"units": "GeV"}),
            "sigma_v": ("sigma_v", sigma_v, {"units": "cm3/s"}),
        }
        attrs = {"units": "1", "long_name": "ln L relative to no signal", "spectrum": spectrum.name}
        return xr.DataArray(np.array(values), coords, ("target", "mass", "sigma_v"), "lnL", attrs)


def stacked_limits(
    targets: Sequence[DwarfLikelihood],
    spectrum: Spectrum,
    masses_gev: Array,
    drop: float,
    least_cm3_s: float = 0.0,
) -> Array:
    """Limits on ⟨σv⟩ of targets that are ready, cm³/s; as `DataDrivenStack.limits`."""
    lattices = (lattice_lnl(targets, spectrum, float(mass)) for mass in masses_gev)
    places = np.array([_crossing(*lattice, drop, least_cm3_s) for lattice in lattices])
    require_found(places, masses_gev, "data-driven stack")
    return np.asarray(10**places)


def lattice_lnl(
    targets: Sequence[DwarfLikelihood], spectrum: Spectrum, mass_gev: float
) -> tuple[Array, Array]:
    """Sum ln L of the stack relative to no signal, every nuisance parameter profiled.

    Returns
    -------
    tuple of ndarray, shape (n,)
        log10⟨σv⟩, uniform, from no signal to more than any background hides; and ln L there.
    """
    signals = [target.dwarf.signal(spectrum, mass_gev) for target in targets]
    step = min(STEP_DEX, *(target.prior.width_dex / 2 for target in targets))
    lattices = [target.prior.lattice(step) for target in targets]
    shining = [-np.log10(signal.sum()) for signal in signals]
    low = min(one - lattice[-1] for one, lattice in zip(shining, lattices, strict=True)) + FAINT
    high = min(one - lattice[0] for one, lattice in zip(shining, lattices, strict=True)) + BRIGHT
    log10_sigma_v = low + step * np.arange(math.ceil((high - low) / step) + 4)
    total = np.zeros_like(log10_sigma_v)
    for target, signal, lattice in zip(targets, signals, lattices, strict=True):
        z = low + lattice[0] + step * np.arange(total.size + lattice.size - 1)
        coarse = np.arange(z[0], z[-1] + STEP_DEX, STEP_DEX)
        total += target.prior.profile(CubicSpline(coarse, target.lnl(signal, 10**coarse))(z), step)
    return log10_sigma_v, total


def _crossing(log10_sigma_v: Array, lnl: Array, drop: float, least_cm3_s: float) -> float:
    """log10 of the limit on ⟨σv⟩, NaN where there is none."""
    least = math.log10(least_cm3_s) if least_cm3_s else -np.inf
    floor = float(np.interp(least, log10_sigma_v, lnl)) if least_cm3_s else 0.0
    peak = highest(np.where(log10_sigma_v > least, lnl, -np.inf)[None], at_zero=floor)[0]
    place = last_above(lnl[None], peak - drop)[0]
    return float(np.interp(place, np.arange(lnl.size), log10_sigma_v)) if np.isfinite(place) else np.nan
