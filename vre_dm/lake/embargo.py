"""Which data only their user may see for now: a DID, what holds it, or a file in it has ``embargo_until``."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
    return _first(connection, [*_family(connection, entry), *map(_name, files)], now)


def embargo_on_new(
    connection: Connection, did: Did, metadata: Mapping[str, Any], files: Iterable[Did]
) -> str | None:
    """Say the embargo on a dataset that is yet to be made, or on a file of it that is there; as `embargo`."""
    own = _until(did, metadata.get(KEY), _now())
    return own or _first(connection, list(map(_name, files)))


def refuse_mounted(
    connection: Connection,
    did: Did,
    rse: str,
    *,
    step: str = "name another RSE",
    field: str | None = "rse",
) -> None:
    """Refuse a rule that brings what is under embargo to the storage element that is mounted here.

    Parameters
    ----------
    rse
        RSE expression of the rule.
    step, field
        What the user can do instead, and what of the question is to blame.

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
    if private := _first(connection, [*_family(connection, entry), *_files(connection, entry)]):
        raise on_mount(private, mount.rse, step, field)


def on_mount(private: str, rse: str, step: str = "name another RSE", field: str | None = "rse") -> Declined:
    """Error for what is under embargo and would be on a mount; parameters as `refuse_mounted`."""
    return Declined(f"{private}, and {clean(rse)} is mounted where others read it too; {step}", field=field)


def _now() -> datetime:
    return datetime.now(UTC)


def _first(
    connection: Connection, names: Sequence[Name], now: Callable[[], datetime] | None = None
) -> str | None:
    moment = (now or _now)()
    for row in rows_of(connection, _dated(connection, names), "JSON"):
        if said := _until(f"{clean(row['scope'])}:{clean(row['name'])}", row.get(KEY), moment):
            return said
    return None


def _until(what: Did | str, value: object, now: datetime) -> str | None:
    today, until = (now.astimezone(UTC) - _LAST_PLACE).date(), _date(value)
    if value is None or (until is not None and until.date() <= today):
        return None
    return f"{what} is under embargo until {clean(value) or 'an unknown date'}: the files are yours alone"


def _date(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value).strip())
    except ValueError:
        return None


def _family(connection: Connection, entry: Entry) -> list[Name]:
    """The DID, everything above it, and the collections below it."""
    start = _name(entry.did)
    above = _reached(start, lambda name: _asked(connection, "what holds", name, "list_parent_dids"))

    if entry.kind != "container":
        return [start, *above]
    below = _reached(
        start, lambda name: _asked(connection, "the content of", name, "list_content"), "DATASET"
    )
    return list(dict.fromkeys((start, *above, *below)))


def _files(connection: Connection, entry: Entry) -> list[Name]:
    """Files that a rule copies; of a container, which may hold millions in any scope, those with a date."""
    if entry.kind != "container":
        return [_name(file.did) for file in FileList(connection, entry)]
    scopes = connection.ask("the scopes", lambda rucio: list(rucio.list_scopes()))
    dated = {(scope, name) for scope in scopes for name in _names_with_key(connection, scope, "file")}
    if not dated:
        return []

    def question(rucio: Any) -> list[Name]:
        rows = rucio.list_files(*_name(entry.did))
        return [name for row in rows if (name := (row["scope"], row["name"])) in dated]

    return connection.ask(f"the files of {entry.did}", question)


def _dated(connection: Connection, names: Sequence[Name]) -> list[Name]:
    """Those that have a date: the metadata of each would be 2 ms a name, and a question of its own 20 ms."""
    with_key = {
        (scope, name)
        for scope in dict.fromkeys(scope for scope, _ in names)
        for name in _names_with_key(connection, scope, "all")
    }
    return [name for name in names if name in with_key]


def _names_with_key(connection: Connection, scope: str, kind: str) -> list[str]:
    return connection.ask(f"the embargoes in {scope}", partial(_with_key, scope, kind))


def _with_key(scope: str, kind: str, rucio: Any) -> list[str]:
    try:
        return list(rucio.list_dids(scope, [{"name": "*"} | _HAS_KEY], did_type=kind))
    except InvalidMetadata:  # a server that compares no text here: take all that have metadata
        return list(rucio.list_dids(scope, [{"name": "*", KEY: "*"}], did_type=kind))


def _reached(start: Name, step: Callable[[Name], Iterable[Row]], last: str = "") -> list[Name]:
    """All that steps lead to; none is made from what is of the last kind."""
    found: dict[Name, None] = {}
    waiting = [start]
    while waiting:
        for row in step(waiting.pop()):
            name = row["scope"], row["name"]
            if name not in found:
                found[name] = None
                if row["type"] != last:
                    waiting.append(name)
    return list(found)


def _name(did: Did) -> Name:
    return did.scope, did.name


def _asked(connection: Connection, what: str, name: Name, question: str) -> list[Row]:
    return connection.ask(f"{what} {name[0]}:{name[1]}", lambda rucio: list(getattr(rucio, question)(*name)))
