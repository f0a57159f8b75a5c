"""What one instrument says: ln L of every target over mass and ⟨σv⟩, and the J factors it assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import positive
from vre_dm.limits.metadata import UNKNOWN, Reference
from vre_dm.limits.quantities import quantity
from vre_dm.limits.spelling import require
from vre_dm.physics.dwarfs.roster import JFactor

Array = NDArray[np.float64]
TableKind = Literal["observed", "expected"]
AXES = ("target", "mass", "sigma_v")
COARSEST_DEX = 0.1
FEWEST = 5
NO_SIGNAL = 0.02
"""How far ln L at the smallest ⟨σv⟩ may be from that without signal."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LikelihoodTable:
    """Likelihoods of one instrument in one annihilation channel.

    Attributes
    ----------
    instrument
        Who; unique in a combination.
    channel
        Word of the catalogue: ``bb``, ``tautau`` …; ``any`` for a mixture or a user's spectrum.
    lnl : DataArray, dimensions target, mass (GeV), sigma_v (cm³/s)
        ln L up to a constant of each target and mass, **J held at its central value**; ``-inf`` at the
        largest cross sections where the instrument does not know it.
    jfactors
        What J, by target, the cross sections were computed with, and how well it is known.
    kind
        ``observed``, or ``expected`` for the tables of one pseudo-experiment.
    year, reference, licence, inputs, notes
        Of the numbers.

    Raises
    ------
    OutOfRange
        Axes that do not rise or are in other units, steps of ⟨σv⟩ above 0.1 dex, a gap, a number that is
        NaN, a target without J, or smallest cross sections that already are a signal.
    """

    instrument: str
    channel: str
    lnl: xr.DataArray
    jfactors: Mapping[str, JFactor]
    kind: TableKind = "observed"
    year: int | None = None
    reference: Reference = field(default_factory=Reference)
    licence: str = UNKNOWN
    inputs: tuple[str, ...] = ()
    notes: str = ""

    def __post_init__(self) -> None:
        require(self.channel, quantity("sigmav").channels, "channel", error=OutOfRange)
        require(self.kind, get_args(TableKind), "kind of a likelihood table", error=OutOfRange)
        if not self.instrument.strip():
            msg = "a likelihood table needs the name of its instrument"
            raise OutOfRange(msg)
        _require_axes(self)
        _require_known(self)
        _require_faint(self)

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the targets."""
        return tuple(str(name) for name in self.lnl["target"].to_numpy())

    @property
    def mass_gev(self) -> Array:
        """Masses, GeV."""
        return np.asarray(self.lnl["mass"].to_numpy(), dtype=np.float64)

    @property
    def sigma_v_cm3_s(self) -> Array:
        """Cross sections, cm³/s."""
        return np.asarray(self.lnl["sigma_v"].to_numpy(), dtype=np.float64)

    def on_grid(
        self, sigma_v_cm3_s: ArrayLike, *, shift_dex: Mapping[str, float] | None = None
    ) -> xr.DataArray:
        """Interpolate to other cross sections, by a cubic spline in the logarithm.

        Parameters
        ----------
        sigma_v_cm3_s : array_like, shape (n,), cm³/s
        shift_dex
            By target, log10 of the J to use over the J of this table: a larger J gives the same flux at a
            smaller ⟨σv⟩. The number without signal, which is flat, is kept where the shift leaves the table
            downwards; upwards nothing is known.

        Returns
        -------
        DataArray
            As `lnl`; ``-inf`` where the table does not reach.

        Raises
        ------
        OutOfRange
            Without a shift, a cross section lies outside of the table.
        """
        wanted = np.log10(positive("sigma_v in cm3/s", sigma_v_cm3_s))
        known, moves = np.log10(self.sigma_v_cm3_s), shift_dex or {}
        if not moves and (wanted.min() < known[0] - 1e-9 or wanted.max() > known[-1] + 1e-9):
            msg = f"{self.instrument} covers sigma_v of {10 ** known[0]:g} to {10 ** known[-1]:g} cm3/s only"
            raise OutOfRange(msg)
        values = np.full((len(self.targets), self.mass_gev.size, wanted.size), -np.inf)
        for row, target in enumerate(self.targets):
            at = np.maximum(wanted + moves.get(target, 0.0), known[0])
            for column in range(self.mass_gev.size):
                values[row, column] = _splined(known, self.lnl.to_numpy()[row, column], at)
        coords = {
            "target": list(self.targets),
            "mass": self.lnl["mass"],
            "sigma_v": ("sigma_v", 10**wanted, {"units": "cm3/s"}),
        }
        return xr.DataArray(values, coords, AXES, "lnL", {"units": "1"})


def on_one_grid(tables: Sequence[LikelihoodTable]) -> list[LikelihoodTable]:
    """Put tables on the cross sections that all of them cover, in the steps of the finest.

    Raises
    ------
    OutOfRange
        There are none that all cover.
    """
    axes = [np.log10(table.sigma_v_cm3_s) for table in tables]
    low, high = max(axis[0] for axis in axes), min(axis[-1] for axis in axes)
    step = min(float(np.diff(axis).min()) for axis in axes)
    nodes = int((high - low) / step + 1e-6) + 1 if high > low else 0
    if nodes < FEWEST:
        msg = f"the tables have no range of sigma_v in common: {10**low:g} cm3/s is above {10**high:g} cm3/s"
        raise OutOfRange(msg)
    grid = 10 ** (low + step * np.arange(nodes))
    return [replace(table, lnl=table.on_grid(grid)) for table in tables]


def _splined(known: Array, lnl: Array, at: Array) -> Array:
    covered = int(np.isfinite(lnl).sum())
    inside = at <= known[covered - 1] + 1e-9
    values = np.full(at.shape, -np.inf)
    values[inside] = CubicSpline(known[:covered], lnl[:covered])(at[inside])
    return values


def _require_axes(table: LikelihoodTable) -> None:
    lnl, who = table.lnl, f"{table.instrument}, {table.channel}"
    if lnl.dims != AXES or 0 in lnl.shape:
        msg = f"{who}: a likelihood table has the dimensions {', '.join(AXES)}, none empty, not {lnl.dims}"
        raise OutOfRange(msg)
    for name, unit in (("mass", "GeV"), ("sigma_v", "cm3/s")):
        axis = positive(f"{who}: {name} in {unit}", lnl[name].to_numpy())
        said = lnl[name].attrs.get("units", unit)
        if said != unit or np.any(np.diff(axis) <= 0):
            msg = f"{who}: {name} must rise and be in {unit}, not in {said!r}"
            raise OutOfRange(msg)
    steps = np.diff(np.log10(lnl["sigma_v"].to_numpy()))
    if steps.size < FEWEST - 1 or steps.max() > COARSEST_DEX + 1e-6:
        msg = f"{who}: sigma_v needs {FEWEST} or more values, at most {COARSEST_DEX:g} dex apart"
        raise OutOfRange(msg)
    names = [str(name) for name in lnl["target"].to_numpy()]
    lacking = [name for name in names if name not in table.jfactors]
    if len(set(names)) < len(names) or lacking:
        msg = f"{who}: {f'no J factor of {lacking[0]}' if lacking else 'a target is there twice'}"
        raise OutOfRange(msg)


def _require_known(table: LikelihoodTable) -> None:
    """Every number is there, but for an end of each row that the instrument does not know."""
    values = table.lnl.to_numpy()
    finite = np.isfinite(values)
    ends = np.cumprod(finite, axis=2) == finite  # finite up to some cross section, and nowhere after it
    wrong = np.isnan(values) | np.isposinf(values) | ~ends
    wrong[..., :FEWEST] |= ~finite[..., :FEWEST]
    if wrong.any():
        target, mass, at = (int(index) for index in np.argwhere(wrong)[0])
        msg = (
            f"{table.instrument}, {table.channel}, {table.targets[target]} at {table.mass_gev[mass]:g} GeV:"
            f" ln L is {values[target, mass, at]} at sigma_v = {table.sigma_v_cm3_s[at]:g} cm3/s;"
            " a table has no gaps"
        )
        raise OutOfRange(msg)


def _require_faint(table: LikelihoodTable) -> None:
    values, sigma_v = table.lnl.to_numpy(), table.sigma_v_cm3_s
    slope = (values[..., 1] - values[..., 0]) / (sigma_v[1] - sigma_v[0])
    moved = np.abs(slope * sigma_v[0])
    if np.any(moved > NO_SIGNAL):
        target, mass = (int(index) for index in np.argwhere(moved > NO_SIGNAL)[0])
        msg = (
            f"{table.instrument}, {table.channel}, {table.targets[target]} at {table.mass_gev[mass]:g} GeV:"
            f" sigma_v = {sigma_v[0]:g} cm3/s is a signal already (ln L moves by {moved[target, mass]:.2g});"
            " begin lower"
        )
        raise OutOfRange(msg)
