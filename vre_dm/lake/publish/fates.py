"""What happens to each file of an upload, by what the catalogue knows of its name."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from vre_dm.did import Did
from vre_dm.errors import Declined
from vre_dm.lake.connection import Connection
from vre_dm.lake.publish.naming import judged
from vre_dm.lake.publish.sources import Item
from vre_dm.lake.publish.sums import Summing, is_same
from vre_dm.lake.tables import clean, size_text

UPLOAD, ATTACH, KEEP = "upload", "attach (in the lake already)", "keep (in the dataset already)"
_PAGE = 1000


def fates(
    connection: Connection, items: Sequence[Item], members: set[Did], summing: Summing
) -> tuple[tuple[Item, str], ...]:
    """Give each file with `UPLOAD`, `ATTACH` or `KEEP`.

    Parameters
    ----------
    members
        Files that are in the dataset.

    Raises
    ------
    Declined
        A name belongs to other content, or to a file that the lake has lost.
    """
    known = _known(connection, [item.did for item in items])
    _refuse_others(items, known, summing)
    readable = _readable(connection, [item.did for item in items if item.did in known])
    for did in known:
        if did not in readable:
            msg = (
                f"{did} is registered, but the lake has no copy that can be read; "
                "ask its admins to remove it, or give the file another name"
            )
            raise Declined(msg, field="files")
    return tuple(
        (item, UPLOAD if item.did not in known else KEEP if item.did in members else ATTACH) for item in items
    )


def members_of(connection: Connection, did: Did) -> set[Did]:
    """Files of a dataset."""
    rows = connection.ask(f"the files of {did}", lambda rucio: list(rucio.list_files(did.scope, did.name)))
    return {Did(row["scope"], row["name"]) for row in rows}


def _refuse_others(items: Sequence[Item], known: Mapping[Did, dict[str, Any]], summing: Summing) -> None:
    for item in items:
        row = known.get(item.did)
        if row is not None and not _is_it(item, row, summing):
            what = size_text(row.get("bytes")) or str(row.get("did_type", "")).lower()
            msg = (
                f"{item.did} is in the lake already with other content ({what}), and names are for ever; "
                f"give {clean(item.path, None)} another name, or all of them a prefix"
            )
            raise Declined(msg, field="files")


def _is_it(item: Item, row: dict[str, Any], summing: Summing) -> bool:
    plain = row.get("did_type") == "FILE" and row.get("bytes") == item.size
    return plain and is_same(item, summing.of(item), row)


def _known(connection: Connection, dids: Sequence[Did]) -> dict[Did, dict[str, Any]]:
    """Rows of those names that are taken."""
    found: dict[Did, dict[str, Any]] = {}
    for start in range(0, len(dids), _PAGE):
        asked = [{"scope": did.scope, "name": did.name} for did in dids[start : start + _PAGE]]
        rows = connection.ask("the names", partial(_rows, asked))
        found |= {Did(row["scope"], row["name"]): row for row in rows}
    return found


def _rows(asked: list[dict[str, str]], rucio: Any) -> list[dict[str, Any]]:
    with judged():
        return list(rucio.get_metadata_bulk(asked, plugin="DID_COLUMN"))


def _readable(connection: Connection, dids: Sequence[Did]) -> set[Did]:
    found: set[Did] = set()
    for start in range(0, len(dids), _PAGE):
        asked = [{"scope": did.scope, "name": did.name} for did in dids[start : start + _PAGE]]
        rows = connection.ask("the copies of the files", partial(_replicas, asked))
        found |= {Did(row["scope"], row["name"]) for row in rows if any(row.get("rses", {}).values())}
    return found


def _replicas(asked: list[dict[str, str]], rucio: Any) -> list[dict[str, Any]]:
    return list(rucio.list_replicas(asked))
