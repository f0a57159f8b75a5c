"""Lists of replication rules, and the questions that give them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, overload

from vre_dm.did import Did
from vre_dm.errors import InvalidDid
from vre_dm.lake.connection import Connection
from vre_dm.lake.rules.rule import Rule
from vre_dm.lake.rules.state import state_of
from vre_dm.lake.tables import Table, Tabular, clean, left_out, plural

_SHOWN = 50
_WIDEST = 400  # the sentence of a rule is longer than most cells


class RuleList(Sequence[Rule], Tabular):
    """Replication rules, the youngest first.

    Parameters
    ----------
    rules
        The rules.
    question
        What was asked for.
    again
        Asks it once more: one request for all, and those that were known keep what was learnt by watching.
    refused
        Names that no safe DID can hold; the rules on them are left out.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        question: str,
        again: "Callable[[], RuleList] | None" = None,
        refused: Sequence[str] = (),
    ) -> None:
        self._rules = sorted(rules, key=lambda rule: rule.state.created, reverse=True)
        self._question, self._again, self.refused = question, again, refused

    def refresh(self) -> "RuleList":
        """Look at all of them again, in one request; returns the list itself. Rules that ended leave it."""
        if self._again is not None:
            known, now = {rule.identifier: rule for rule in self._rules}, datetime.now(UTC)
            new = self._again()
            self._rules = [
                known[rule.identifier].see(rule.state, now) if rule.identifier in known else rule
                for rule in new
            ]
        return self

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
        # The sentence tells until when; a column beside it would tell it twice.
        rows = [(r.identifier, str(r.state.did), r.state.rse, r.sentence) for r in self[:_SHOWN]]
        more = len(self) - len(rows)
        note = f"{more} more are not shown; take them with [{_SHOWN}:]. " if more else ""
        note = f"{note}{left_out(self.refused)}".strip()
        title = f"{plural(len(self), 'rule')} {self._question}"
        return Table(title, ("id", "DID", "RSE", "state"), rows, note, widest=_WIDEST)


def rules_of(connection: Connection, did: Did) -> RuleList:
    """Rules on a DID."""
    rows = connection.ask(
        f"the rules on {did}", lambda rucio: list(rucio.list_did_rules(did.scope, did.name))
    )
    rules, refused = _safe(connection, rows)
    return RuleList(rules, f"on {did}", lambda: rules_of(connection, did), refused)


def rules_for(connection: Connection, account: str) -> RuleList:
    """Rules of an account."""
    rows = connection.ask(f"the rules of {account}", lambda rucio: list(rucio.list_account_rules(account)))
    rules, refused = _safe(connection, rows)
    return RuleList(rules, f"of {account}", lambda: rules_for(connection, account), refused)


def rule_by_id(connection: Connection, identifier: str) -> Rule:
    """One rule by its id."""
    row = connection.ask(
        f"the rule {clean(identifier)}", lambda rucio: rucio.get_replication_rule(identifier)
    )
    return rule_of(connection, row)


def rule_of(connection: Connection, row: dict[str, Any]) -> Rule:
    """Rule in a row of Rucio's."""
    return Rule(connection, row["id"], state_of(row))


def _safe(connection: Connection, rows: Iterable[dict[str, Any]]) -> tuple[list[Rule], list[str]]:
    """Rules of Rucio's rows; names that are not safe are set aside."""
    rules, refused = [], []
    for row in rows:
        try:
            rules.append(rule_of(connection, row))
        except InvalidDid:
            refused.append(str(row["name"]))
    return rules, refused
