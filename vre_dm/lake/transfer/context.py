"""What the attempts of one fetch share, handed down instead of kept in modules."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from vre_dm.lake.access import Access
from vre_dm.lake.transfer.claim import Claims
from vre_dm.lake.transfer.events import Listener
from vre_dm.lake.transfer.failures import Stopped
from vre_dm.lake.transfer.hosts import Hosts
from vre_dm.lake.transfer.http import Connections
from vre_dm.lake.transfer.inside import Inside
from vre_dm.lake.transfer.memory import Memory
from vre_dm.lake.transfer.mounts import Mounts
from vre_dm.lake.transfer.names import Parts
from vre_dm.lake.transfer.owner import Owner, myself
from vre_dm.lake.transfer.plan import Plan
from vre_dm.lake.transfer.policy import Pace, Policy
from vre_dm.lake.transfer.progress import Meter
from vre_dm.lake.transfer.verified import Ledger

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache
    from vre_dm.lake.cache.quota import Quota

_ROOT = Path("/")


@dataclass(frozen=True, slots=True)
class Manner:
    """How the files of a fetch are to be had.

    Attributes
    ----------
    copy
        Whether a file that can be read in place is copied all the same.
    verify
        Whether a file that is used in place is read once.
    recheck
        Whether files that are here are read again, whatever was recorded of them.
    private
        Whether nobody else may read the files, since they are under embargo.
    """

    copy: bool
    verify: bool
    recheck: bool
    private: bool


@dataclass(frozen=True, slots=True)
class Context:
    """One fetch.

    Attributes
    ----------
    manner
        How its files are to be had.
    me
        This process, as temporary files name it.
    stop
        Set when the fetch was cancelled or cannot go on.
    tell
        Takes an event, from any thread.
    ledger, in_place
        What was verified in the folder, and elsewhere on this machine.
    """

    manner: Manner
    connections: Connections
    policy: Policy
    pace: Pace
    meter: Meter
    hosts: Hosts
    me: Owner
    claims: Claims
    inside: Inside
    parts: Parts
    ledger: Ledger
    in_place: Ledger
    mounts: Mounts
    cache: "Cache | None"
    quota: "Quota"
    stop: threading.Event
    tell: Listener

    @classmethod
    def begin(
        cls,
        plan: Plan,
        folder: Path,
        access: Access,
        manner: Manner,
        *,
        policy: Policy,
        pace: Pace,
        memory: Memory,
        cache: "Cache | None",
        quota: "Quota",
        stop: threading.Event,
        tell: Listener,
    ) -> Self:
        """Make what the attempts at a plan share; nothing of it is in use yet."""
        in_place = None if manner.copy else cache
        return cls(
            manner=manner,
            connections=Connections(access, policy),
            policy=policy,
            pace=pace,
            meter=Meter(len(plan.items), plan.size, pace.clock),
            hosts=Hosts(policy, pace, memory),
            me=myself(),
            claims=Claims(pace.clock),
            inside=Inside(private=manner.private),
            parts=Parts(),
            ledger=Ledger(None, folder) if cache is None else cache.ledger(folder),
            in_place=Ledger(None, _ROOT) if in_place is None else in_place.ledger(_ROOT),
            mounts=Mounts(policy.stall_timeout, stop),
            cache=cache,
            quota=quota,
            stop=stop,
            tell=tell,
        )

    def check(self) -> None:
        """Go on, unless stopped.

        Raises
        ------
        Stopped
            The fetch was cancelled.
        """
        if self.stop.is_set():
            raise Stopped
