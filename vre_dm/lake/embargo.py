"""Which data only their user may see for now: a DID, what holds it, or a file in it has ``embargo_until``."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from rucio.common.exception import InvalidMetadata

from vre_dm.did import Did
from vre_dm.errors import Declined
from vre_dm.lake.catalogue import Entry, entry_of
from vre_dm.lake.connection import Connection
from vre_dm.lake.file_list import FileList
from vre_dm.lake.metadata import rows_of
from vre_dm.lake.tables import clean

KEY = "embargo_until"
_HAS_KEY = {f"{KEY}.ne": "never written as a date"}  # Rucio compares only where there is the key
_LAST_PLACE = timedelta(hours=12)  # the day begins somewhere on Earth half a day after it began in UTC

Row = dict[str, Any]
Name = tuple[str, str]


def embargo(
    connection: Connection,
    entry: Entry,
    files: Iterable[Did] = (),
    now: Callable[[], datetime] | None = None,
) -> str | None:
    """Say the embargo on a DID, on what holds it, on a dataset in it or on a file; ``None`` for none.

    A date that cannot be read counts as one that lies ahead. Each scope costs a question.

    Parameters
    ----------
    files
        Files of the DID that are wanted.
    now
        Clock, with a time zone.

    Returns
    -------
    str or None
        A sentence for the user.
    """
    today = ((now or _now)().astimezone(UTC) - _LAST_PLACE).date()
    names = [*_family(connection, entry), *((file.scope, file.name) for file in files)]
    for row in rows_of(connection, _dated(connection, names), "JSON"):
        value = row.get(KEY)
        until = _date(value)
        if value is not None and (until is None or today < until.date()):
            what, when = f"{clean(row['scope'])}:{clean(row['name'])}", clean(value) or "an unknown date"
            return f"{what} is under embargo until {when}: the files are yours alone"
    return None


def refuse_mounted(connection: Connection, did: Did, rse: str) -> None:
    """Refuse a rule that brings what is under embargo to the storage element that is mounted here.

    Raises
    ------
    Declined
        Other users of the mount would read the files.
    NotInLake
        No storage element fits.
    """
    mount = connection.instance.mount
    if mount is None:
        return
    fitting = connection.ask(f"a rule for {did} at {clean(rse)}", lambda rucio: list(rucio.list_rses(rse)))
    if not any(row["rse"] == mount.rse for row in fitting):
        return
    entry = entry_of(connection, did)
    if private := embargo(connection, entry, (file.did for file in FileList(connection, entry))):
        msg = f"{private}, and {clean(mount.rse)} is mounted where others read it too; name another RSE"
        raise Declined(msg, field="rse")


def _now() -> datetime:
    return datetime.now(UTC)


def _date(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value).strip())
    except ValueError:
        return None


def _family(connection: Connection, entry: Entry) -> list[Name]:
    """The DID, everything above it, and the collections below it."""
    start = entry.did.scope, entry.did.name
    above = _reached(start, lambda name: _asked(connection, "what holds", name, "list_parent_dids"))

    def below(name: Name) -> Iterable[Row]:
        rows = _asked(connection, "the content of", name, "list_content")
        return (row for row in rows if row["type"] != "FILE")

    beneath = _reached(start, below) if entry.kind == "container" else []
    return list(dict.fromkeys((start, *above, *beneath)))


def _dated(connection: Connection, names: Sequence[Name]) -> list[Name]:
    """Those that have a date: the metadata of each would be 2 ms a name, and a question of its own 20 ms."""
    with_key = {
        (scope, name)
        for scope in dict.fromkeys(scope for scope, _ in names)
        for name in connection.ask(f"the embargoes in {scope}", partial(_with_key, scope))
    }
    return [name for name in names if name in with_key]


def _with_key(scope: str, rucio: Any) -> list[str]:
    try:
        return list(rucio.list_dids(scope, [{"name": "*"} | _HAS_KEY], did_type="all"))
    except InvalidMetadata:  # a server that compares no text here: take all that have metadata
        return list(rucio.list_dids(scope, [{"name": "*", KEY: "*"}], did_type="all"))


def _reached(start: Name, step: Callable[[Name], Iterable[Row]]) -> list[Name]:
    found: dict[Name, None] = {}
    waiting = [start]
    while waiting:
        for row in step(waiting.pop()):
            name = row["scope"], row["name"]
            if name not in found:
                found[name] = None
                waiting.append(name)
    return list(found)


def _asked(connection: Connection, what: str, name: Name, question: str) -> list[Row]:
    return connection.ask(f"{what} {name[0]}:{name[1]}", lambda rucio: list(getattr(rucio, question)(*name)))
