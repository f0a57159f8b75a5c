"""What an upload would do, decided before any byte moves; nothing is changed by asking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rucio.common.exception import DataIdentifierNotFound

from vre_dm.did import Did
from vre_dm.errors import Declined, InvalidUpload
from vre_dm.lake.access import Access
from vre_dm.lake.catalogue import Entry
from vre_dm.lake.connection import Connection
from vre_dm.lake.embargo import embargo, embargo_on_new, on_mount
from vre_dm.lake.publish import keeping
from vre_dm.lake.publish import metadata as described
from vre_dm.lake.publish import target as targets
from vre_dm.lake.publish.fates import KEEP, UPLOAD, fates, members_of
from vre_dm.lake.publish.sources import Item
from vre_dm.lake.publish.sums import Summing
from vre_dm.lake.publish.target import Target
from vre_dm.lake.tables import plural


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
        Of a new dataset; where the dataset is there, what must be as registered.
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
        Each file with its fate (`vre_dm.lake.publish.fates`).
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
    def is_done(self) -> bool:
        """Whether every file is in the dataset already."""
        return len(self.items(KEEP)) == len(self.steps)

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
        A name belongs to other content, the dataset is closed or no dataset, no rule of it fits, or others
        would read on a mount what is under embargo.
    NoSpace
        The quota is too small.
    NotInLake
        No such storage element.
    """
    if any(item.did == wish.did for item in items):
        msg = f"{wish.did} would be the name of the dataset and of a file in it; give the dataset another"
        raise Declined(msg, field="did")
    found = _dataset(connection, wish.did)
    metadata = {} if found else described.checked(wish.metadata or {})
    if found and wish.metadata:
        _compare(connection, wish)
    rules = keeping.rules_on(connection, wish.did) if found else []
    rse = wish.rse or keeping.usual_rse(connection, wish.did, rules)
    target = targets.find(connection, access, rse)
    if found:
        until = keeping.covered_until(connection, rules, target.rse, wish.did)
    else:
        until = keeping.end_after(connection.instance.rule_days if wish.days is None else wish.days)
    members = members_of(connection, wish.did) if found else set()
    steps = fates(connection, items, members, summing)
    if found and not found["open"] and any(fate != KEEP for _, fate in steps):
        msg = f"{wish.did} is closed: files can no longer be added; publish them to another dataset"
        raise Declined(msg, field="did")
    account = connection.account()
    needed = sum(item.size for item, fate in steps if fate != KEEP)
    left = keeping.quota_left(connection, account, target.rse, needed)
    private = _private(connection, wish.did, metadata, [item.did for item in items], is_new=not found)
    mount = connection.instance.mount
    if private and mount and mount.rse == target.rse and any(fate != KEEP for _, fate in steps):
        raise on_mount(private, target.rse)
    said = tuple(_remarks(wish, metadata, left, found=bool(found), private=bool(private)))
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
        raise Declined(msg, field="did")
    return row


def _private(
    connection: Connection, did: Did, metadata: Mapping[str, Any], files: Sequence[Did], *, is_new: bool
) -> str | None:
    """Say the embargo on the dataset, or on a file that is there already and joins it."""
    if is_new:
        return embargo_on_new(connection, did, metadata, files)
    return embargo(connection, Entry(did, "dataset"), files)


def _compare(connection: Connection, wish: Wish) -> None:
    did = wish.did
    wanted = described.checked(wish.metadata or {}, complete=False)
    there = connection.ask(
        f"the metadata of {did}", lambda rucio: rucio.get_metadata(did.scope, did.name, plugin="JSON")
    )
    if differs := described.difference(wanted, there):
        msg = f"{did} is there with other metadata ({differs}); leave the metadata out, or choose a new name"
        raise InvalidUpload(msg, field="did")


def _remarks(
    wish: Wish, metadata: Mapping[str, Any], left: int | None, *, found: bool, private: bool
) -> list[str]:
    said = []
    if found and wish.days is not None:
        said.append("The dataset is there: its rule keeps its end, until that is extended.")
    if left is None:
        said.append("No quota is known there: the lake may refuse the rule.")
    if private:
        said.append("The embargo asks readers to keep the files private; the storage does not enforce it.")
    unknown = [key for key, value in metadata.items() if value == "unknown"]
    if unknown:
        said.append(f"{plural(len(unknown), 'value')} unknown: {', '.join(unknown)}.")
    return said
