"""A replication rule at one moment, as the catalogue's row says it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from vre_dm.did import Did


@dataclass(frozen=True, slots=True)
class RuleState:
    """A replication rule at one moment.

    Attributes
    ----------
    did
        What is to be kept.
    rse
        RSE expression that says where.
    copies
        How many copies.
    account
        Who asked for it.
    state
        Rucio's word: ``OK``, ``REPLICATING``, ``STUCK``, ``SUSPENDED``, ``WAITING_APPROVAL``, ``INJECT``.
    arrived, moving, stuck
        Files that are there, under way, and failed.
    error
        What Rucio says of the last failure.
    created, expires
        In UTC; ``expires`` is ``None`` for ever. A rule whose set-up is delayed is ``created`` in the future.
    comment
        Why it was made.
    stuck_since
        When Rucio first failed to repair it, in UTC, if it says so.
    locked
        Whether it is protected from deletion.
    successor
        Rule that it was moved to and waits for; empty where there is none.
    """

    did: Did
    rse: str
    copies: int
    account: str
    state: str
    arrived: int
    moving: int
    stuck: int
    error: str
    created: datetime
    expires: datetime | None
    comment: str
    stuck_since: datetime | None = None
    locked: bool = False
    successor: str = ""

    @property
    def total(self) -> int:
        """Files to keep, times copies."""
        return self.arrived + self.moving + self.stuck

    def is_over(self, now: datetime) -> bool:
        """Whether its end has come: the lake removes it within its time."""
        return self.expires is not None and self.expires <= now and not self.locked


def state_of(row: dict[str, Any]) -> RuleState:
    """State in a row of Rucio's."""
    return RuleState(
        did=Did(row["scope"], row["name"]),
        rse=row["rse_expression"],
        copies=row["copies"],
        account=row["account"],
        state=row["state"],
        arrived=row["locks_ok_cnt"],
        moving=row["locks_replicating_cnt"],
        stuck=row["locks_stuck_cnt"],
        error=row.get("error") or "",
        created=row["created_at"].replace(tzinfo=UTC),
        expires=_utc(row["expires_at"]),
        comment=row.get("comments") or "",
        stuck_since=_utc(row.get("stuck_at")),
        locked=bool(row.get("locked")),
        successor=row.get("child_rule_id") or "",
    )


def _utc(when: datetime | None) -> datetime | None:
    return when and when.replace(tzinfo=UTC)
