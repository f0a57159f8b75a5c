"""Replication rules: what was asked for, how far it is, why it does not move, and who can do what."""

from vre_dm.lake.rules.arrivals import Forecast
from vre_dm.lake.rules.causes import Cause, Who
from vre_dm.lake.rules.known import explain
from vre_dm.lake.rules.listing import RuleList, rule_by_id, rules_for, rules_of
from vre_dm.lake.rules.making import create_rule, rule_to
from vre_dm.lake.rules.reasons import Causes
from vre_dm.lake.rules.requests import FileCause
from vre_dm.lake.rules.rule import Rule
from vre_dm.lake.rules.sentence import Explanation
from vre_dm.lake.rules.state import RuleState

__all__ = [
    "Cause",
    "Causes",
    "Explanation",
    "FileCause",
    "Forecast",
    "Rule",
    "RuleList",
    "RuleState",
    "Who",
    "create_rule",
    "explain",
    "rule_by_id",
    "rule_to",
    "rules_for",
    "rules_of",
]
