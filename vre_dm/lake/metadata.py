"""Metadata of DIDs: what users wrote and what the catalogue keeps, as one mapping with types."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from vre_dm.did import Did
from vre_dm.lake.connection import Connection
from vre_dm.lake.tables import Table, Tabular

PAGE = 1000  # DIDs in one request to the server
# What the catalogue keeps for itself; the rest of its columns are metadata like any other.
BOOKKEEPING = frozenset(
    "scope name account did_type is_open monotonic hidden obsolete complete is_new availability".split()  # noqa: SIM905
    + "suppressed purge_replicas transient constituent is_archive access_cnt accessed_at updated_at".split()  # noqa: SIM905
    + "deleted_at eol_at closed_at length bytes md5 adler32 guid".split()  # noqa: SIM905
)

# Units that a key's name may end with. Not "fb" and "pb": luminosity_fb and limit_fb mean different ones.
_UNITS = {unit: unit for unit in "eV keV MeV GeV TeV kg kpc Mpc pc km cm mm s K sr deg".split()}  # noqa: SIM905
_UNITS |= {"cm2": "cm²", "cm3": "cm³", "days": "d", "percent": "%"}


class Metadata(Mapping[str, Any], Tabular):
    """Metadata of one DID, by key; values are numbers, texts, booleans, lists or datetimes (UTC).

    Parameters
    ----------
    did
        Whose metadata.
    values
        As Rucio sends them.
    """

    def __init__(self, did: Did, values: Mapping[str, Any]) -> None:
        self._did = did
        kept = {key: value for key, value in values.items() if key not in BOOKKEEPING and value is not None}
        self._values = {key: _typed(kept[key]) for key in sorted(kept)}

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def table(self) -> Table:
        """One row a key."""
        return Table(f"Metadata of {self._did}", ("key", "value"), list(self._values.items()))


def unit_of(key: str) -> str | None:
    """Unit that a key's name ends with, as in ``mass_GeV``; ``None`` where it says none for sure."""
    word, _, unit = key.rpartition("_")
    return _UNITS.get(unit) if word else None


def metadata_of(connection: Connection, dids: Sequence[Did], plugin: str) -> dict[Did, dict[str, Any]]:
    """Metadata of many DIDs, in requests of `PAGE`.

    Parameters
    ----------
    plugin
        ``DID_COLUMN`` (quick), ``JSON`` (what users wrote) or ``ALL``; the last two cost 2 ms a DID.
    """
    rows = rows_of(connection, [(did.scope, did.name) for did in dids], plugin)
    return {Did(row["scope"], row["name"]): row for row in rows}


def rows_of(connection: Connection, names: Sequence[tuple[str, str]], plugin: str) -> list[dict[str, Any]]:
    """Rows of the same, also of names that are no safe `Did`."""
    rows: list[dict[str, Any]] = []
    for start in range(0, len(names), PAGE):
        asked = [{"scope": scope, "name": name} for scope, name in names[start : start + PAGE]]
        rows += connection.ask("metadata", partial(_bulk, asked, plugin))
    return rows


def titles_of(connection: Connection, dids: Sequence[Did]) -> dict[Did, str]:
    """Free metadata ``title`` of those DIDs that have one."""
    metadata = metadata_of(connection, dids, "JSON")
    return {did: str(values["title"]) for did, values in metadata.items() if values.get("title")}


def _bulk(asked: list[dict[str, str]], plugin: str, rucio: Any) -> list[dict[str, Any]]:
    return list(rucio.get_metadata_bulk(asked, plugin=plugin))


def _typed(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value
