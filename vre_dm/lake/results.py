"""Lists of datasets: asked for as they are looked at, counted before they are shown."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from vre_dm.did import Did
from vre_dm.lake.catalogue import Entry, Page
from vre_dm.lake.tables import Table, Tabular, left_out, size_text

if TYPE_CHECKING:
    from vre_dm.lake.dataset import Dataset

_SHOWN = 20
_COUNTED = 200_000  # a display never lists more of a lake than this just to say how many more there are


class SearchResult(Sequence["Dataset"], Tabular):
    """Datasets, containers and files, in order of scope and name.

    Behaves as a list. Scopes are asked one after the other, when their entries are first needed; `len` and
    the display ask them all.

    Attributes
    ----------
    title
        Why these: "found for a:*".
    refused
        Names met so far that no safe `Did` can hold; they are counted in the display.
    """

    def __init__(
        self,
        pages: Iterator[Page],
        dataset: Callable[[Entry], "Dataset"],
        title: str,
        titles: Callable[[list[Did]], dict[Did, str]] | None = None,
    ) -> None:
        self.title = title
        self._titles = titles
        self.refused: list[str] = []
        self._pages, self._dataset = pages, dataset
        self._found: list[Dataset] = []
        self._complete = False
        self._lock = threading.Lock()

    @overload
    def __getitem__(self, index: int) -> "Dataset": ...
    @overload
    def __getitem__(self, index: slice) -> "list[Dataset]": ...
    def __getitem__(self, index: int | slice) -> "Dataset | list[Dataset]":
        last = index.stop if isinstance(index, slice) else index
        backwards = last is None or last < 0 or (isinstance(index, slice) and (index.start or 0) < 0)
        self.look_at(None if backwards else last + 1)
        return self._found[index]

    def __iter__(self) -> Iterator["Dataset"]:
        position = 0
        while self.look_at(position + 1) > position:
            yield self._found[position]
            position += 1

    def __len__(self) -> int:
        return self.look_at(None)

    def __bool__(self) -> bool:
        return self.look_at(1) > 0

    def look_at(self, count: int | None) -> int:
        """Ask the lake until so many entries are known (all with ``None``); returns how many are."""
        with self._lock:
            while not self._complete and (count is None or len(self._found) < count):
                page = next(self._pages, None)
                if page is None:
                    self._complete = True
                else:
                    self._found += map(self._dataset, page.entries)
                    self.refused += page.refused
            return len(self._found)

    def table(self) -> Table:
        """First entries, with a sentence about those that are not shown."""
        total = self.look_at(_COUNTED)
        shown = self[:_SHOWN]
        columns: dict[str, list[Any]] = {
            "DID": [str(d.did) for d in shown],
            "kind": [d.kind for d in shown],
            "files": [d.known_length for d in shown],
            "size": [size_text(d.known_size) for d in shown],
            "title": self._shown_titles([d.did for d in shown if d.kind != "file"], shown),
        }
        # Open datasets are not counted by the catalogue, files have no title: no empty columns.
        columns = {name: cells for name, cells in columns.items() if any(cells) or name == "DID"}
        rows = list(zip(*columns.values(), strict=True))
        many = str(total) if self._complete else f"more than {total}"
        return Table(f"{many if total else 'nothing'} {self.title}", list(columns), rows, self._note(total))

    def _shown_titles(self, described: list[Did], shown: "list[Dataset]") -> list[str]:
        titles = self._titles(described) if self._titles and described else {}
        return [titles.get(dataset.did, "") for dataset in shown]

    def _note(self, total: int) -> str:
        notes = []
        if total > _SHOWN:
            notes.append(
                f"{total - _SHOWN} more are not shown; take them with [{_SHOWN}:] or narrow the search."
            )
        if self.refused:
            notes.append(left_out(self.refused))
        return " ".join(notes)
