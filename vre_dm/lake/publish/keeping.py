"""What keeps the files of a dataset: its rules, until when, and the quota that they use."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from vre_dm.did import Did
from vre_dm.errors import Declined, InvalidUpload, NoSpace
from vre_dm.lake.connection import Connection
from vre_dm.lake.spans import LONGEST, days_text, is_lifetime
from vre_dm.lake.tables import clean, size_text

Row = dict[str, Any]


def rules_on(connection: Connection, did: Did) -> list[Row]:
    """Rules that keep a dataset, anybody's."""
    return connection.ask(
        f"the rules on {did}", lambda rucio: list(rucio.list_did_rules(did.scope, did.name))
    )


def usual_rse(connection: Connection, did: Did, rules: Sequence[Row]) -> str:
    """Storage element where none was asked for: that of the dataset's rule, or the one mounted here.

    Raises
    ------
    InvalidUpload
        There is neither.
    """
    if rules:
        return str(rules[0]["rse_expression"])
    mount = connection.instance.mount
    if mount is None:
        msg = f"at which storage element shall {did} be kept? name one of {connection.rse_names()}"
        raise InvalidUpload(msg, field="rse")
    return mount.rse


def covered_until(connection: Connection, rules: Sequence[Row], rse: str, did: Did) -> datetime | None:
    """End of the rule that keeps a dataset at an element, and files that are added too; None for ever.

    Raises
    ------
    Declined
        No rule keeps it there.
    """
    for rule in rules:
        names = connection.ask("the storage elements", partial(_fitting, rule["rse_expression"]))
        if rse in names:
            ends: datetime | None = rule["expires_at"]
            return ends.replace(tzinfo=UTC) if ends else None
    kept = ", ".join(sorted({clean(rule["rse_expression"]) for rule in rules})) or "nowhere"
    step = f'upload there, or first ask for copies: dataset.replicate("{rse}")'
    msg = f"no rule keeps {did} at {rse} (it is kept at: {kept}); {step}"
    raise Declined(msg, field="rse")


def end_after(days: float | None) -> datetime | None:
    """When a rule ends that is made now; None for ever.

    Raises
    ------
    InvalidUpload
        The number of days makes no sense.
    """
    if days is None:
        return None
    if not is_lifetime(days):
        asked = days_text(days)
        msg = f"a rule is kept for up to {LONGEST} days, not for {asked}; without a number it is for ever"
        raise InvalidUpload(msg, field="days")
    return datetime.now(UTC) + timedelta(days=days)


def quota_left(connection: Connection, account: str, rse: str, needed: int) -> int | None:
    """Bytes that an account may still store at an element; None where no limit is known.

    Raises
    ------
    NoSpace
        They are fewer than needed.
    """
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
        raise NoSpace(msg, field="rse")
    return left


def _fitting(expression: str, rucio: Any) -> set[str]:
    return {row["rse"] for row in rucio.list_rses(expression)}
