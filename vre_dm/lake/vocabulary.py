"""Which metadata keys a lake uses and with which types, learnt from its datasets: no schema says it."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from vre_dm.did import Did
from vre_dm.errors import InvalidDid
from vre_dm.lake.connection import Connection
from vre_dm.lake.filters import KINDS, Condition, kind_of, stored_kind
from vre_dm.lake.metadata import metadata_of, unit_of
from vre_dm.lake.rucio_filters import COLUMNS
from vre_dm.lake.tables import clean

_LOOKED_AT = 2000  # DIDs read to learn which metadata keys exist
_AT_ONCE = 100


def near(word: str, known: Iterable[str]) -> str:
    """Sentence part that offers the nearest known words, or an empty text."""
    close = difflib.get_close_matches(word, list(known), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(close)}?" if close else ""


@dataclass(frozen=True, slots=True)
class Key:
    """A metadata key as a lake uses it.

    Attributes
    ----------
    name
        The key.
    examples
        One value of each kind that it holds: ``number``, ``text``, ``date``, ``boolean``.
    """

    name: str
    examples: dict[str, Any]

    @property
    def kinds(self) -> list[str]:
        """Kinds of its values, sorted."""
        return sorted(self.examples)

    @property
    def unit(self) -> str | None:
        """Unit of its numbers, where its name says one."""
        return unit_of(self.name) if "number" in self.examples else None


def keys(connection: Connection, scopes: Iterable[str]) -> list[Key]:
    """Metadata keys that users of these scopes wrote, sorted; learnt from the first two thousand DIDs."""
    found: dict[str, dict[str, Any]] = {}
    for metadata in islice(_free_metadata(connection, scopes), _LOOKED_AT):
        for name, value in metadata.items():
            kind = stored_kind(value)
            if kind in KINDS:  # lists cannot be compared
                found.setdefault(name, {}).setdefault(kind, value)
    return [Key(name, found[name]) for name in sorted(found)]


def check_keys(connection: Connection, scopes: Iterable[str], conditions: Sequence[Condition]) -> None:
    """Tell a wrong key or a wrong type from an honest "nothing fits".

    Raises
    ------
    InvalidFilter
        A key exists nowhere in the scopes, or no value of it has the type it is compared with.
    """
    wanted = [condition for condition in conditions if condition.key not in COLUMNS]
    dates = {condition.key for condition in wanted if condition.kind == "date"}
    if not wanted:
        return
    seen: dict[str, dict[str, object]] = {}
    count = 0
    for metadata in _free_metadata(connection, scopes):
        count += 1
        for key, value in metadata.items():
            kind = stored_kind(value) if key in dates else kind_of(value)
            seen.setdefault(key, {}).setdefault(kind, value)
        if count >= _LOOKED_AT or all(c.kind in seen.get(c.key, {}) for c in wanted):
            break
    for condition in wanted:
        _check(condition, seen, count)


def check_order(connection: Connection, scopes: Iterable[str], conditions: Sequence[Condition]) -> None:
    """Refuse to ask whether a text or a boolean is larger: say what the key holds, where it is no such thing.

    Raises
    ------
    InvalidFilter
        There is such a condition.
    """
    odd = [condition for condition in conditions if not condition.ordered]
    if odd:
        check_keys(connection, scopes, odd)
        msg = f"{clean(odd[0])}: {odd[0].kind}s can only be compared with = and !="
        raise odd[0].wrong(msg + "; write numbers like 5, dates like 2020-01-01")


def _check(condition: Condition, seen: dict[str, dict[str, object]], count: int) -> None:
    key = condition.key
    if key not in seen:
        known = clean(", ".join(sorted(seen)) or "none", 300)
        msg = f"{clean(condition)}: none of the {count} DIDs with metadata has the key {key}"
        raise condition.wrong(msg + (near(key, [*seen, *COLUMNS]) or f"; known keys: {known}"))
    if condition.kind not in seen[key]:
        kinds, example = " or ".join(sorted(seen[key])), next(iter(seen[key].values()))
        msg = f"{clean(condition)}: {key} holds a {kinds} (such as {clean(example)}), not a {condition.kind}"
        raise condition.wrong(msg)


def _free_metadata(connection: Connection, scopes: Iterable[str]) -> Iterator[dict[str, Any]]:
    for scope in scopes:
        dids = list(_with_free_metadata(connection, scope))
        for start in range(0, len(dids), _AT_ONCE):
            for metadata in metadata_of(connection, dids[start : start + _AT_ONCE], "JSON").values():
                yield {key: value for key, value in metadata.items() if key not in {"scope", "name"}}


def _with_free_metadata(connection: Connection, scope: str) -> Iterator[Did]:
    # A filter with * on any free key lists exactly the DIDs that have free metadata, whichever keys.
    filters = [{"name": "*", "experiment": "*"}]
    for name in connection.ask(f"the DIDs of {scope}", lambda rucio: list(rucio.list_dids(scope, filters))):
        try:
            yield Did(scope, name)
        except InvalidDid:
            continue
