"""Which targets go into a stack, and what is known of the J factor of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number
from vre_dm.limits.spelling import require
from vre_dm.physics.parquet import read_table


@dataclass(frozen=True, slots=True)
class JFactor:
    """The annihilation factor of one target, log-normal.

    Attributes
    ----------
    log10_j
        log₁₀ of J in GeV² cm⁻⁵.
    sigma_dex
        Standard deviation of log₁₀ J; zero takes J as known exactly.
    reference
        Who measured it.

    Raises
    ------
    OutOfRange
        log₁₀ J is outside 10 to 30, so in other units than GeV² cm⁻⁵, or the uncertainty is negative or
        above 3 dex.
    """

    log10_j: float
    sigma_dex: float
    reference: str = ""

    def __post_init__(self) -> None:
        number("log10 of J in GeV2/cm5", self.log10_j, 10, 30)
        number("uncertainty of log10 J in dex", self.sigma_dex, 0, 3, low_included=True)


class Roster(Mapping[str, JFactor]):
    """J factors by target, in order; makes rosters of fewer, or of other targets."""

    def __init__(self, targets: Mapping[str, JFactor]) -> None:
        if not targets:
            msg = "a roster needs a target"
            raise OutOfRange(msg)
        self._targets = dict(targets)

    def only(self, *targets: str) -> Roster:
        """Take these targets alone.

        Raises
        ------
        OutOfRange
            One is not on the roster.
        """
        for target in targets:
            require(target, self, "target", error=OutOfRange)
        return Roster({target: self[target] for target in targets})

    def without(self, *targets: str) -> Roster:
        """Leave these targets out, each of which is on the roster."""
        self.only(*targets)
        return Roster({name: factor for name, factor in self.items() if name not in targets})

    def replaced(self, targets: Mapping[str, JFactor]) -> Roster:
        """Take other J factors for some targets, or add targets."""
        return Roster({**self, **targets})

    def __getitem__(self, target: str) -> JFactor:
        return self._targets[target]

    def __iter__(self) -> Iterator[str]:
        return iter(self._targets)

    def __len__(self) -> int:
        return len(self._targets)

    def __repr__(self) -> str:
        return f"Roster({len(self)} targets: {', '.join(self)})"


def j_factor_of(path: Path, row: int, log10_j: float, sigma_dex: float, reference: str = "") -> JFactor:
    """Make the J factor of one row of a file.

    Raises
    ------
    OutOfRange
        It is none; the message names file and row, counted from 1.
    """
    try:
        return JFactor(log10_j, sigma_dex, reference)
    except OutOfRange as error:
        msg = f"{path.name}, row {row}: {error}"
        raise OutOfRange(msg) from None


def read_roster(path: Path) -> Roster:
    """Read a table of J factors: of the lake, ``fermi:dsph.jfactors``.

    Parameters
    ----------
    path
        Parquet with ``target``, ``log10J`` (of J in GeV² cm⁻⁵), ``sigma_dex`` and ``reference``.

    Raises
    ------
    OutOfRange
        The file is no such table, names a target twice, or states a J factor in other units.
    """
    what, texts = "a table of J factors", ("target", "reference")
    table = read_table(path, ("log10J", "sigma_dex"), what, texts=texts)
    roster: dict[str, JFactor] = {}
    for row, record in enumerate(table.to_pylist(), start=1):
        if record["target"] in roster:
            msg = f"{path.name}, row {row}: target {record['target']} is there already"
            raise OutOfRange(msg)
        roster[record["target"]] = j_factor_of(
            path, row, record["log10J"], record["sigma_dex"], record["reference"]
        )
    return Roster(roster)
