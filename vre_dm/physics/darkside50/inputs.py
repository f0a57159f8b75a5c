"""The lake's tables of DarkSide-50's high-mass search as functions with a range."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number
from vre_dm.limits.spelling import require
from vre_dm.physics.darkside50.response import AcceptanceOf, HighMass
from vre_dm.physics.parquet import column_names, read_table

PROLONGED = 20.0
"""A step this many times wider than the median only prolongs a table to high energies; none is measured."""
NEEDED = {
    "exposure": "kg d",
    "observed_events": "1",
    "expected_background": "1",
    "light_yield": "PE / keV",
}


@dataclass(frozen=True, slots=True, eq=False)
class Digitised:
    """A function read off a figure or a table: linear between its points, and nothing beyond them.

    Attributes
    ----------
    name, unit
        What it is, and the unit of its abscissa, for messages.
    x, y : ndarray, shape (n,)
        Points, x rising.
    beyond
        Value outside of `range` where that is known, as zero is for an acceptance; else None.

    Raises
    ------
    OutOfRange
        When called outside of `range`, and nothing is known there.
    """

    name: str
    unit: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    beyond: float | None = None

    def __post_init__(self) -> None:
        if self.x.size < 2 or self.x.shape != self.y.shape or not np.all(np.diff(self.x) > 0):
            msg = f"{self.name} needs two points or more, as many ordinates, and rising abscissae"
            raise OutOfRange(msg)
        if not np.all((self.y >= 0) & (self.y <= 1)):
            bad = self.y[~((self.y >= 0) & (self.y <= 1))][0]
            msg = f"{self.name} holds {bad:g}; it is a share between 0 and 1"
            raise OutOfRange(msg)

    @property
    def range(self) -> tuple[float, float]:
        """Lowest and highest abscissa."""
        return float(self.x[0]), float(self.x[-1])

    def __call__(self, at: ArrayLike) -> NDArray[np.float64]:
        """Interpolate linearly; same shape."""
        wanted = np.asarray(at, dtype=np.float64)
        low, high = self.range
        if self.beyond is None and not np.all((wanted >= low) & (wanted <= high)):
            msg = f"{self.name} is known from {low:g} to {high:g} {self.unit}; nothing is extrapolated"
            raise OutOfRange(msg)
        return np.asarray(np.interp(wanted, self.x, self.y, left=self.beyond, right=self.beyond))


def read_high_mass(paths: Iterable[Path], *, acceptance_of: AcceptanceOf = "s1") -> HighMass:
    """Read the inputs of the search from the files of ``darkside:ds50.highmass.2018``.

    The acceptance was digitised point by point along the line of a figure: it is sorted here, and points at
    one abscissa are averaged. Where that line ends acceptance ends: the zeros that the table has at S1 = 0
    and far above are no points of it, and would make a ramp that lets low energies in. Rows that only prolong
    a table to very high energies are left out.

    Parameters
    ----------
    paths
        As a fetch gave them, in any order; files that are not needed may be among them.
    acceptance_of
        Which of the published acceptances: of the signal ``"s1"`` or of the recoil ``"energy"``.

    Returns
    -------
    HighMass
        With the published light yield; ``dataclasses.replace`` changes any step.

    Raises
    ------
    OutOfRange
        A file is missing or not what its name says.
    """
    require(acceptance_of, ("s1", "energy"), "acceptance", error=OutOfRange)
    given = [paths] if isinstance(paths, str | Path) else paths
    files = {path.name: path for path in map(Path, given)}
    overall = {
        "s1": ("acceptance.overall.s1", "s1_PE", "PE"),
        "energy": ("acceptance.overall.enr", "energy_keV", "keV"),
    }
    name, column, unit = overall[acceptance_of]
    numbers = _numbers(_file(files, "inputs"))
    return HighMass(
        light_yield_pe_kev=numbers["light_yield"][0],
        quenching=_digitised(files, "leff", "energy_keV", "leff", "keV"),
        recombination=_digitised(
            files, "recombination", "quenched_energy_keV", "recombination", "keV of quenched energy"
        ),
        acceptance=_acceptance(_digitised(files, name, column, "acceptance", unit)),
        acceptance_of=acceptance_of,
        exposure_kg_day=numbers["exposure"][0],
        observed=int(numbers["observed_events"][0]),
        background=numbers["expected_background"][0],
        background_sigma=numbers["expected_background"][1],
    )


def _file(files: dict[str, Path], ending: str) -> Path:
    for name, path in files.items():
        if name.endswith(f"ds50.highmass.{ending}.parquet"):
            return path
    found = ", ".join(sorted(files)) or "nothing"
    msg = f"no file ds50.highmass.{ending}.parquet among {found}; fetch darkside:ds50.highmass.2018"
    raise OutOfRange(msg)


def _digitised(files: dict[str, Path], ending: str, x: str, y: str, unit: str) -> Digitised:
    path = _file(files, ending)
    table = read_table(path, (x, y), f"the {y} of DarkSide-50")
    at, inverse = np.unique(table[x].to_numpy(), return_inverse=True)
    values = np.bincount(inverse, table[y].to_numpy()) / np.bincount(inverse)
    steps = np.diff(at)
    wide = np.flatnonzero(steps[1:] > PROLONGED * np.median(steps))
    kept = int(wide[0]) + 2 if wide.size else at.size
    return Digitised(f"{path.name}: {y}", unit, at[:kept], values[:kept])


def _acceptance(points: Digitised) -> Digitised:
    drawn = points.y > 0
    return Digitised(points.name, points.unit, points.x[drawn], points.y[drawn], beyond=0.0)


def _numbers(path: Path) -> dict[str, tuple[float, float]]:
    what, texts = "the published inputs of DarkSide-50", ("name", "unit")
    # NaN stands where none is stated, so that the column is not asked to be finite.
    stated = [name for name in column_names(path, what) if name == "uncertainty"]
    table = read_table(path, ("value",), what, texts=texts, loose=stated).to_pydict()
    sigmas = table.get("uncertainty", [math.nan] * len(table["name"]))
    rows = {
        (name, unit): (value, sigma)
        for name, unit, value, sigma in zip(table["name"], table["unit"], table["value"], sigmas, strict=True)
    }
    for name, unit in NEEDED.items():
        if (name, unit) not in rows:
            msg = f"{path.name} has no row {name!r} in {unit}"
            raise OutOfRange(msg)
    found = {name: rows[name, unit] for name, unit in NEEDED.items()}
    spread = found["expected_background"][1]
    number(f"{path.name}: uncertainty of expected_background", spread, low_included=True)
    return found
