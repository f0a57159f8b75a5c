"""What the browser shows of a lake, a page at a time: a level of the tree, a search, details of one DID."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from vre_dm.lake.tables import Table, clean, left_out, size_text
from vre_dm.notebook.words import terms, words

if TYPE_CHECKING:
    from vre_dm.lake.catalogue import Scopes
    from vre_dm.lake.dataset import Dataset
    from vre_dm.lake.lake import Lake
    from vre_dm.lake.results import SearchResult

PAGE = 200
"""Rows that are told at once, at most."""
_KEPT = 50  # lists that stay at hand, for those who scroll back

Document = dict[str, Any]


class Pages:
    """Rows of a lake for whoever scrolls; may be asked from several threads.

    Parameters
    ----------
    lake
        Whose data.
    """

    def __init__(self, lake: "Lake") -> None:
        self._lake = lake
        self._lock = threading.Lock()
        self._lists: OrderedDict[str, SearchResult | Scopes] = OrderedDict()

    def below(self, of: str, start: int, count: int) -> Document:
        """Rows one level below: scopes for an empty text, else what a scope or a DID holds."""
        return self._page(f"in {of}", lambda: self._lake.ls(of or None), start, count)

    def found(self, text: str, start: int, count: int) -> Document:
        """Rows that fit a text such as ``xenon:* year>=2017``, as ``%dm_search`` reads it."""
        pattern, where = terms(words(text))
        return self._page(f"for {text}", lambda: self._lake.search(pattern, where=where), start, count)

    def details(self, did: str) -> Document:
        """Tables about one DID: metadata, copies, rules; and how to cite it."""
        dataset = self._lake.dataset(did)
        tables = [dataset.table(), dataset.replicas().table(), dataset.rules().table()]
        return {"did": str(dataset.did), "tables": list(map(_said, tables)), "cite": dataset.cite().line}

    def scopes(self) -> "Scopes":
        """Scopes of the lake."""
        return self._lake.scopes()

    def forget(self) -> None:
        """Ask the lake anew from now on."""
        with self._lock:
            self._lists.clear()

    def _page(self, key: str, ask: "Callable[[], SearchResult | Scopes]", start: int, count: int) -> Document:
        start, count = max(start, 0), min(max(count, 1), PAGE)
        with self._lock:
            kept = self._lists.get(key)
        found = ask() if kept is None else kept
        known = len(found) if isinstance(found, list) else found.look_at(start + count + 1)
        with self._lock:
            self._lists[key] = found
            self._lists.move_to_end(key)
            while len(self._lists) > _KEPT:
                self._lists.popitem(last=False)
        return {
            "rows": [_row(item) for item in found[start : start + count]],
            "start": start,
            "known": known,
            # Fewer than were asked for: there are no others.
            "done": isinstance(found, list) or known <= start + count,
            "note": left_out(found.refused),
        }


def _row(item: "str | Dataset") -> Document:
    if isinstance(item, str):
        return {"did": item, "name": item, "kind": "scope", "about": ""}
    files = "" if item.known_length is None or item.kind == "file" else f"{item.known_length} files"
    about = ", ".join(filter(None, (files, size_text(item.known_size))))
    return {"did": str(item.did), "name": item.did.name, "kind": item.kind, "about": about}


def _said(table: Table) -> Document:
    return {
        "title": clean(table.title, None),
        "columns": list(table.columns),
        "rows": [_cells(row, table.widest) for row in table.rows],
        "note": clean(table.note, None),
    }


def _cells(row: Sequence[object], widest: int) -> list[str]:
    return [clean(cell, widest) for cell in row]
