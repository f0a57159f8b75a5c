"""Several instruments' likelihoods as one: a J factor for each target that all who saw it share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.physics.combination.shared_j import shared_jfactors, shifts
from vre_dm.physics.combination.table import LikelihoodTable
from vre_dm.physics.dwarfs.crossing import highest, last_above, one_sided_drop, require_found
from vre_dm.physics.dwarfs.envelope import envelope
from vre_dm.physics.dwarfs.roster import JFactor

Array = NDArray[np.float64]
STEP_DEX = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Combination:
    r"""Joint likelihood of instruments that looked at the same or at other targets.

    .. math:: \ln L(\langle\sigma v\rangle) = \sum_t \max_{J_t} \Bigl[ \sum_i \ln L_{t,i}\bigl(
              \langle\sigma v\rangle J_t / J_{t,i}\bigr)
              - \frac{(\log_{10} J_t/\bar J_t)^2}{2 \sigma_t^2} \Bigr]

    The inner sum is over the instruments that saw target t, so its J is profiled once.

    Parameters
    ----------
    tables
        One or more, of one channel and one kind, with the same cross sections.
    jfactors
        J factors to use for targets whose instruments assumed different ones: tables are shifted in
        log⟨σv⟩.
    own_regions
        Targets for which each instrument's J is of a region of its own: tables are not shifted, the
        instruments share the deviation.

    Attributes
    ----------
    shared
        J factor of each target, in order of appearance.

    Raises
    ------
    OutOfRange
        Tables of different channels, kinds or cross sections; an instrument twice; an instrument that
        shares no mass with another; a mass that one leaves out between its others; or J factors that differ
        and are not spoken of.

    References
    ----------
    arXiv:1909.06310, arXiv:2508.20229 (a combination of five instruments by tables of likelihoods)
    """

    tables: Sequence[LikelihoodTable]
    jfactors: Mapping[str, JFactor] = field(default_factory=dict)
    own_regions: Collection[str] = ()
    shared: Mapping[str, JFactor] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        _require_alike(self.tables)
        shared = shared_jfactors(self.tables, self.jfactors, self.own_regions)
        object.__setattr__(self, "shared", shared)

    @property
    def mass_gev(self) -> Array:
        """Masses at which at least one instrument says something, GeV."""
        return np.unique(np.concatenate([table.mass_gev for table in self.tables]))

    def likelihood(self) -> xr.DataArray:
        """Sum ln L over the instruments, J at its central value.

        Returns
        -------
        xarray.DataArray
            Dimensions ``target``, ``mass``, ``sigma_v``, on a lattice uniform in log10 and inside of the
            tables' cross sections; ``-inf`` where one of the instruments that know target and mass does not
            reach, zero where none of them does.
        """
        masses, lattice = self.mass_gev, self._lattice()
        place = {target: row for row, target in enumerate(self.shared)}
        coords = {
            "target": list(place),
            "mass": ("mass", masses, {"units": "GeV"}),
            "sigma_v": ("sigma_v", 10**lattice, {"units": "cm3/s"}),
        }
        total = np.zeros((len(place), masses.size, lattice.size))
        for table in self.tables:
            rows = np.array([place[target] for target in table.targets])
            columns = np.searchsorted(masses, table.mass_gev)
            moved = table.on_grid(10**lattice, shift_dex=shifts(table, self.shared, self.own_regions))
            total[np.ix_(rows, columns)] += moved.to_numpy() - table.lnl.to_numpy()[..., :1]
        return xr.DataArray(total, coords, ("target", "mass", "sigma_v"), "lnL", {"units": "1"})

    def scan(self, *, cl: float = 0.95) -> xr.Dataset:
        """Upper limit, best fit and test statistic at each mass.

        Parameters
        ----------
        cl
            One-sided; −2Δln L = 2.71 at 0.95.

        Returns
        -------
        xarray.Dataset
            Over ``mass``: ``limit`` and ``best_fit`` (zero without an excess) in cm³/s, ``ts``, twice what
            the best fit gains in ln L over no signal, and ``instruments``, who contributes.

        Raises
        ------
        OutOfRange
            A limit is not reached, or it needs cross sections that a table does not have; the message names
            the target.
        """
        lnl = self.likelihood()
        pairs = zip(self.shared.values(), lnl.to_numpy(), strict=True)
        total = np.sum([_profiled(factor.sigma_dex, rows) for factor, rows in pairs], axis=0)
        log10_sigma_v = np.log10(lnl["sigma_v"].to_numpy())
        best, place = highest(total, at_zero=0.0)
        crossing = last_above(total, best - one_sided_drop(cl))
        require_found(crossing, self.mass_gev, f"combination of {len(self.tables)} instruments")
        limit = log10_sigma_v[0] + STEP_DEX * crossing
        self._require_covered(lnl, limit)
        units = {"units": "cm3/s"}
        return xr.Dataset(
            {
                "limit": ("mass", 10**limit, units),
                "best_fit": ("mass", 10 ** (log10_sigma_v[0] + STEP_DEX * place), units),
                "ts": ("mass", 2 * best, {"units": "1"}),
                "instruments": ("mass", [self._contributing(mass) for mass in self.mass_gev]),
            },
            {"mass": lnl["mass"]},
            {"channel": self.tables[0].channel, "cl": cl, "targets": len(self.shared)},
        )

    def _lattice(self) -> Array:
        known = np.log10(self.tables[0].sigma_v_cm3_s)
        return np.asarray(known[0] + STEP_DEX * np.arange(int((known[-1] - known[0]) / STEP_DEX + 1e-6) + 1))

    def _contributing(self, mass_gev: float) -> str:
        return ", ".join(table.instrument for table in self.tables if mass_gev in table.mass_gev)

    def _require_covered(self, lnl: xr.DataArray, limit: Array) -> None:
        """No profile may rest, at the limit, on the last cross section that a target's tables have."""
        log10_sigma_v = np.log10(lnl["sigma_v"].to_numpy())
        for row, (target, factor) in enumerate(self.shared.items()):
            pull = (log10_sigma_v - limit[:, None]) / max(factor.sigma_dex, STEP_DEX / 10)
            values = lnl.to_numpy()[row]
            rests = np.argmax(values - pull**2 / 2, axis=1)
            ends = np.isfinite(values).sum(axis=1) - 1
            over = np.flatnonzero(rests >= ends)
            if over.size:
                mass, end = self.mass_gev[over[0]], 10 ** log10_sigma_v[ends[over[0]]]
                msg = (
                    f"{target} at {mass:g} GeV: a table ends at sigma_v = {end:.3g} cm3/s, the limit is near"
                    f" {10 ** limit[over[0]]:.3g}; nothing is extrapolated, give larger cross sections"
                )
                raise OutOfRange(msg)


def _profiled(sigma_dex: float, lnl: Array) -> Array:
    return lnl if sigma_dex == 0 else envelope(lnl, STEP_DEX / sigma_dex)


def _require_alike(tables: Sequence[LikelihoodTable]) -> None:
    if not tables:
        msg = "a combination needs the likelihood table of at least one instrument"
        raise OutOfRange(msg)
    first = tables[0]
    twice = [who for who, times in Counter(table.instrument for table in tables).items() if times > 1]
    if twice:
        msg = f"{twice[0]} is there twice; its data would count twice (name the tables if they are others)"
        raise OutOfRange(msg)
    masses = np.unique(np.concatenate([table.mass_gev for table in tables]))
    for table in tables:
        for name in ("channel", "kind"):
            if getattr(table, name) != getattr(first, name):
                what = f"{getattr(first, name)}, {table.instrument} of {name} {getattr(table, name)}"
                msg = f"{first.instrument} is of {name} {what}; they do not go together"
                raise OutOfRange(msg)
        _require_grid(first, table)
        inside = masses[(masses > table.mass_gev[0]) & (masses < table.mass_gev[-1])]
        lacking = inside[~np.isin(inside, table.mass_gev)]
        if lacking.size:
            msg = (
                f"{table.instrument} has no likelihood at {lacking[0]:g} GeV, between its"
                f" {table.mass_gev[0]:g} and {table.mass_gev[-1]:g} GeV, where another instrument has;"
                " choose masses that all have"
            )
            raise OutOfRange(msg)
    _require_common_masses(tables)


def _require_common_masses(tables: Sequence[LikelihoodTable]) -> None:
    for table in tables:
        others = [other.mass_gev for other in tables if other is not table]
        if others and not np.isin(table.mass_gev, np.concatenate(others)).any():
            reach = f"{table.instrument}, {table.mass_gev[0]:g} to {table.mass_gev[-1]:g} GeV"
            msg = f"no other instrument has one of the masses of {reach}; are they in GeV?"
            raise OutOfRange(msg)


def _require_grid(first: LikelihoodTable, table: LikelihoodTable) -> None:
    ours, theirs = first.sigma_v_cm3_s, table.sigma_v_cm3_s
    if ours.shape != theirs.shape or not np.allclose(ours, theirs, rtol=1e-3, atol=0):
        mine, other = (f"{len(axis)} of {axis[0]:g} to {axis[-1]:g} cm3/s" for axis in (ours, theirs))
        msg = (
            f"{first.instrument} and {table.instrument} have other cross sections, {mine} and {other}; put"
            " them on one grid: on_one_grid(tables), in a terminal --resample"
        )
        raise OutOfRange(msg)
