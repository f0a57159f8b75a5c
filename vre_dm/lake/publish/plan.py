"""What an upload would do, decided before any byte moves; nothing is changed by asking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from rucio.common.exception import DataIdentifierNotFound

from vre_dm.did import Did
from vre_dm.errors import Declined, InvalidUpload, NoSpace
from vre_dm.lake.access import Access
from vre_dm.lake.connection import Connection
from vre_dm.lake.publish import metadata as described
from vre_dm.lake.publish import target as targets
from vre_dm.lake.publish.naming import judged
from vre_dm.lake.publish.sources import Item
from vre_dm.lake.publish.sums import Summing, is_same
from vre_dm.lake.publish.target import Target
from vre_dm.lake.tables import plural, size_text

UPLOAD, ATTACH, KEEP = "upload", "attach (in the lake already)", "keep (in the dataset already)"
_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user asked for.

    Attributes
    ----------
    did
        Dataset, new or there.
    rse
        Storage element; None for that of the dataset's own rule.
    days
        Lifetime of the rule of a new dataset; None as the lake's configuration says, or for ever.
    metadata
        Of a new dataset; None where the dataset is there.
    comment
        Of the rule.
    """

    did: Did
    rse: str | None = None
    days: float | None = None
    metadata: Mapping[str, Any] | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What will happen.

    Attributes
    ----------
    wish, target
        What was asked for, and where bytes go.
    account
        Whose rule and files they will be.
    is_new
        Whether the dataset is made.
    metadata
        Checked metadata of a new dataset.
    steps
        Each file with `UPLOAD`, `ATTACH` or `KEEP`.
    left
        Bytes of quota left at the storage element; None where no limit is known.
    until
        When the rule ends; None for ever.
    remarks
        What the user should know.
    """

    wish: Wish
    target: Target
    account: str
    is_new: bool
    metadata: Mapping[str, Any]
    steps: tuple[tuple[Item, str], ...]
    left: int | None
    until: datetime | None
    remarks: tuple[str, ...] = field(default=())

    def items(self, fate: str) -> list[Item]:
        """Files with one fate."""
        return [item for item, what in self.steps if what == fate]

    @property
    def size(self) -> int:
        """Bytes to upload."""
        return sum(item.size for item in self.items(UPLOAD))


def make_plan(
    connection: Connection, access: Access, items: Sequence[Item], wish: Wish, summing: Summing
) -> Plan:
    """Decide what happens to each file, and refuse what cannot end well.

    Raises
    ------
    InvalidUpload
        The metadata break the schema, or are not those of the dataset that is there.
    Declined
        A name belongs to other content, the dataset is closed or no dataset, or no rule of it fits.
    NoSpace
        The quota is too small.
    NotInLake
        No such storage element.
    """
    found = _dataset(connection, wish.did)
    metadata = {} if found else described.checked(wish.metadata or {})
    if found and wish.metadata:
        _compare(connection, wish)
    rules = _rules(connection, wish.did) if found else []
    target = targets.find(connection, access, wish.rse or _usual(connection, wish, rules))
    until = _covered(connection, rules, target, wish.did) if found else _end(_days(connection, wish))
    members = _members(connection, wish.did) if found else set()
    steps = _fates(connection, items, members, summing)
    if found and not found["open"] and any(fate != KEEP for _, fate in steps):
        msg = f"{wish.did} is closed: files can no longer be added; publish them to another dataset"
        raise Declined(msg)
    account = connection.account()
    left = _left(connection, account, target.rse, sum(item.size for item, fate in steps if fate != KEEP))
    said = tuple(_remarks(wish, metadata, left, bool(found)))
    return Plan(wish, target, account, not found, metadata, steps, left, until, said)


def _dataset(connection: Connection, did: Did) -> dict[str, Any] | None:
    """Row of the dataset, or None where the name is free."""

    def question(rucio: Any) -> dict[str, Any] | None:
        try:
            return dict(rucio.get_did(did.scope, did.name))
        except DataIdentifierNotFound:
            return None

    row = connection.ask(str(did), question)
    if row is not None and row["type"] != "DATASET":
        msg = f"{did} is a {str(row['type']).lower()} in the lake already; give the name of a dataset"
        raise Declined(msg)
    return row


def _compare(connection: Connection, wish: Wish) -> None:
    did = wish.did
    wanted = described.checked(wish.metadata or {})
    there = connection.ask(
        f"the metadata of {did}", lambda rucio: rucio.get_metadata(did.scope, did.name, plugin="JSON")
    )
    if differs := described.difference(wanted, there):
        msg = f"{did} is there with other metadata ({differs}); leave the metadata out, or choose a new name"
        raise InvalidUpload(msg)


def _rules(connection: Connection, did: Did) -> list[dict[str, Any]]:
    return connection.ask(
        f"the rules on {did}", lambda rucio: list(rucio.list_did_rules(did.scope, did.name))
    )


def _usual(connection: Connection, wish: Wish, rules: list[dict[str, Any]]) -> str:
    if rules:
        return str(rules[0]["rse_expression"])
    mount = connection.instance.mount
    if mount is None:
        msg = f"where shall {wish.did} be kept? give a storage element (rse=, --rse); lake.rses() lists them"
        raise InvalidUpload(msg)
    return mount.rse


def _covered(
    connection: Connection, rules: list[dict[str, Any]], target: Target, did: Did
) -> datetime | None:
    """End of the rule that keeps the dataset at the target; files that are added are kept by it too."""
    for rule in rules:
        names = connection.ask("the storage elements", partial(_fitting, rule["rse_expression"]))
        if target.rse in names:
            ends: datetime | None = rule["expires_at"]
            return ends.replace(tzinfo=UTC) if ends else None
    kept = ", ".join(sorted({str(rule["rse_expression"]) for rule in rules})) or "nowhere"
    step = f'upload there, or first ask for copies: dataset.replicate("{target.rse}")'
    msg = f"no rule keeps {did} at {target.rse} (it is kept at: {kept}); {step}"
    raise Declined(msg)


def _fitting(expression: str, rucio: Any) -> set[str]:
    return {row["rse"] for row in rucio.list_rses(expression)}


def _members(connection: Connection, did: Did) -> set[Did]:
    rows = connection.ask(f"the files of {did}", lambda rucio: list(rucio.list_files(did.scope, did.name)))
    return {Did(row["scope"], row["name"]) for row in rows}


def _fates(
    connection: Connection, items: Sequence[Item], members: set[Did], summing: Summing
) -> tuple[tuple[Item, str], ...]:
    known = _known(connection, [item.did for item in items])
    for item in items:
        row = known.get(item.did)
        if row is not None and not _is_it(item, row, summing):
            what = size_text(row.get("bytes")) or str(row.get("did_type", "")).lower()
            msg = (
                f"{item.did} is in the lake already with other content ({what}), and names are for ever; "
                f"give {item.path} another name (prefix=, --prefix), or rename it"
            )
            raise Declined(msg)
    readable = _readable(connection, [item.did for item in items if item.did in known])
    for did in known:
        if did not in readable:
            msg = (
                f"{did} is registered, but the lake has no copy that can be read; ask its admins to remove it"
            )
            raise Declined(msg)
    return tuple(
        (item, UPLOAD if item.did not in known else KEEP if item.did in members else ATTACH) for item in items
    )


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


def _is_it(item: Item, row: dict[str, Any], summing: Summing) -> bool:
    plain = row.get("did_type") == "FILE" and row.get("bytes") == item.size
    return plain and is_same(item, summing.of(item), row)


def _readable(connection: Connection, dids: Sequence[Did]) -> set[Did]:
    found: set[Did] = set()
    for start in range(0, len(dids), _PAGE):
        asked = [{"scope": did.scope, "name": did.name} for did in dids[start : start + _PAGE]]
        rows = connection.ask("the copies of the files", partial(_replicas, asked))
        found |= {Did(row["scope"], row["name"]) for row in rows if any(row.get("rses", {}).values())}
    return found


def _replicas(asked: list[dict[str, str]], rucio: Any) -> list[dict[str, Any]]:
    return list(rucio.list_replicas(asked))


def _left(connection: Connection, account: str, rse: str, needed: int) -> int | None:
    rows = connection.ask(
        f"the quota of {account}", lambda rucio: list(rucio.get_local_account_usage(account, rse))
    )
    limits = [row for row in rows if row.get("bytes_limit") is not None and row["bytes_limit"] >= 0]
    if not limits:
        return None
    left = max(0, int(limits[0]["bytes_limit"]) - int(limits[0]["bytes"]))
    if needed > left:
        msg = (
            f"{size_text(needed)} do not fit: {account} has {size_text(left)} left at {rse}; "
            "end rules that are no longer needed (lake.rules()), or choose another RSE"
        )
        raise NoSpace(msg)
    return left


def _days(connection: Connection, wish: Wish) -> float | None:
    return wish.days if wish.days is not None else connection.instance.rule_days


def _end(days: float | None) -> datetime | None:
    if days is None:
        return None
    if not 0 < days < 36_500:
        msg = f"a rule is kept for a positive number of days, not for {days}; leave it out for ever"
        raise InvalidUpload(msg)
    return datetime.now(UTC) + timedelta(days=days)


def _remarks(wish: Wish, metadata: Mapping[str, Any], left: int | None, found: bool) -> list[str]:
    said = []
    if found and wish.days is not None:
        said.append("The dataset is there: its rule keeps its end; dataset.extend(days) changes it.")
    if left is None:
        said.append("No quota is known there: the lake may refuse the rule.")
    if str(metadata.get("embargo_until", "")) > date.today().isoformat():
        said.append("The embargo asks readers to keep the files private; the storage does not enforce it.")
    unknown = [key for key, value in metadata.items() if value == "unknown"]
    if unknown:
        said.append(f"{plural(len(unknown), 'value')} unknown: {', '.join(unknown)}.")
    return said
