"""One dataset: what it is, its files a page at a time, and where its copies are."""

from typing import Any

from vre_dm.lake.dataset import Dataset
from vre_dm.lake.file_list import fits
from vre_dm.lake.files import File
from vre_dm.lake.filters import KINDS, stored_kind
from vre_dm.lake.lake import Lake
from vre_dm.lake.metadata import unit_of
from vre_dm.server.base import Handler
from vre_dm.server.catalogue import entry
from vre_dm.server.values import plain

_MOST = 5000  # files in one page


class DatasetHandler(Handler):
    """A container, dataset or file."""

    async def get(self) -> None:
        """Describe it, as it is now."""
        did = self.did()
        self.reply(await self.ask_about(did, lambda lake: _described(lake.dataset(did))))


class FilesHandler(Handler):
    """Its files."""

    async def get(self) -> None:
        """Give a page of them, sorted by name."""
        pattern = self.text("pattern", "") or "*"
        start, count = self.whole("start", 0, 0, 10**9), self.whole("count", 100, 1, _MOST)
        dataset = await self.kept()
        self.reply(await self.here(lambda: _page(dataset, pattern, slice(start, start + count))))

    async def kept(self) -> Dataset:
        """Dataset of this request, whose files are known; ``refresh=1`` asks for them once more."""
        did, fresh = self.did(), self.whole("refresh", 0, 0, 1) == 1
        open_lake = await self.open_lake()

        def question(lake: Lake) -> Dataset:
            with open_lake.about(did):
                return open_lake.datasets.get(did, lambda: lake.dataset(did), fresh=fresh)

        return await self.ask_of(open_lake, question)


class ReplicasHandler(FilesHandler):
    """Its copies."""

    async def get(self) -> None:
        """Count them by storage element and protocol, as they are now."""
        dataset = await self.kept()
        found = await self.ask(lambda _: dataset.replicas())
        rows = [
            {"rse": each.rse, "scheme": each.scheme, "files": each.files, "size": each.size,
             "unreadable": each.states}
            for each in found.holdings
        ]  # fmt: skip
        self.reply({"total": found.total, "rows": rows, "complete": found.complete})


def _described(dataset: Dataset) -> dict[str, Any]:
    citation = dataset.cite()
    return {
        "did": str(dataset.did),
        "kind": dataset.kind,
        "size": dataset.known_size,
        "length": dataset.known_length,
        "open": dataset.is_open,
        "metadata": [_value(key, value) for key, value in dataset.metadata.items()],
        "citation": {"line": citation.line, "bibtex": citation.bibtex},
        "embargo": dataset.embargo(),
        "parents": [entry(each) for each in dataset.parents],
    }


def _value(key: str, value: Any) -> dict[str, Any]:
    kind = stored_kind(value)
    return {
        "key": key,
        "value": plain(value),
        "kind": kind if kind in KINDS else "list" if isinstance(value, list) else "object",
        "unit": unit_of(key) if kind == "number" else None,
    }


def _page(dataset: Dataset, pattern: str, wanted: slice) -> dict[str, Any]:
    every = dataset.files
    found = every if pattern == "*" else [file for file in every if fits(file.did.name, pattern)]
    sizes = [file.size for file in found]
    return {
        "total": len(found),
        "size": None if None in sizes else sum(filter(None, sizes)),
        "rows": [_row(file) for file in found[wanted]],
    }


def _row(file: File) -> dict[str, Any]:
    return {
        "name": file.did.name,
        "did": str(file.did),
        "size": file.size,
        "adler32": file.adler32,
        "md5": file.md5,
    }


ROUTES = [("dataset", DatasetHandler), ("files", FilesHandler), ("replicas", ReplicasHandler)]
