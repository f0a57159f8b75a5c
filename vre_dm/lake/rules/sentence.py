"""A rule in one sentence: what is happening, since when, why, who can act, what comes next and when.

The words are right wherever they are shown; how a user then does it (`Rule.can`) is said by who shows them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from vre_dm.lake.rules.arrivals import Forecast
from vre_dm.lake.rules.causes import RETRIES, Cause, Who
from vre_dm.lake.rules.known import explain
from vre_dm.lake.rules.state import RuleState
from vre_dm.lake.spans import duration, moment, rough

_SILENT = timedelta(minutes=30)  # a rule that nothing arrived of for so long deserves a look
_SETTING_UP = timedelta(minutes=10)  # a rule in INJECT for longer meets an obstacle
_GIVES_UP = timedelta(days=14)  # a rule that is stuck for so long is suspended (Rucio's repair_rule)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is to be said of a rule.

    Attributes
    ----------
    what
        What is happening, with its state in Rucio's word and since when.
    why
        The cause; empty where all is well.
    who
        Who can act; empty where nobody has to.
    step
        What comes next.
    left
        Time until its files have arrived, if that was measured.
    """

    what: str
    why: str = ""
    who: str = ""
    step: str = ""
    left: Forecast | None = None

    def __str__(self) -> str:
        act = f"{self.who} can act" if self.who else ""
        next_ = ": ".join(filter(None, (act, self.step)))
        return "; ".join(filter(None, (": ".join(filter(None, (self.what, self.why))), next_)))


@dataclass(frozen=True, slots=True)
class Seen:
    """A rule as somebody sees it.

    Attributes
    ----------
    state, now
        The rule, and the time.
    mine
        Whether it belongs to who looks.
    left, still
        Time to go, and time without any arrival, as far as they were watched.
    """

    state: RuleState
    now: datetime
    mine: bool = True
    left: Forecast | None = None
    still: timedelta = timedelta(0)

    @property
    def owner(self) -> str:
        """The owner, as who looks would say it."""
        return Who.YOU.value if self.mine else f"its owner {self.state.account}"


def explanation(seen: Seen) -> Explanation:
    """Say the state of a rule."""
    state = seen.state
    if state.successor:
        what = f"{_head(state)}: the rule was moved and ends when rule {state.successor} is OK"
        return Explanation(what)
    if state.expires and state.is_over(seen.now):
        return Explanation(f"ended {moment(state.expires)}: the lake removes copies that no other rule keeps")
    return _OF_STATE.get(state.state, _strange)(seen)


def _head(state: RuleState, since: datetime | None = None) -> str:
    return f"{state.state} since {moment(since)}" if since else state.state


def _ok(seen: Seen) -> Explanation:
    state = seen.state
    if not state.total:
        return Explanation(f"OK: {state.did} holds no files yet; those to come will be kept at {state.rse}")
    files = f"all {state.total} files are" if state.total > 1 else "the file is"
    until = f"until {moment(state.expires)}" if state.expires else "for ever"
    return Explanation(f"OK: {files} at {state.rse}, kept {until}")


def _replicating(seen: Seen) -> Explanation:
    state = seen.state
    what = f"{_head(state, state.created)}: {state.arrived} of {state.total} files are at {state.rse}"
    age = seen.now - state.created
    silent = seen.still if state.arrived else max(seen.still, age)
    if silent >= _SILENT:
        return Explanation(f"{what}, none arrived for {duration(silent)}")
    if seen.left:
        late = bool(state.expires and seen.now + seen.left.middle > state.expires)
        step = "the rule expires before that" if late else ""
        return Explanation(f"{what}, {seen.left}", step=step, left=seen.left)
    if not state.arrived or age <= timedelta(0):
        return Explanation(f"{what}, too early to say when the rest comes")
    # Files may have been there before the rule: the mean rate so far is the best that can be hoped for.
    best = rough(age * state.moving / state.arrived)
    return Explanation(f"{what}, at best {best} to go")


def _stuck(seen: Seen) -> Explanation:
    state = seen.state
    what = f"{_head(state, state.stuck_since)}: {_missing(state)}"
    cause = explain(state.error)
    step = cause.step
    if state.stuck_since and cause.step.endswith(RETRIES):
        step += f"; it gives up on {moment(state.stuck_since + _GIVES_UP)}"
    return _caused(what, cause, step, state, seen.owner)


def _missing(state: RuleState) -> str:
    if not state.stuck:
        return f"the rule for {state.rse} cannot be carried out"
    files = f"{state.stuck} of {state.total} files" if state.total > 1 else "the file"
    return f"{files} did not reach {state.rse}{f' ({state.moving} still move)' if state.moving else ''}"


def _suspended(seen: Seen) -> Explanation:
    state = seen.state
    missing = state.total - state.arrived
    files = f"{missing} of {state.total} files are not at {state.rse}" if state.total else "nothing is set up"
    what = f"{_head(state)}: {files} and the lake no longer tries"
    # Rucio's injector says nothing when it suspends a rule over the quota.
    unsaid = (
        "it failed for 14 days or was stopped by an admin" if state.total else "the quota did not suffice"
    )
    why = explain(state.error).why if state.error else unsaid
    return Explanation(what, why, seen.owner, "a boost starts it again")


def _waiting(seen: Seen) -> Explanation:
    state = seen.state
    what = f"{_head(state, state.created)}: nothing moves until the rule is approved"
    approvers = f"those who approve rules for {state.rse} and the admins of the lake"
    return Explanation(what, "", approvers, "ask them")


def _inject(seen: Seen) -> Explanation:
    state = seen.state
    if state.created > seen.now:
        return Explanation(f"INJECT: nothing moves before {moment(state.created)}, as asked for")
    what = f"{_head(state, state.created)}: the lake is setting the rule up"
    if seen.now - state.created < _SETTING_UP:
        return Explanation(what, step="that takes a minute, for many files some more")
    why = f"that takes unusually long: {state.rse} may be switched off for writing, or the lake is busy"
    return Explanation(what, why, Who.LAKE.value, "ask them, with the rule's id")


def _strange(seen: Seen) -> Explanation:
    state = seen.state
    return Explanation(f"{state.state}: the rule for {state.rse} has this state, which vre-dm does not know")


def _caused(what: str, cause: Cause, step: str, state: RuleState, owner: str) -> Explanation:
    who = owner if cause.who is Who.YOU else cause.who.value.format(rse=state.rse)
    return Explanation(what, cause.why, "" if cause.who is Who.NOBODY else who, step)


_OF_STATE = {
    "OK": _ok,
    "REPLICATING": _replicating,
    "STUCK": _stuck,
    "SUSPENDED": _suspended,
    "WAITING_APPROVAL": _waiting,
    "INJECT": _inject,
}
