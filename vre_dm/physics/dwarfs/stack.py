"""The stack of dwarf galaxies: one annihilation cross section, a J factor of its own for every target."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.annihilation_flux import Particle, annihilation
from vre_dm.limits.convert.domain import between, positive
from vre_dm.limits.spelling import require
from vre_dm.physics.dwarfs.crossing import highest, last_above, one_sided_drop, require_found
from vre_dm.physics.dwarfs.envelope import envelope
from vre_dm.physics.dwarfs.lattice import Segments
from vre_dm.physics.dwarfs.roster import Roster
from vre_dm.physics.dwarfs.tables import ENERGY, PHOTONS
from vre_dm.physics.spectra import Spectrum, counts_in_bins, energy_in_bins, require_particle

Array = NDArray[np.float64]
STEP_DEX = 0.01
FAINT, DEEP = 1e-3, 10.0
"""A lattice runs from where ln L has hardly moved to where a target costs this more than a limit asks for."""
PULL = 5.0
"""Standard deviations to which J is followed where no limit says how far."""


@dataclass(frozen=True, slots=True, eq=False)
class DwarfStack:
    r"""Likelihood of many targets as a function of mass and ⟨σv⟩.

    The energy flux of bin b is :math:`\phi_b = \langle\sigma v\rangle\,J/(8\pi m^2)\int_b E\,dN/dE\,dE`; of
    photons it is the same without E. ln L of a target is the sum of its bins' tables, straight between the
    fluxes tabulated. Every target's J is profiled against its log-normal measurement.

    Parameters
    ----------
    tables
        As made by `vre_dm.physics.dwarfs.tables.likelihood_tables`; targets that are not on the roster are
        left out.
    roster
        Targets of the stack, each with its J factor.
    particle
        ``Majorana``, its own antiparticle, or ``Dirac``: half the flux.

    Raises
    ------
    OutOfRange
        A target of the roster has no table, or these are no likelihood tables.

    References
    ----------
    arXiv:1611.03184, arXiv:1503.02641 (the likelihood), arXiv:1012.4515 (the flux)
    """

    tables: xr.Dataset
    roster: Roster
    particle: Particle = "Majorana"
    _segments: dict[str, Segments] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        missing = {"flux", "lnL", "target", "e_min", "e_max"} - set(self.tables.variables)
        if missing or self.tables["flux"].attrs.get("units") not in (ENERGY, PHOTONS):
            msg = "these are no likelihood tables; make them with read_bin_likelihoods or likelihood_tables"
            raise OutOfRange(msg)
        known = [str(name) for name in self.tables["target"].to_numpy()]
        for target in self.roster:
            require(target, known, "target of a likelihood table", error=OutOfRange)
        flux, lnl = self.tables["flux"].to_numpy(), self.tables["lnL"].to_numpy()
        rows = {target: known.index(target) for target in self.roster}
        segments = {target: Segments.of(flux[row], lnl[row]) for target, row in rows.items()}
        object.__setattr__(self, "_segments", segments)

    def only(self, *targets: str) -> DwarfStack:
        """Stack of these targets alone."""
        return DwarfStack(self.tables, self.roster.only(*targets), self.particle)

    def flux(self, spectrum: Spectrum, mass_gev: ArrayLike) -> xr.DataArray:
        """Flux in each bin for ⟨σv⟩ = 1 cm³/s and J = 1 GeV² cm⁻⁵.

        Returns
        -------
        xarray.DataArray
            Of energy or photons, in the unit of the tables; dimensions ``mass`` and ``energy_bin``.

        Raises
        ------
        OutOfRange
            A mass is outside the spectrum's table, or annihilation makes no photon in any bin.
        """
        require_particle(spectrum, "photon")
        masses = np.atleast_1d(positive("dark-matter mass in GeV", mass_gev))
        if masses.ndim != 1 or not masses.size:
            msg = f"masses are one or a list of them, not an array of shape {masses.shape}"
            raise OutOfRange(msg)
        edges = np.append(self.tables["e_min"].to_numpy(), self.tables["e_max"].to_numpy()[-1]) / 1e3
        unit = self.tables["flux"].attrs["units"]
        in_bins, scale = (energy_in_bins, 1e3) if unit == ENERGY else (counts_in_bins, 1.0)
        seen = scale * np.stack([in_bins(spectrum, float(mass), edges) for mass in masses])
        dark = ~(seen > 0).any(axis=1)
        if dark.any():
            window = f"{edges[0]:g} to {edges[-1]:g} GeV"
            msg = f"{spectrum.name} at {masses[dark][0]:g} GeV gives no photon of {window}"
            raise OutOfRange(msg)
        flux = annihilation(1.0, masses[:, None], j_factor=1.0, per_event=seen, particle=self.particle)
        coords = {"mass": ("mass", masses, {"units": "GeV"}), "e_min": self.tables["e_min"]}
        return xr.DataArray(flux, coords, ("mass", "energy_bin"), "flux", {"units": unit})

    def likelihood(
        self, spectrum: Spectrum, mass_gev: ArrayLike, sigma_v_cm3_s: ArrayLike, *, profile_j: bool = True
    ) -> xr.DataArray:
        """Likelihood of every target, ln L relative to no signal.

        Parameters
        ----------
        spectrum
            Photons of one annihilation.
        mass_gev : array_like, shape (m,), GeV
        sigma_v_cm3_s : array_like, shape (n,), cm³/s
            Equal steps in the logarithm, of at most 0.1 dex.
        profile_j
            Whether J is profiled, or held at its central value: what a combination with other instruments
            needs, which profiles the J that they share once.

        Returns
        -------
        xarray.DataArray
            Dimensions ``target``, ``mass``, ``sigma_v``. A flux beyond the tables counts as excluded: with J
            held, ``-inf``; with J profiled, no J that gives it is taken.

        Raises
        ------
        OutOfRange
            The mass is outside of the spectrum's table, the cross sections are no such grid, or the flux of
            a target is beyond its table at all of them.
        """
        grid = positive("sigma_v in cm3/s", sigma_v_cm3_s)
        step = _even_step(grid)
        flux = self.flux(spectrum, mass_gev)
        start = np.full(flux.sizes["mass"], np.log10(grid[0]))
        lnl = self._profiles(_log10(flux), start, step, grid.size, PULL if profile_j else 0.0)[0]
        coords = {
            "target": list(self.roster),
            "mass": flux["mass"],
            "sigma_v": ("sigma_v", grid, {"units": "cm3/s"}),
        }
        attrs = {"units": "1", "spectrum": spectrum.name, "J": "profiled" if profile_j else "central value"}
        return xr.DataArray(lnl, coords, ("target", "mass", "sigma_v"), "lnL", attrs)

    def scan(self, spectrum: Spectrum, mass_gev: ArrayLike, *, cl: float = 0.95) -> xr.Dataset:
        """Upper limit, best fit and test statistic at each mass.

        Parameters
        ----------
        spectrum
            Photons of one annihilation.
        mass_gev : array_like, shape (m,), GeV
        cl
            One-sided; −2Δln L = 2.71 at 0.95.

        Returns
        -------
        xarray.Dataset
            Over ``mass``: ``limit`` and ``best_fit`` (zero without an excess) in cm³/s, and ``ts``, twice
            what the best fit gains in ln L over no signal.

        Raises
        ------
        OutOfRange
            A mass is outside of the spectrum's table, or a limit lies where a likelihood table has ended;
            the tables are not continued.
        """
        drop = one_sided_drop(cl)
        flux = self.flux(spectrum, mass_gev)
        masses, log10_flux = flux["mass"].to_numpy(), _log10(flux)
        pull = float(np.sqrt(2 * (drop + DEEP)))  # a J so far off costs as much
        start, nodes = self._window(log10_flux, drop + DEEP, pull)
        profiles, ends = self._profiles(log10_flux, start, STEP_DEX, nodes, pull)
        total = profiles.sum(axis=0)
        best, place = highest(total, at_zero=0.0)
        crossing = last_above(total, np.minimum(best - drop, total.max(axis=1)))
        require_found(crossing, masses, f"{len(self.roster)} targets, {spectrum.name}")
        self._require_covered(profiles, ends, crossing, masses)
        to_sigma_v = {"units": "cm3/s"}
        return xr.Dataset(
            {
                "limit": ("mass", 10 ** (start + STEP_DEX * crossing), to_sigma_v),
                "best_fit": ("mass", 10 ** (start + STEP_DEX * place), to_sigma_v),
                "ts": ("mass", 2 * best, {"units": "1"}),
            },
            {"mass": flux["mass"]},
            {"spectrum": spectrum.name, "cl": cl, "targets": len(self.roster)},
        )

    def _profiles(
        self, log10_flux: Array, start: Array, step: float, nodes: int, pull: float
    ) -> tuple[Array, Array]:
        """Likelihood by target, mass and node; by target and mass what it is at most beyond the table."""
        profiles = np.empty((len(self.roster), len(start), nodes))
        ends = np.empty(profiles.shape[:2])
        for row, (target, factor) in enumerate(self.roster.items()):
            wide = int(np.ceil(pull * factor.sigma_dex / step))
            lnl, covered = self._segments[target].on_lattice(
                log10_flux + factor.log10_j, start - wide * step, step, nodes + 2 * wide
            )
            if not covered.all():
                msg = f"{target}: already the smallest sigma_v gives a flux beyond its likelihood table"
                raise OutOfRange(msg)
            ends[row] = np.take_along_axis(lnl, covered[:, None] - 1, axis=1)[:, 0]
            profiles[row] = envelope(lnl, step / factor.sigma_dex, wide) if wide else lnl
        return profiles, ends

    def _window(self, log10_flux: Array, depth: float, pull: float) -> tuple[Array, int]:
        """Where the lattice of each mass starts, and how many nodes the longest needs."""
        low, high = np.zeros(len(log10_flux)), np.full(len(log10_flux), np.inf)
        for target, factor in self.roster.items():
            segments, signal = self._segments[target], log10_flux + factor.log10_j
            low += np.sum(np.abs(segments.slope[:, 0]) * 10**signal, axis=1)
            high = np.minimum(high, segments.reach(signal, depth) + pull * factor.sigma_dex)
        start = np.log10(FAINT / low)
        return start, int(np.ceil(np.max(high - start) / STEP_DEX)) + 2

    def _require_covered(self, profiles: Array, ends: Array, crossing: Array, masses: Array) -> None:
        """Refuse a limit for which a flux beyond a table, where ln L only falls, could be the better J."""
        after = np.ceil(crossing).astype(int)[None, :, None]
        beyond = np.take_along_axis(profiles, after, axis=2)[..., 0] < ends
        if beyond.any():
            row, column = np.argwhere(beyond)[0]
            msg = (
                f"{list(self.roster)[row]}: the limit at {masses[column]:g} GeV lies where its likelihood"
                f" table has ended, at lnL = {ends[row, column]:.3g}; a table of larger fluxes is needed"
            )
            raise OutOfRange(msg)


def _log10(flux: xr.DataArray) -> Array:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log10(flux.to_numpy()))


def _even_step(grid: Array) -> float:
    """Step of a grid in log₁₀."""
    if grid.ndim != 1 or grid.size < 4:
        msg = f"sigma_v must be a grid of four or more values, not of shape {grid.shape}"
        raise OutOfRange(msg)
    steps = np.diff(np.log10(grid))
    between("step of sigma_v in dex", steps, 0, 0.1 + 1e-9)
    if not np.allclose(steps, steps.mean(), rtol=1e-3):
        msg = "sigma_v must have equal steps in its logarithm, as np.geomspace gives"
        raise OutOfRange(msg)
    return float(steps.mean())
