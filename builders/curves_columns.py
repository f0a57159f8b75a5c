"""Treats the table of a candidate curve, step by step; every step says what it changed."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import InvalidCurve

Table = NDArray[np.float64]

LARGEST_LOSS = 0.25
"""More sentinels than this part of a table are no sentinels: the unit or the column is wrong."""
BACKWARD = 0.03
"""A digitised line may step back this far in mass, as a part of it, where it is nearly vertical."""
WALL = 100.0
"""An end this much weaker than its neighbour, at nearly the same mass, only closes the drawn area."""
PROLONGED = 10**0.5
AXIS = 1.0
"""Dark-matter mass in GeV that counts as massless beside a mediator of hundreds of GeV."""


@dataclass(frozen=True)
class Treated:
    """A table and what was done to it, one sentence part a step."""

    header: tuple[str, ...]
    table: Table
    said: tuple[str, ...] = ()

    def then(self, table: Table, what: str) -> "Treated":
        """The next table; nothing is said when it is the same one."""
        lost = len(self.table) - len(table)
        return Treated(self.header, table, (*self.said, f"{lost} {what}") if lost else self.said)


def read(numbers: Path) -> Treated:
    """Header and numbers of a candidate; an empty cell is no number."""
    with numbers.open(newline="", encoding="utf-8") as stream:
        header, *rows = csv.reader(stream)
    return Treated(tuple(header), np.array([[float(cell or "nan") for cell in row] for row in rows]))


def without_sentinels(given: Treated, low: float, high: float) -> Treated:
    """Drop rows that only close a polygon: no number at all, or a value outside ``low`` to ``high``."""
    table = given.table
    sound = np.all(np.isfinite(table) & (table > 0), axis=1)
    with np.errstate(invalid="ignore"):
        sound &= np.all((table[:, 1:] >= low) & (table[:, 1:] <= high), axis=1)
    if np.count_nonzero(~sound) > LARGEST_LOSS * len(table):
        msg = f"{np.count_nonzero(~sound)} of {len(table)} rows outside {low:g} to {high:g}; wrong unit?"
        raise InvalidCurve(msg)
    return given.then(table[sound], "sentinel rows dropped")


def without_walls(given: Treated) -> Treated:
    """Drop the ends of a digitised line that stand upright only to close the drawn area."""
    table = given.table
    for end, inner in ((0, 1), (-1, -2)):
        while len(table) > 2 and _is_wall(table[end], table[inner]):
            table = np.delete(table, end, axis=0)
    return given.then(table, "upright end rows dropped")


def _is_wall(end: Table, inner: Table) -> bool:
    same_mass = abs(end[0] / inner[0] - 1) < 1e-6
    near_mass = max(end[0] / inner[0], inner[0] / end[0]) < 1.5
    weaker = end[1] / inner[1]
    return bool((same_mass and weaker > PROLONGED) or (near_mass and weaker > WALL))


def without_prolongation(given: Treated) -> Treated:
    """Drop a last point at a round mass, far beyond the others, whose limit only grows with the mass."""
    table = given.table
    if len(table) < 2:
        return given
    (before, limit), (last, end) = table[-2, :2], table[-1, :2]
    round_mass = float(np.log10(last)).is_integer()
    proportional = abs((end / limit) / (last / before) - 1) < 0.2
    if round_mass and last / before > PROLONGED and proportional:
        return given.then(table[:-1], "last row dropped, which prolongs the line in proportion to the mass")
    return given


def without_doubles(given: Treated) -> Treated:
    """Of points that share a mass only the one with the weakest limit is kept."""
    table = given.table
    keep = np.ones(len(table), dtype=bool)
    last = 0
    for i in range(1, len(table)):
        if abs(table[i, 0] / table[last, 0] - 1) < 1e-6:
            weaker = i if table[i, 1] > table[last, 1] else last
            keep[[last, i]] = False
            keep[weaker], last = True, weaker
        else:
            last = i
    return given.then(table[keep], "rows of a mass that is there already dropped, the weaker limit kept")


def without_steps_back(given: Treated) -> Treated:
    """Where a line steps back a little in mass the stronger of the two limits is dropped."""
    rows = [given.table[0]]
    for row in given.table[1:]:
        keep = True
        while rows and keep and 1 - BACKWARD < row[0] / rows[-1][0] <= 1:
            keep = row[1] > rows[-1][1]
            if keep:
                rows.pop()
        if keep:
            rows.append(row)
    return given.then(np.array(rows), "rows that step back in mass dropped, the weaker limit kept")


def closed(given: Treated) -> Treated:
    """Repeat the first point of a contour at its end, unless it is there."""
    if np.array_equal(given.table[0], given.table[-1]):
        return given
    table = np.vstack([given.table, given.table[:1]])
    return Treated(given.header, table, (*given.said, "closed by repeating the first point"))


def above_axis(given: Treated) -> Treated:
    """Lift points of a mass plane off the axis of massless dark matter, which a linear figure ends at.

    A mediator that heavy decays to dark matter of `AXIS` as to a massless one: the mediator's mass stays.
    """
    on = given.table[:, 1] < AXIS
    if not on.any():
        return given
    table = given.table.copy()
    table[on, 1] = AXIS
    said = f"{np.count_nonzero(on)} dark-matter masses below {AXIS:g} GeV, on the axis, set to {AXIS:g} GeV"
    return Treated(given.header, table, (*given.said, said))


def closed_below(given: Treated) -> Treated:
    """Close the area under a limit curve in the mass plane, along its least masses."""
    corner = given.table.min(axis=0)
    table = np.vstack([given.table, corner, given.table[:1]])
    said = "closed along the least mediator mass and the least dark-matter mass of the table"
    return Treated(given.header, table, (*given.said, said))


def parts(given: Treated, gaps: list[tuple[float, float]]) -> list[Treated]:
    """Cut a line at ranges of mass for which the source gives no limit."""
    mass, found, begin = given.table[:, 0], [], -np.inf
    for low, high in [*gaps, (np.inf, np.inf)]:
        piece = given.table[(mass > begin) & (mass <= low)]
        found.append(Treated(given.header, piece, given.said))
        begin = np.nextafter(high, -np.inf)
    return found
