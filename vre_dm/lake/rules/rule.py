"""One replication rule: its state in one sentence, and what its owner may do with it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from vre_dm.errors import Declined
from vre_dm.lake.connection import Connection
from vre_dm.lake.embargo import refuse_mounted
from vre_dm.lake.rules.arrivals import Arrivals
from vre_dm.lake.rules.reasons import LOOKED_AT, Causes, causes_of
from vre_dm.lake.rules.sentence import Explanation, Seen, explanation
from vre_dm.lake.rules.state import RuleState, state_of
from vre_dm.lake.spans import DAY, LONGEST, days_text, is_lifetime, moment, stamp
from vre_dm.lake.tables import Table, Tabular, clean


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
        self._arrivals = Arrivals()
        self.see(state, datetime.now(UTC))

    @property
    def explanation(self) -> Explanation:
        """What happens, why, who can act and what comes next, in parts."""
        return self.explained(datetime.now(UTC))

    def explained(self, now: datetime) -> Explanation:
        """Give the explanation as of a moment."""
        return explanation(
            Seen(
                self.state,
                now,
                mine=self.mine,
                left=self._arrivals.forecast(self.state.moving),
                still=timedelta(seconds=self._arrivals.still(now.timestamp())),
            )
        )

    @property
    def mine(self) -> bool:
        """Whether it belongs to the account in use, as far as that is known."""
        return self._connection.instance.account in {None, self.state.account}

    @property
    def can(self) -> list[str]:
        """What may be tried with it now: ``extend``, ``boost``, ``move``, ``delete``, ``approve``."""
        state = self.state
        if state.is_over(datetime.now(UTC)):
            return []
        if state.state == "WAITING_APPROVAL":  # only the lake knows who may
            return ["approve", "delete"] if self.mine else ["approve"]
        if not self.mine:
            return []
        boost = ["boost"] if state.state in {"STUCK", "SUSPENDED"} else []
        return [
            "extend",
            *boost,
            *([] if state.successor else ["move"]),
            *([] if state.locked else ["delete"]),
        ]

    @property
    def sentence(self) -> str:
        """The explanation in one sentence, on one line."""
        return clean(" ".join(str(self.explanation).split()), None)

    def see(self, state: RuleState, now: datetime) -> "Rule":
        """Take a newer state; from several of them the rate is known."""
        self.state = state
        self._arrivals.look(now.timestamp(), state.arrived)
        return self

    def refresh(self) -> "Rule":
        """Look again; returns the rule itself. Looking several times measures how long it still takes.

        Raises
        ------
        NotInLake
            It expired or was deleted.
        """
        identifier = self.identifier
        row = self._ask(lambda rucio: rucio.get_replication_rule(identifier))
        return self.see(state_of(row), datetime.now(UTC))

    def causes(self, looked_at: int = LOOKED_AT) -> Causes:
        """Look at the files that have not arrived: what happens to each, or why it failed.

        Parameters
        ----------
        looked_at
            Moving files whose transfers are looked at: each costs a request.
        """
        return causes_of(self.state, self.identifier, self._ask, looked_at)

    def extend(self, days: float) -> "Rule":
        """Keep the copies for so many days from now, which is longer than now.

        Raises
        ------
        Declined, LoginRefused
            The time is not positive or the rule is kept longer already, or it belongs to someone else.
        """
        if is_lifetime(days) and not self.refresh().ends_within(days):
            msg = (
                f"the rule {self.identifier} keeps {self.state.did} {self._until()}, which is longer than "
                f"{days_text(days)} days; to end it earlier, shorten it"
            )
            raise Declined(msg, field="days")
        return self._keep(days)

    def shorten(self, days: float) -> "Rule":
        """End the rule earlier: so many days from now.

        Raises
        ------
        Declined, LoginRefused
            The time is not positive or the rule ends earlier already, or it belongs to someone else.
        """
        if self.refresh().ends_within(days):
            msg = (
                f"the rule {self.identifier} keeps {self.state.did} {self._until()}, which is no longer than "
                f"{days_text(days)} days; to keep it longer, extend it"
            )
            raise Declined(msg)
        return self._keep(days)

    def ends_within(self, days: float) -> bool:
        """Whether it ends, as things stand, sooner than so many days from now."""
        ends = self.state.expires
        return bool(is_lifetime(days) and ends and ends < datetime.now(UTC) + timedelta(days=float(days)))

    def boost(self) -> "Rule":
        """Try what is stuck again now, not in hours; a suspended rule starts again.

        Raises
        ------
        LoginRefused, Declined
            The rule belongs to someone else, or its files are under embargo and others of this machine read
            them there.
        """
        self._refuse_mounted("move the rule to another RSE, or delete it")
        options: dict[str, Any] = {"boost_rule": True}
        if self.state.state == "SUSPENDED":
            options["state"] = "STUCK"
        return self._update(options)

    def move(self, rse: str) -> "Rule":
        """Keep the copies at another storage element: a new rule, which ends this one when it is OK.

        Returns
        -------
        Rule
            The new one.

        Raises
        ------
        NotInLake, NoSpace, Declined, LoginRefused
            No storage element fits, the quota there does not suffice, the rule was moved before or such a
            rule exists, it is under embargo and others of this machine read there, or it belongs to someone
            else.
        """
        if rse == self.state.rse:
            held = f"the rule {self.identifier} keeps {self.state.did}"
            msg = f"{held} at {clean(rse)} already; name another RSE"
            raise Declined(msg, field="rse")
        refuse_mounted(self._connection, self.state.did, rse)
        identifier = self.identifier

        def question(rucio: Any) -> tuple[str, dict[str, Any]]:
            new = rucio.move_replication_rule(identifier, rse, {})
            return new, rucio.get_replication_rule(new)

        what = f"moving the rule {identifier} on {self.state.did} to {clean(rse)}"
        new, row = self._connection.ask(what, question)
        return Rule(self._connection, new, state_of(row))

    def approve(self) -> "Rule":
        """Let a rule that waits for approval begin.

        Raises
        ------
        Declined, LoginRefused
            It does not wait, you do not approve rules for its storage, or its files are under embargo and
            others of this machine read them there.
        """
        identifier = self._waiting()
        self._refuse_mounted("deny the rule")
        self._ask(lambda rucio: rucio.approve_replication_rule(identifier))
        return self.refresh()

    def deny(self, reason: str = "") -> None:
        """Refuse a rule that waits for approval: it is deleted, and its owner gets the reason by mail.

        Raises
        ------
        Declined, LoginRefused
            It does not wait, or you do not approve rules for its storage.
        """
        identifier = self._waiting()
        self._ask(lambda rucio: rucio.deny_replication_rule(identifier, reason or None))

    def delete(self) -> None:
        """End the rule now; the lake removes copies that no other rule keeps.

        Raises
        ------
        Declined, LoginRefused
            The rule is locked or was moved, or belongs to someone else.
        """
        # Rucio would take the request and keep the rule.
        if self.state.locked:
            msg = (
                f"the rule {self.identifier} on {self.state.did} is locked and cannot be deleted; "
                f"ask {self.state.account} or the admins of the lake to unlock it"
            )
            raise Declined(msg)
        if self.state.successor:
            msg = (
                f"the rule {self.identifier} on {self.state.did} was moved to {self.state.successor}; "
                "delete that one first"
            )
            raise Declined(msg)
        identifier = self.identifier
        self._ask(lambda rucio: rucio.update_replication_rule(identifier, {"lifetime": 0}))

    def __repr__(self) -> str:
        return f"Rule({self.state.did}, {self.sentence})"

    def __str__(self) -> str:
        return str(self.table())

    def document(self) -> dict[str, object]:
        """Give what a program reads: the state, and the explanation in its parts."""
        state, said = self.state, self.explanation
        return {
            "id": self.identifier,
            "did": str(state.did),
            "rse": state.rse,
            "account": state.account,
            "state": state.state,
            "arrived": state.arrived,
            "total": state.total,
            "expires": state.expires and stamp(state.expires),
            "sentence": self.sentence,
            "why": said.why,
            "who": said.who,
            "next": said.step,
            "seconds": said.left and said.left.middle.total_seconds(),
            "mine": self.mine,
            "can": self.can,
        }

    def table(self) -> Table:
        """State of the rule."""
        state = self.state
        rows = [
            ("keeps", f"{state.did}, copies: {state.copies}"),
            ("at", state.rse),
            ("for", state.account),
            ("since (UTC)", state.created),
            ("until (UTC)", state.expires or "for ever"),
            ("why", state.comment),
            ("id", self.identifier),
            ("the lake says", state.error),
            ("you can", ", ".join(self.can)),
        ]
        missing = state.arrived < state.total
        note = "causes(), in a line --why, tells what its other files wait for." if missing else ""
        return Table(self.sentence, ("", ""), [row for row in rows if row[1]], note, widest=300)

    def _refuse_mounted(self, step: str) -> None:
        refuse_mounted(self._connection, self.state.did, self.state.rse, step=step, field=None)

    def _waiting(self) -> str:
        if self.state.state != "WAITING_APPROVAL":
            msg = (
                f"the rule {self.identifier} on {self.state.did} does not wait for approval: {self.sentence}"
            )
            raise Declined(msg)
        return self.identifier

    def _until(self) -> str:
        return f"until {moment(self.state.expires)}" if self.state.expires else "for ever"

    def _keep(self, days: float) -> "Rule":
        if not is_lifetime(days):
            asked = days_text(days)
            msg = f"a rule can be kept for up to {LONGEST} days, not for {asked}; to end it now, delete it"
            raise Declined(msg, field="days")
        return self._update({"lifetime": round(days * DAY)})

    def _update(self, options: dict[str, Any]) -> "Rule":
        identifier = self.identifier
        self._ask(lambda rucio: rucio.update_replication_rule(identifier, options))
        return self.refresh()

    def _ask(self, question: Callable[[Any], Any]) -> Any:
        return self._connection.ask(f"the rule {self.identifier} on {self.state.did}", question)
