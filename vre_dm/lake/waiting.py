"""Replica mode: wait until a rule has brought the files to the storage element that is mounted here.

Looks at the rule often at first and ever more seldom, one request a look; tells what it sees; and ends with
one clear line where waiting has no use. The rule stays whatever happens: the next call finds it and goes on.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from vre_dm.did import Did
from vre_dm.errors import FetchError, JobCancelled, NotInLake, Unreachable
from vre_dm.lake.connection import Connection
from vre_dm.lake.rules import Rule, rule_to
from vre_dm.lake.tables import clean
from vre_dm.lake.transfer.events import Cancelled, Listener, Replicating
from vre_dm.lake.transfer.policy import Pace

_ENDED = {"STUCK", "SUSPENDED", "WAITING_APPROVAL"}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds.

    Attributes
    ----------
    first, longest
        Between two looks at the lake, at first and at most.
    beat
        Between two events.
    still
        Without any file arriving, or any answer of the lake, until the wait is given up.
    repair
        For a rule that was boosted to move again.
    tape
        Until it is asked whether files come from tape, for which nobody waits.
    """

    first: float = 1.0
    longest: float = 60.0
    beat: float = 5.0
    still: float = 1800.0
    repair: float = 600.0
    tape: float = 5.0

    def until_next(self, elapsed: float, left: float | None) -> float:
        """Seconds to the next look: half of what is left or, where that is unknown, of what has passed."""
        wanted = elapsed / 2 if left is None else max(left / 2, elapsed / 5)
        return min(max(wanted, self.first), self.longest)


def bring(
    connection: Connection,
    did: Did,
    rse: str,
    *,
    days: float | None,
    tell: Listener,
    stop: threading.Event,
    patience: Patience | None = None,
    pace: Pace | None = None,
) -> Rule:
    """Make or reuse a rule that brings a DID to a storage element, and wait until it is OK.

    Parameters
    ----------
    connection, did, rse
        What goes where.
    days
        How long a new rule keeps it; ``None`` for ever.
    tell, stop, patience, pace
        As `wait_for`.

    Returns
    -------
    Rule
        The rule, which is OK.

    Raises
    ------
    NotInLake, NoSpace, Declined
        The lake makes no such rule: no such element, or not enough quota there.
    FetchError, JobCancelled
        As `wait_for`.
    """
    if stop.is_set():  # what is asked before may take long where there are many files
        tell(Cancelled(0, 0))
        msg = f"stopped before the lake was asked to bring {did} to {clean(rse)}"
        raise JobCancelled(msg)
    rule, boosted = rule_to(connection, did, rse, days=days, comment="made by a fetch of vre-dm")
    wait_for(rule, connection, tell=tell, stop=stop, boosted=boosted, patience=patience, pace=pace)
    return rule


def wait_for(
    rule: Rule,
    connection: Connection,
    *,
    tell: Listener,
    stop: threading.Event,
    boosted: bool = False,
    patience: Patience | None = None,
    pace: Pace | None = None,
) -> None:
    """Wait until a rule is OK.

    Parameters
    ----------
    rule, connection
        The rule and its lake.
    tell, stop
        Takes `Replicating` events, from the calling thread; ends the wait when another thread sets it.
    boosted
        Whether the rule was stuck and has been told to move again.
    patience, pace
        Limits, and the clock and the waiting.

    Raises
    ------
    FetchError
        It is stuck, waits for approval, ended, comes from tape, or does not move; the text says why.
    JobCancelled
        Stopped; the rule stays.
    """
    watch = _Watch(rule, connection, patience or Patience(), pace or Pace(), stop)
    while True:
        tell(watch.event())
        if rule.state.state == "OK" and not rule.state.successor:
            return
        watch.give_up_if_useless(boosted=boosted)
        if not watch.rest(tell):
            tell(Cancelled(rule.state.arrived, rule.state.total))
            msg = f"stopped waiting for {rule.state.did} at {clean(rule.state.rse)}; {_stays(rule)}"
            raise JobCancelled(msg)
        watch.look()


class _Watch:
    """One rule that is watched."""

    def __init__(
        self, rule: Rule, connection: Connection, patience: Patience, pace: Pace, stop: threading.Event
    ) -> None:
        self._rule, self._connection, self._patience, self._pace = rule, connection, patience, pace
        self._stop = stop
        self._began = self._moved = pace.clock()
        self._asked_for_tape = False

    @property
    def _elapsed(self) -> float:
        return self._pace.clock() - self._began

    @property
    def _left(self) -> float | None:
        left = self._rule.explanation.left
        return None if left is None else left.middle.total_seconds()

    def event(self) -> Replicating:
        """Say the state now."""
        rule, state = self._rule, self._rule.state
        return Replicating(
            rule.identifier, state.rse, state.state, rule.sentence, state.arrived, state.total, self._left
        )

    def look(self) -> None:
        """Ask the lake once; one that does not answer is asked again later."""
        before = (self._rule.state.state, self._rule.state.arrived, self._rule.state.moving)
        try:
            state = self._rule.refresh().state
        except Unreachable:
            if self._pace.clock() - self._moved > self._patience.still:
                raise
            return
        except NotInLake as error:
            gone = "the rule expired, was refused or was deleted while it was waited for"
            msg = f"{self._rule.state.did} is not at {clean(self._rule.state.rse)}: {gone}; fetch again"
            raise FetchError(msg) from error
        if (state.state, state.arrived, state.moving) != before:
            self._moved = self._pace.clock()

    def rest(self, tell: Listener) -> bool:
        """Wait until the next look, telling the state meanwhile; False when stopped."""
        pause = self._patience.until_next(self._elapsed, self._left)
        due = self._pace.clock() + pause
        while (pause := due - self._pace.clock()) > 0 and not self._stop.is_set():
            self._pace.wait(self._stop, min(pause, self._patience.beat))
            if due - self._pace.clock() > 0 and not self._stop.is_set():
                tell(self.event())
        return not self._stop.is_set()

    def give_up_if_useless(self, *, boosted: bool) -> None:
        """End a wait that nobody would sit out.

        Raises
        ------
        FetchError
            With the cause, who can act and what comes next.
        """
        state = self._rule.state
        if state.state in _ENDED and not state.moving:
            if not boosted or self._elapsed > self._patience.repair:
                self._end(self._rule.sentence)
            return
        if self._elapsed >= self._patience.tape and not state.arrived and not self._asked_for_tape:
            self._asked_for_tape = True
            if tapes := _tapes(self._connection, self._rule):
                self._end(f"its files come from tape ({clean(', '.join(tapes))}), which takes hours")
        if self._pace.clock() - self._moved > self._patience.still:
            causes = "; ".join(map(str, self._rule.causes(looked_at=1)[:1]))
            self._end(f"{self._rule.sentence}{f' ({causes})' if causes else ''}")

    def _end(self, why: str) -> None:
        state = self._rule.state
        msg = f"{state.did} is not at {clean(state.rse)} yet: {why}; {_stays(self._rule)}"
        raise FetchError(msg)


def _stays(rule: Rule) -> str:
    return f"the rule {rule.identifier} stays: fetch again to go on, or delete it"


def _tapes(connection: Connection, rule: Rule) -> Sequence[str]:
    """Storage elements with tape, where those alone have a readable copy of a file that is still to come."""
    for cause in rule.causes(looked_at=1)[:1]:
        sources = _sources(connection, cause.file, but=cause.rse)
        tapes = connection.ask("the storage elements", lambda rucio: list(rucio.list_rses()))
        names = {row["rse"] for row in tapes if row.get("rse_type") == "TAPE"}
        if sources and sources <= names:
            return sorted(sources)
    return ()


def _sources(connection: Connection, file: Did, *, but: str) -> set[str]:
    asked = [{"scope": file.scope, "name": file.name}]
    rows = connection.ask(f"the replicas of {file}", lambda rucio: list(rucio.list_replicas(asked)))
    return {rse for row in rows for rse in row["rses"]} - {but}
