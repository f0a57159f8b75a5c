"""What a line of text may ask about rules: the same words for ``vre-dm rules`` and ``%dm_rules``."""

import re
from dataclasses import dataclass, fields

from vre_dm.errors import Declined
from vre_dm.lake.lake import Lake
from vre_dm.lake.rules import Causes, Rule, RuleList
from vre_dm.lake.tables import clean

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Order:
    """One line.

    Attributes
    ----------
    what
        ``scope:name``, a rule's id, or nothing for one's own rules.
    why
        Whether to look at the files of a rule that have not arrived.
    extend, shorten, boost, move, approve, deny, delete
        What to do with a rule; at most one of them.
    """

    what: str | None = None
    why: bool = False
    extend: float | None = None
    shorten: float | None = None
    boost: bool = False
    move: str | None = None
    approve: bool = False
    deny: str | None = None
    delete: bool = False

    def carry_out(self, lake: Lake) -> RuleList | Rule | Causes | str:
        """Do it, and give what is to be shown; of a rule that was ended a sentence is left.

        Raises
        ------
        Declined
            More than one thing is to be done, no rule is named for it, or what is named is none.
        NotInLake, LoginRefused, NoSpace, InvalidDid
            As `vre_dm.lake.rules.Rule` and `vre_dm.lake.lake.Lake`.
        """
        wishes = [f"--{field.name}" for field in fields(self)[1:] if _given(getattr(self, field.name))]
        if len(wishes) > 1:
            msg = f"one thing at a time: {' or '.join(wishes)}"
            raise Declined(msg)
        if self.what is not None and _ID.fullmatch(self.what.lower()):
            return self._of_one(lake.rule(self.what.lower()))
        if wishes:
            msg = f"{wishes[0]} is for one rule: give its id; the list without options shows them"
            raise Declined(msg)
        if self.what is not None and ":" not in self.what:
            which = clean(ascii(self.what), 60)
            msg = f"{which} is neither scope:name nor the id of a rule; without it yours are listed"
            raise Declined(msg)
        return lake.rules() if self.what is None else lake.dataset(self.what).rules()

    def _of_one(self, rule: Rule) -> Rule | Causes | str:
        if self.why:
            return rule.causes()
        if self.extend is not None:
            return rule.extend(self.extend)
        if self.shorten is not None:
            return rule.shorten(self.shorten)
        if self.move is not None:
            return rule.move(self.move)
        kept = clean(f"the rule {rule.identifier} on {rule.state.did} at {rule.state.rse}", None)
        if self.deny is not None:
            rule.deny(self.deny)
            return f"{kept} is refused and ends; its owner gets the reason"
        if self.delete:
            rule.delete()
            return f"{kept} ends now; copies that no other keeps are removed"
        if self.boost or self.approve:
            return rule.boost() if self.boost else rule.approve()
        return rule


def _given(value: object) -> bool:
    return value is not None and value is not False
