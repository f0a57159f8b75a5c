"""Making rules, and finding one that does already what is wanted."""

from contextlib import suppress
from typing import Any

from rucio.common.exception import InsufficientTargetRSEs

from vre_dm.did import Did
from vre_dm.errors import Declined, LoginRefused
from vre_dm.lake.connection import Connection
from vre_dm.lake.rules.listing import rule_of, rules_of
from vre_dm.lake.rules.rule import Rule
from vre_dm.lake.spans import DAY, LONGEST, days_text, is_lifetime
from vre_dm.lake.tables import clean

# States of a rule of ours that brings the files, the best first; of others only one that is OK is relied on.
_USEFUL = ("OK", "REPLICATING", "INJECT", "STUCK", "WAITING_APPROVAL", "SUSPENDED")


def create_rule(
    connection: Connection, did: Did, rse: str, *, days: float | None, copies: int, comment: str
) -> Rule:
    """Make a rule; see `vre_dm.lake.dataset.Dataset.replicate`."""
    if copies < 1 or not (days is None or is_lifetime(days)):
        got = f"{copies} for {'ever' if days is None else f'{days_text(days)} days'}"
        msg = f"{did}: a rule keeps at least one copy, for up to {LONGEST} days or for ever; asked for: {got}"
        raise Declined(msg, field="copies" if copies < 1 else "days")
    asked = [{"scope": did.scope, "name": did.name}]
    lifetime = None if days is None else round(days * DAY)

    def question(rucio: Any) -> dict[str, Any]:
        try:
            made = rucio.add_replication_rule(asked, copies, rse, lifetime=lifetime, comment=comment or None)
        except InsufficientTargetRSEs as error:
            msg = f"{did}: {clean(rse)} has too few storage elements for {copies} copies; ask for fewer"
            raise Declined(msg, field="copies") from error
        row: dict[str, Any] = rucio.get_replication_rule(made[0])
        return row

    return rule_of(connection, connection.ask(f"a rule for {did} at {clean(rse)}", question))


def rule_to(
    connection: Connection, did: Did, rse: str, *, days: float | None, comment: str
) -> tuple[Rule, bool]:
    """Reuse a rule that brings a DID to a storage element, or make one; says whether it was boosted.

    That happens to an old one of ours that no longer moves, where the lake lets its users do so.

    Raises
    ------
    NotInLake, NoSpace, Declined
        As `create_rule`.
    """
    found = _usable(connection, did, rse)
    if found is None:
        try:
            return create_rule(connection, did, rse, days=days, copies=1, comment=comment), False
        except Declined:
            found = _usable(connection, did, rse)  # another window of the user's may have been quicker
            if found is None:
                raise
    if found.state.state in {"STUCK", "SUSPENDED"}:
        with suppress(LoginRefused):
            return found.boost(), True
    return found, False


def _usable(connection: Connection, did: Did, rse: str) -> Rule | None:
    account = connection.account()
    rules = [
        rule
        for rule in rules_of(connection, did)
        if rule.state.rse == rse
        and not rule.state.successor
        and (rule.state.account == account or rule.state.state == "OK")
    ]
    rules.sort(key=lambda rule: (rule.state.account != account, _rank(rule)))
    return rules[0] if rules else None


def _rank(rule: Rule) -> int:
    return _USEFUL.index(rule.state.state) if rule.state.state in _USEFUL else len(_USEFUL)
