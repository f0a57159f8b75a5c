"""`vre-dm validate`: compute published numbers again from the lake's data, and say how they come back."""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vre_dm.cli.choosing import lake_named, on_lake
from vre_dm.cli.fitting import show
from vre_dm.errors import OutOfRange, VreDmError
from vre_dm.extras import missing_extra
from vre_dm.lake.tables import Table, Tabular, clean, plural
from vre_dm.notebook.progress import in_terminal

if TYPE_CHECKING:
    from vre_dm.physics.validation import Check, Fetch

_COLUMNS = ("quantity", "where", "published", "ours", "ratio", "within", "holds", "source")


@dataclass(frozen=True, slots=True, repr=False)
class Comparison(Tabular):
    """What one analysis compares, and why it stopped if it did.

    Attributes
    ----------
    analysis
        Its name.
    checks
        As far as they could be computed.
    failure
        One line, or empty.
    """

    analysis: str
    checks: "tuple[Check, ...]"
    failure: str = ""

    @property
    def outside(self) -> int:
        """How many numbers do not hold."""
        return sum(not check.holds for check in self.checks)

    def table(self) -> Table:
        """Say what is shown."""
        rows = [
            (
                check.quantity,
                check.where,
                _rounded(check.published, 4),
                _rounded(check.ours, 3),
                f"{check.ratio:.3f}",
                f"{check.tolerance:.2g}",
                "yes" if check.holds else "NO",
                check.source,
            )
            for check in self.checks
        ]
        note = f"stopped: {self.failure}" if self.failure else ""
        return Table(self.analysis, _COLUMNS, rows, note, widest=160)

    def document(self) -> dict[str, Any]:
        """Give the same for programs; ``None`` is a number that could not be computed."""
        checks = [
            asdict(check) | {"ours": _known(check.ours), "ratio": _known(check.ratio), "holds": check.holds}
            for check in self.checks
        ]
        return {"analysis": self.analysis, "checks": checks, "failure": self.failure}


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _rounded(value: float, digits: int) -> str:
    """So many digits, and an exponent only where the number is very small or very large."""
    return f"{float(f'{value:.{digits}g}'):g}"


@click.command()
@click.option("--analysis", "wanted", multiple=True, help="Only this one; may be given several times.")
@on_lake
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def validate(wanted: tuple[str, ...], name: str | None, as_json: bool) -> None:
    """Compute published numbers again, from the data in the lake, and compare.

    Each line has the published number, ours, their ratio, how far from 1 it may be, and where the number
    stands. The exit code is 1 when one is outside, or could not be computed; the others are shown all the
    same.
    """
    from vre_dm.limits.spelling import require
    from vre_dm.physics.validation import ANALYSES

    for analysis in wanted:
        require(analysis, ANALYSES, "analysis", error=OutOfRange)
    found = []
    for comparison in _compared(wanted or tuple(ANALYSES), _fetching(name)):
        found.append(comparison)
        if not as_json:
            show(comparison)
            click.echo()
    if as_json:
        click.echo(json.dumps([comparison.document() for comparison in found], allow_nan=False))
    else:
        click.echo(_summary(found))
    if any(comparison.outside or comparison.failure for comparison in found):
        raise click.exceptions.Exit(1)


def _fetching(name: str | None) -> "Fetch":
    """Have datasets here as the command's lake gives them, progress shown beside the output."""
    lake = cache(lambda: lake_named(name))

    def fetch(did: str) -> list[Path]:
        with in_terminal() as progress:
            return list(lake().dataset(did).fetch(progress=progress))

    return fetch


def _compared(analyses: tuple[str, ...], fetch: "Fetch") -> Iterator[Comparison]:
    """One analysis after the other; one that stops keeps what it has."""
    from vre_dm.physics.validation import checks

    for analysis in analyses:
        kept: list[Check] = []
        failure = ""
        try:
            for check in checks(analysis, fetch):
                kept.append(check)
        except VreDmError as error:
            failure = clean(error, None)
        except ModuleNotFoundError as error:
            failure = str(missing_extra(error) or clean(error, None))
        yield Comparison(analysis, tuple(kept), failure)


def _summary(found: list[Comparison]) -> str:
    """How many numbers hold, in one line."""
    total = sum(len(comparison.checks) for comparison in found)
    outside = sum(comparison.outside for comparison in found)
    stopped = [comparison.analysis for comparison in found if comparison.failure]
    said = f"{plural(total, 'number')}, {outside or 'none'} outside its tolerance"
    return f"{said}; stopped: {', '.join(stopped)}" if stopped else said
