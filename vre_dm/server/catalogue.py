"""What the lake holds, from scopes down to files, and what is found in it; and its storage elements."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from vre_dm.did import Did, DidPattern
from vre_dm.errors import InvalidDid, InvalidRequest, NotInLake
from vre_dm.lake.catalogue import KINDS, Entry, Page
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.filters import parse
from vre_dm.lake.lake import Lake
from vre_dm.lake.tables import clean
from vre_dm.lake.vocabulary import Key
from vre_dm.server.base import Handler
from vre_dm.server.kept import Seen
from vre_dm.server.lakes import OpenLake
from vre_dm.server.streams import Row, Rows, RowsHandler
from vre_dm.server.values import plain

_AT_ONCE = 50  # rows of a search that are sent as soon as they are described
_LONGEST = 300  # characters of a title and the like in a row
_DESCRIBED = 1000  # rows of a search that are described: each costs the lake a millisecond


class ScopesHandler(Handler):
    """Scopes."""

    async def get(self) -> None:
        """List those that fit a pattern, and which of them are the user's."""
        with self.blaming({InvalidDid: "pattern"}):
            self.reply(await self.ask(lambda lake: _scopes(lake, self.text("pattern", "*"))))


class ChildrenHandler(RowsHandler):
    """One level of the tree."""

    async def get(self) -> None:
        """Stream what is attached to a DID, or the collections of a scope; ``refresh=1`` as for files."""
        scope, named = self.text("scope", ""), self.text("did", "")
        if bool(scope) == bool(named):
            msg = "say either did or scope: what is looked into"
            raise InvalidRequest(msg, field="did")
        if named:
            did, rows = self.did(), _OfKind(self.choice("kind", KINDS, "all"))
            fresh, opened = self.whole("refresh", 0, 0, 1) == 1, await self.open_lake()
            below = partial(_below, opened, did, fresh=fresh)
            await self.stream(lambda lake: _listed(below(lake), rows, 1000, opened.seen))
        else:
            kind, seen = self.choice("kind", KINDS, "collection"), (await self.open_lake()).seen
            with self.blaming({InvalidDid: "scope", NotInLake: "scope"}):
                await self.stream(lambda lake: _listed(lake.find(scope=scope, kind=kind), _plain, 1000, seen))


class SearchHandler(RowsHandler):
    """A search."""

    async def get(self) -> None:
        """Stream what is found by name and metadata; the first rows have title, experiment and year."""
        pattern, scope = self.text("pattern", "") or "*", self.text("scope", "") or None
        kind = self.choice("kind", KINDS, "collection")
        with self.blaming({InvalidDid: "scope"}):
            DidPattern(scope=scope or "*")
        conditions = [c for place, text in enumerate(self.texts("where")) for c in parse(text, place)]
        seen = (await self.open_lake()).seen
        with self.blaming({InvalidDid: "pattern", NotInLake: "scope" if scope else "pattern"}):
            found = partial(Lake.find, pattern=pattern, scope=scope, kind=kind, conditions=conditions)
            await self.stream(lambda lake: _listed(found(lake), _Described(lake), _AT_ONCE, seen))


class KeysHandler(Handler):
    """What a search can ask for."""

    async def get(self) -> None:
        """List the metadata keys of a scope, or of all."""
        scope, open_lake = self.text("scope", "") or "*", await self.open_lake()
        with self.blaming({InvalidDid: "scope"}):
            found = await self.ask_of(
                open_lake, lambda lake: open_lake.keys.get(scope, lambda: lake.keys(scope))
            )
        self.reply({"keys": [_key(key) for key in found]})


class StorageElementsHandler(Handler):
    """Storage elements."""

    async def get(self) -> None:
        """List them, with what the account may still keep there, and for how long where it does not say."""
        self.reply(await self.ask(_storage_elements))


def entry(one: Entry | Dataset) -> Row:
    """A DID as lists show it; its size and length where the catalogue knows them without counting."""
    size, length = (one.size, one.length) if isinstance(one, Entry) else (one.known_size, one.known_length)
    did = one.did
    said = {"did": str(did), "scope": did.scope, "name": did.name, "kind": one.kind}
    return said | {"size": size, "length": length}


def _scopes(lake: Lake, pattern: str) -> dict[str, Any]:
    found = lake.scopes(pattern)
    return {"scopes": list(found), "left_out": found.refused, "mine": list(lake.own_scopes())}


def _below(opened: OpenLake, did: Did, lake: Lake, *, fresh: bool) -> Iterator[Page]:
    """What is attached to a DID: as the lake tells it, or as it did lately if the DID is still there."""
    kept = opened.content
    known = None if fresh else kept.look(did)
    with opened.about(did):
        if known is not None:
            yield from known
            lake.dataset(did)  # asked last: the rows need not wait for it
        else:
            yield from kept.gather(did, lake.dataset(did).content())


def _listed(
    pages: Iterable[Page], rows: Callable[[list[Entry]], list[Row]], at_once: int, seen: Seen[Did]
) -> Rows:
    """Rows of pages as they come, so many at once; what opens is remembered as seen."""
    left_out: list[str] = []

    def batches() -> Iterator[list[Row]]:
        for page in pages:
            left_out.extend(page.refused)
            seen.add(each.did for each in page.entries if each.kind != "file")
            for start in range(0, len(page.entries), at_once):
                yield rows(page.entries[start : start + at_once])

    return Rows(batches(), left_out)


def _plain(page: Iterable[Entry]) -> list[Row]:
    return [entry(each) for each in page]


class _OfKind:
    """Rows of one kind, or of several."""

    def __init__(self, kind: str) -> None:
        self._wanted = {"all": KINDS, "collection": ("container", "dataset")}.get(kind, (kind,))

    def __call__(self, page: list[Entry]) -> list[Row]:
        return [entry(each) for each in page if each.kind in self._wanted]


class _Described:
    """Rows with what tells datasets and containers apart, as long as that does not take too long."""

    def __init__(self, lake: Lake) -> None:
        self._lake, self._left = lake, _DESCRIBED

    def __call__(self, page: list[Entry]) -> list[Row]:
        described = [each.did for each in page if each.kind != "file"][: self._left]
        self._left -= len(described)
        told = self._lake.described(described) if described else {}
        return [entry(each) | _brief(told.get(each.did, {})) for each in page]


def _brief(metadata: Mapping[str, Any]) -> Row:
    """What a line has room for, as text; publishers write "unknown" where they do not know."""
    said = {key: metadata.get(key) for key in ("title", "experiment", "year")}
    known = {key: value for key, value in said.items() if value not in (None, "", "unknown")}
    return dict.fromkeys(said) | {key: clean(value, _LONGEST) for key, value in known.items()}


def _key(key: Key) -> dict[str, Any]:
    example = next(iter(key.examples.values()))
    return {"key": key.name, "kinds": key.kinds, "unit": key.unit, "example": plain(example)}


def _storage_elements(lake: Lake) -> dict[str, Any]:
    found, left = lake.rses(), {each.rse: each.left for each in lake.quota().allowances}
    rows = [
        {
            "name": row["rse"],
            "type": row.get("rse_type"),
            "readable": bool(row.get("availability_read")),
            "writable": bool(row.get("availability_write")),
            "deletable": bool(row.get("availability_delete")),
            "schemes": found.schemes(row["rse"]),
            "left": left.get(row["rse"]),
        }
        for row in found.rows
    ]
    return {"rses": rows, "days": lake.instance.rule_days}


ROUTES = [
    ("scopes", ScopesHandler),
    ("children", ChildrenHandler),
    ("search", SearchHandler),
    ("keys", KeysHandler),
    ("rses", StorageElementsHandler),
]
