"""Permissions: Rucio's generic ones, and for a plain user of a community lake what ESCAPE grants.

He may put replicas on the lake's RSEs and finish them, and delete, change, reduce or move rules of his own.
"""

from typing import Any

from rucio.core.rule import get_rule

_REPLICAS = {"add_replicas", "update_replicas_states"}
_OWN_RULES = {"del_rule", "update_rule", "reduce_rule", "move_rule"}
# Sites whose storage the community shares; the experiments' own names, not a wildcard.
_COMMUNITY_SITES = ("CERN-", "CNAF-", "DESY-", "PIC-")


def has_permission(issuer: Any, action: str, kwargs: dict[str, Any], *, session: Any = None) -> bool | None:
    """Whether the account ``issuer`` may do ``action``; ``None`` leaves it to Rucio's generic permissions."""
    if action in _REPLICAS and str(kwargs.get("rse", "")).startswith(_COMMUNITY_SITES):
        return True
    if action in _OWN_RULES and get_rule(kwargs["rule_id"], session=session)["account"] == issuer:
        return True
    return None
