"""What to do about a fetch that failed: each cause with who can act and the next step, in one screen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vre_dm.did import Did
from vre_dm.errors import ChecksumMismatch, TransferFailed
from vre_dm.lake.tables import Table, Tabular, plural
from vre_dm.lake.transfer.advice import Advice, advice
from vre_dm.lake.transfer.failures import Failure

_SHOWN = 12  # rows
_WIDEST = 64  # characters of a cell


@dataclass(frozen=True, repr=False)
class Report(Tabular):
    """Files that could not be had, and why.

    Attributes
    ----------
    failures
        Each file with all its sources and causes.
    placed
        Number of files that are whole.
    folder
        Where those are.
    """

    failures: Sequence[Failure]
    placed: int
    folder: Path

    def table(self) -> Table:
        """One row for each storage element and next step, those of most files first."""
        rows = self.rows()
        shown = [tuple(row.values()) for row in rows[:_SHOWN]]
        columns = ("file", "replica", "cause", "who can act", "next step")
        return Table(self._title(), columns, shown, self._note(len(rows)), _WIDEST)

    def rows(self) -> list[dict[str, str]]:
        """Give the same for programs, uncut: ``file``, ``replica``, ``cause``, ``who``, ``step``."""
        groups: dict[tuple[str, Advice], list[tuple[Did, str]]] = {}
        for did, source, cause in self._causes():
            rse = source.partition(" (")[0]
            groups.setdefault((rse, advice(cause, rse)), []).append((did, cause))
        ranked = sorted(groups.items(), key=lambda group: -len(group[1]))
        cells = (
            (_names([did for did, _ in of]), rse, of[0][1], what.who, what.step) for (rse, what), of in ranked
        )
        return [dict(zip(("file", "replica", "cause", "who", "step"), row, strict=True)) for row in cells]

    def _causes(self) -> Iterator[tuple[Did, str, str]]:
        for failure in self.failures:
            for source, cause in failure.causes:
                yield failure.did, source, cause

    def _title(self) -> str:
        total = len(self.failures) + self.placed
        return f"{len(self.failures)} of {plural(total, 'file')} could not be fetched"

    def _note(self, rows: int) -> str:
        more = f"{rows - _SHOWN} more causes are not shown. " if rows > _SHOWN else ""
        good = f"{plural(self.placed, 'good file')} in {self.folder}; " if self.placed else ""
        return f"{more}{good}run again to fetch only what is missing."


def fetch_error(failures: Sequence[Failure], placed: Sequence[Path], folder: Path) -> TransferFailed:
    """Build the error of a fetch in which some files failed; the others are whole and stay."""
    kind = ChecksumMismatch if all(failure.corrupt for failure in failures) else TransferFailed
    message = str(failures[0])
    if len(failures) > 1:
        message += f" (and {len(failures) - 1} more files)"
    if placed:
        message += f"; {len(placed)} good in {folder}; run again to fetch only what is missing"
    report = Report(tuple(failures), len(placed), folder)
    return kind(message, placed=placed, failures=[str(failure) for failure in failures], report=report)


def _names(dids: list[Did]) -> str:
    return str(dids[0]) if len(dids) == 1 else f"{dids[0]} and {len(dids) - 1} more"
