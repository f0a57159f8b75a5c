"""Replication rules: what was asked for, how far it is and why it does not move, in one sentence."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, overload

from vre_dm.did import Did
from vre_dm.errors import Declined
from vre_dm.lake.connection import Connection
from vre_dm.lake.tables import Table, Tabular, clean, plural

_SHOWN = 50
_DAY = 86_400
_WAITING = {
    "WAITING_APPROVAL": "waits for the managers of the storage element to approve it",
    "SUSPENDED": "was suspended after failing for long; delete it and make a new one, or ask the admins",
    "INJECT": "is being set up",
}


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
        In UTC; ``expires`` is ``None`` for ever.
    comment
        Why it was made.
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

    @property
    def total(self) -> int:
        """Files to keep, times copies."""
        return self.arrived + self.moving + self.stuck

    def remaining(self, now: datetime) -> timedelta | None:
        """Time until the files that move have arrived, at the mean rate so far; ``None`` before the first."""
        if not (self.arrived and self.moving) or now <= self.created:
            return None
        return (now - self.created) * self.moving / self.arrived

    def sentence(self, now: datetime) -> str:
        """Say the state with its cause and what comes next."""
        until = f"until {self.expires:%Y-%m-%d %H:%M} UTC" if self.expires else "for ever"
        if self.state == "OK":
            return f"OK: {self._all_files()} at {self.rse}, kept {until}"
        if self.state == "STUCK":
            why = clean(" ".join(self.error.split()), 200) or "the lake does not say why"
            failed = f"{self.stuck} of {self.total} files did not reach {self.rse}"
            return f"STUCK: {failed}: {why}; boost() tries again"
        if self.state == "REPLICATING":
            left = self.remaining(now)
            when = f"about {duration(left)} to go" if left else "none has arrived yet"
            return f"REPLICATING: {self.arrived} of {self.total} files at {self.rse}, {when}"
        return f"{self.state}: the rule for {self.rse} {_WAITING.get(self.state, 'has this state')}"

    def _all_files(self) -> str:
        return f"all {self.total} files" if self.total > 1 else "the file"


class Rule(Tabular):
    """A replication rule, as it was when last looked at.

    Parameters
    ----------
    connection
        Lake that keeps it.
    identifier
        Rucio's id of the rule.
    state
        What is known of it.
    """

    def __init__(self, connection: Connection, identifier: str, state: RuleState) -> None:
        self._connection, self.identifier, self.state = connection, identifier, state

    @property
    def sentence(self) -> str:
        """State, cause and what comes next, in one sentence."""
        return self.state.sentence(datetime.now(UTC))

    def refresh(self) -> "Rule":
        """Look again; returns the rule itself.

        Raises
        ------
        NotInLake
            It expired or was deleted.
        """
        identifier = self.identifier
        self.state = _state(self._ask(lambda rucio: rucio.get_replication_rule(identifier)))
        return self

    def causes(self) -> list[str]:
        """Per file that did not arrive: where it was to be read and what is known of the failure."""
        examined = self._ask(lambda rucio: rucio.examine_replication_rule(self.identifier))
        return [_cause(transfer) for transfer in examined.get("transfers", [])]

    def extend(self, days: float) -> "Rule":
        """Keep the copies for so many days from now.

        Raises
        ------
        Declined, LoginRefused
            The time is not positive, or the rule belongs to someone else.
        """
        if not days > 0:
            msg = f"a rule can be extended by a positive number of days, not by {days}; delete() ends it"
            raise Declined(msg)
        return self._update({"lifetime": round(days * _DAY)})

    def boost(self) -> "Rule":
        """Try what is stuck again now, not in two hours."""
        return self._update({"boost_rule": True})

    def delete(self) -> None:
        """End the rule now; the lake removes copies that no other rule keeps.

        Raises
        ------
        LoginRefused
            The rule belongs to someone else.
        """
        identifier = self.identifier
        self._ask(lambda rucio: rucio.update_replication_rule(identifier, {"lifetime": 0}))

    def __repr__(self) -> str:
        return f"Rule({self.state.did}, {self.sentence})"

    def __str__(self) -> str:
        return str(self.table())

    def table(self) -> Table:
        """State of the rule."""
        state = self.state
        rows = [
            ("keeps", f"{state.did}, copies: {state.copies}"),
            ("at", state.rse),
            ("for", state.account),
            ("until", state.expires or "for ever"),
            ("why", state.comment),
            ("id", self.identifier),
        ]
        return Table(self.sentence, ("", ""), rows)

    def _update(self, options: dict[str, Any]) -> "Rule":
        identifier = self.identifier
        self._ask(lambda rucio: rucio.update_replication_rule(identifier, options))
        return self.refresh()

    def _ask(self, question: Callable[[Any], Any]) -> Any:
        return self._connection.ask(f"the rule {self.identifier} on {self.state.did}", question)


class RuleList(Sequence[Rule], Tabular):
    """Replication rules, the youngest first.

    Parameters
    ----------
    rules
        The rules.
    question
        What was asked for.
    """

    def __init__(self, rules: Iterable[Rule], question: str) -> None:
        self._rules = sorted(rules, key=lambda rule: rule.state.created, reverse=True)
        self._question = question

    @overload
    def __getitem__(self, index: int) -> Rule: ...
    @overload
    def __getitem__(self, index: slice) -> list[Rule]: ...
    def __getitem__(self, index: int | slice) -> Rule | list[Rule]:
        return self._rules[index]

    def __len__(self) -> int:
        return len(self._rules)

    def table(self) -> Table:
        """One row a rule."""
        rows = [(str(r.state.did), r.state.rse, r.sentence, r.state.expires) for r in self[:_SHOWN]]
        more = len(self) - len(rows)
        note = f"{more} more are not shown; take them with [{_SHOWN}:]." if more else ""
        return Table(
            f"{plural(len(self), 'rule')} {self._question}",
            ("DID", "RSE", "state", "until"),
            rows,
            note,
            widest=250,
        )


def rules_of(connection: Connection, did: Did) -> RuleList:
    """Rules on a DID."""
    rows = connection.ask(
        f"the rules on {did}", lambda rucio: list(rucio.list_did_rules(did.scope, did.name))
    )
    return RuleList((_rule(connection, row) for row in rows), f"on {did}")


def rules_for(connection: Connection, account: str) -> RuleList:
    """Rules of an account."""
    rows = connection.ask(f"the rules of {account}", lambda rucio: list(rucio.list_account_rules(account)))
    return RuleList((_rule(connection, row) for row in rows), f"of {account}")


def rule_by_id(connection: Connection, identifier: str) -> Rule:
    """One rule by its id."""
    row = connection.ask(
        f"the rule {clean(identifier)}", lambda rucio: rucio.get_replication_rule(identifier)
    )
    return _rule(connection, row)


def create_rule(
    connection: Connection, did: Did, rse: str, *, days: float | None, copies: int, comment: str
) -> Rule:
    """Make a rule; see `vre_dm.lake.dataset.Dataset.replicate`."""
    if copies < 1 or (days is not None and not days > 0):
        msg = f"{did}: a rule needs at least one copy and a positive number of days (got {copies}, {days})"
        raise Declined(msg)
    asked = [{"scope": did.scope, "name": did.name}]
    lifetime = None if days is None else round(days * _DAY)

    def question(rucio: Any) -> dict[str, Any]:
        made = rucio.add_replication_rule(asked, copies, rse, lifetime=lifetime, comment=comment or None)
        row: dict[str, Any] = rucio.get_replication_rule(made[0])
        return row

    return _rule(connection, connection.ask(f"a rule for {did} at {rse}", question))


def duration(span: timedelta) -> str:
    """Time span in its two largest units: ``2 h 5 min``."""
    seconds = max(1, round(span.total_seconds()))
    parts = []
    for unit, length in (("d", _DAY), ("h", 3600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, length)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2])


def _rule(connection: Connection, row: dict[str, Any]) -> Rule:
    return Rule(connection, row["id"], _state(row))


def _state(row: dict[str, Any]) -> RuleState:
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
        expires=row["expires_at"] and row["expires_at"].replace(tzinfo=UTC),
        comment=row.get("comments") or "",
    )


def _cause(transfer: dict[str, Any]) -> str:
    sources = ", ".join(rse for rse, usable in transfer.get("sources", []) if usable) or "no usable source"
    said = clean(str(transfer.get("last_error") or "no error known").removeprefix("RequestState."))
    return (
        f"{clean(transfer['scope'])}:{clean(transfer['name'])} to {transfer['rse']} from {sources}: "
        f"{said} after {transfer.get('attempts')} attempts"
    )
