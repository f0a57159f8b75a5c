"""Lists that show themselves as tables: what a level of the lake holds, and the paths of fetched files."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import overload

from vre_dm.lake.dataset import Dataset
from vre_dm.lake.tables import Table, Tabular, size_text

_SHOWN = 20


class Listing(Sequence[Dataset], Tabular):
    """Datasets side by side under a title; behaves as a list.

    Parameters
    ----------
    title
        What they have in common.
    datasets
        The entries.
    """

    def __init__(self, title: str, datasets: Iterable[Dataset]) -> None:
        self._title, self._datasets = title, list(datasets)

    @overload
    def __getitem__(self, index: int) -> Dataset: ...
    @overload
    def __getitem__(self, index: slice) -> list[Dataset]: ...
    def __getitem__(self, index: int | slice) -> Dataset | list[Dataset]:
        return self._datasets[index]

    def __len__(self) -> int:
        return len(self._datasets)

    def table(self) -> Table:
        """First entries, with what the catalogue knows without counting."""
        rows = [
            (str(entry.did), entry.kind, size_text(entry.known_size)) for entry in self._datasets[:_SHOWN]
        ]
        return Table(self._title, ("DID", "kind", "size"), rows, _more(len(self)))


class Fetched(Tabular, list[Path]):
    """Paths of verified files, one a file in the order of names; a list in every other respect."""

    def table(self) -> Table:
        """Names and sizes under the folder they share."""
        folder = self._folder()
        rows = [(str(path.relative_to(folder)), size_text(_size(path))) for path in self[:_SHOWN]]
        plural = "" if len(self) == 1 else "s"
        return Table(f"{len(self)} file{plural} in {folder}", ("path", "size"), rows, _more(len(self)))

    def _folder(self) -> Path:
        parents = [set(path.parents) for path in self]
        shared = set.intersection(*parents) if parents else {Path()}
        return max(shared, key=lambda path: len(path.parts))


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None  # moved away since


def _more(total: int) -> str:
    return f"{total - _SHOWN} more are not shown; take them with [{_SHOWN}:]." if total > _SHOWN else ""
