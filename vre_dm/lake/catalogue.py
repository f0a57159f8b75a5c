"""Finds DIDs in the catalogue: one scope at a time, all filters of `filters` with one consistent answer."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, islice, repeat
from typing import Any, TypeVar

from rucio.common.exception import InvalidMetadata

from vre_dm.did import Did, DidPattern
from vre_dm.errors import InvalidDid, InvalidFilter, NotInLake, Unreachable
from vre_dm.lake.connection import Connection
from vre_dm.lake.filters import Condition
from vre_dm.lake.metadata import metadata_of
from vre_dm.lake.rucio_filters import ALIASES, Compiled, compiled, guarded
from vre_dm.lake.tables import clean, left_out
from vre_dm.lake.vocabulary import check_keys, check_order, near

_OF_ONE = ("container", "dataset", "file")
KINDS = ("collection", "all", *_OF_ONE)
_SCOPES_AT_ONCE = 4
_FIRST, _NEXT = 50, 1000  # DIDs whose kinds are asked for at once
_OF_FILES = {"bytes", "length"}  # columns that the catalogue leaves empty for everything else

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Entry:
    """A DID as the catalogue lists it.

    Attributes
    ----------
    did
        ``scope:name``.
    kind
        ``container``, ``dataset`` or ``file``.
    size, length
        Bytes and number of files, where the catalogue knows them without counting.
    open
        Whether more may be added to it, where that was asked.

    Raises
    ------
    Unreachable
        The server tells a kind that Rucio does not have.
    """

    did: Did
    kind: str
    size: int | None = None
    length: int | None = None
    open: bool | None = None

    def __post_init__(self) -> None:
        if self.kind not in _OF_ONE:
            kind = clean(ascii(self.kind))
            msg = f"the server calls {self.did} a {kind}, which is no kind of DID in Rucio; check the address"
            raise Unreachable(msg)


@dataclass
class Page:
    """Entries of one scope, and the names in it that are no safe DID."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class Scopes(list[str]):
    """Scopes of a lake, sorted; a plain list that says what it leaves out.

    Attributes
    ----------
    refused
        Scopes that no safe `Did` can hold.
    """

    def __init__(self, names: Iterable[str]) -> None:
        said = sorted(names)
        self.refused = [name for name in said if not _safe(name)]
        super().__init__(name for name in said if _safe(name))

    def __repr__(self) -> str:
        return "\n".join(filter(None, (super().__repr__(), left_out(self.refused))))


def scopes(connection: Connection, pattern: str = "*") -> Scopes:
    """Scopes of the lake that fit a pattern, sorted."""
    fits = DidPattern(scope=pattern).has_scope
    return Scopes(filter(fits, connection.ask("the scopes", lambda rucio: list(rucio.list_scopes()))))


def scopes_of(connection: Connection, account: str) -> Scopes:
    """Scopes that belong to an account, sorted."""
    return Scopes(
        connection.ask(f"the scopes of {account}", lambda rucio: list(rucio.list_scopes_for_account(account)))
    )


def _safe(scope: str) -> bool:
    try:
        Did(scope, "x")
    except InvalidDid:
        return False
    return True


def find(
    connection: Connection, pattern: DidPattern, kind: str, conditions: Sequence[Condition]
) -> Iterator[Page]:
    """DIDs that fit, scope by scope as they are asked for.

    Parameters
    ----------
    kind
        One of `KINDS`.
    conditions
        All of them must hold.

    Raises
    ------
    InvalidFilter
        A key is known for files only, a comparison makes no sense, or nothing fits and one of the keys
        exists nowhere or holds values of another type.
    NotInLake
        Nothing fits, and there is no such scope.
    """
    if kind not in KINDS:
        msg = f"no kind of DID is called {kind!r}; use one of {', '.join(KINDS)}"
        raise InvalidFilter(msg, field="kind")
    if kind != "file":
        _refuse_of_files(conditions)
    said = compiled(conditions)
    exact = "*" not in pattern.scope
    searched = Scopes([pattern.scope]) if exact else scopes(connection, pattern.scope)
    if searched.refused:
        yield Page(refused=searched.refused)
    if not all(condition.ordered for condition in said.conditions):
        _check_scope(connection, pattern.scope)  # in one that is not there no key is to blame
        check_order(connection, searched, said.conditions)
    found = False
    for page in _ahead(lambda scope: _in_scope(connection, scope, pattern, kind, said), searched):
        found = found or bool(page.entries or page.refused)
        yield page
    if not found:
        if exact or not searched:
            _check_scope(connection, pattern.scope)
        check_keys(connection, searched, said.conditions)


def entry_of(connection: Connection, did: Did) -> Entry:
    """What the catalogue says of a DID; `NotInLake` where there is none."""
    row = connection.ask(str(did), lambda rucio: rucio.get_did(did.scope, did.name))
    return Entry(did, str(row["type"]).lower(), row.get("bytes"), row.get("length"), row.get("open"))


def page_of(rows: Iterable[dict[str, Any]], pattern: DidPattern | None = None) -> Page:
    """Entries of Rucio's rows (``scope``, ``name``, ``did_type`` …), sorted; unsafe names are set aside."""
    page = Page()
    for row in rows:
        if pattern and not pattern.has_name(row["name"]):
            continue
        try:
            did, kind = Did(row["scope"], row["name"]), str(row["did_type"]).lower()
            page.entries.append(Entry(did, kind, row.get("bytes"), row.get("length")))
        except (InvalidDid, Unreachable):
            page.refused.append(row["name"])
    page.entries.sort(key=lambda entry: (entry.did.scope, entry.did.name))
    return page


def _refuse_of_files(conditions: Iterable[Condition]) -> None:
    for condition in conditions:
        if ALIASES.get(condition.key, condition.key) in _OF_FILES:
            msg = f"{condition.key} is known for files only; search for files"
            raise condition.wrong(msg)


def _in_scope(
    connection: Connection, scope: str, pattern: DidPattern, kind: str, said: Compiled
) -> Iterator[Page]:
    name = pattern.name if pattern.name == "*" else guarded(pattern.name)[0]
    again = said.again
    chosen = None
    if said.free:
        chosen, trusted = _by_metadata(connection, scope, name, said)
        if not trusted:
            again = said.conditions
        if not chosen:
            return
    if said.columns or chosen is None:
        rows = connection.ask(
            f"the DIDs of {scope}",
            lambda rucio: list(
                rucio.list_dids(scope, [{"name": name} | said.columns], did_type=kind, long=True)
            ),
        )
        pages = iter([page_of((row for row in rows if chosen is None or row["name"] in chosen), pattern)])
    else:
        pages = _with_kinds(connection, scope, chosen, pattern, kind)
    for page in pages:
        if again:
            metadata = metadata_of(connection, [entry.did for entry in page.entries], "ALL")
            page.entries = [e for e in page.entries if all(c.matches(metadata.get(e.did, {})) for c in again)]
        yield page


def _by_metadata(connection: Connection, scope: str, name: str, said: Compiled) -> tuple[set[str], bool]:
    """Names that fit filters on free metadata, and whether the server could apply them."""

    def question(rucio: Any) -> tuple[set[str], bool]:
        try:
            return set(rucio.list_dids(scope, [{"name": name} | said.free])), True
        except InvalidMetadata:
            # One dataset of the scope holds another type under a key: take all that have metadata.
            key = next(iter(said.free)).partition(".")[0]
            return set(rucio.list_dids(scope, [{"name": name, key: "*"}])), False

    return connection.ask(f"the DIDs of {scope}", question)


def _with_kinds(
    connection: Connection, scope: str, names: Iterable[str], pattern: DidPattern, kind: str
) -> Iterator[Page]:
    """Pages of names whose kind the metadata search does not tell; the first is small, to be there soon."""
    wanted = {"all": set(_OF_ONE), "collection": {"container", "dataset"}}.get(kind, {kind})
    left = iter(sorted(names))
    for size in chain([_FIRST], repeat(_NEXT)):
        some = list(islice(left, size))
        if not some:
            return
        page = page_of(({"scope": scope, "name": name, "did_type": "FILE"} for name in some), pattern)
        rows = metadata_of(connection, [entry.did for entry in page.entries], "DID_COLUMN").values()
        known = page_of(rows, pattern)
        yield Page([entry for entry in known.entries if entry.kind in wanted], page.refused)


def _check_scope(connection: Connection, scope: str) -> None:
    known = scopes(connection)
    if not any(map(DidPattern(scope=scope).has_scope, known)):
        msg = f"the lake {connection.instance.name} has no scope {scope}{near(scope, known)}"
        raise NotInLake(msg + ("" if "mean" in msg else "; look at the list of its scopes"))


def _ahead(question: Callable[[A], Iterable[B]], items: Sequence[A]) -> Iterator[B]:
    """Answers in order, a few items asked for ahead of who reads them; one alone as far as it is read."""
    if len(items) == 1:
        yield from question(items[0])
        return

    def asked(item: A) -> list[B]:
        return list(question(item))

    pool = ThreadPoolExecutor(_SCOPES_AT_ONCE)
    try:
        waiting: list[Future[list[B]]] = []
        for item in items:
            waiting.append(pool.submit(asked, item))
            if len(waiting) > _SCOPES_AT_ONCE:
                yield from waiting.pop(0).result()
        for future in waiting:
            yield from future.result()
    finally:  # who reads no further need not know more
        pool.shutdown(cancel_futures=True)
