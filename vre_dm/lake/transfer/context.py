"""What the attempts of one fetch share, handed down instead of kept in modules."""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vre_dm.lake.transfer.claim import Claims
from vre_dm.lake.transfer.events import Listener
from vre_dm.lake.transfer.failures import Stopped
from vre_dm.lake.transfer.hosts import Hosts
from vre_dm.lake.transfer.http import Connections
from vre_dm.lake.transfer.inside import Inside
from vre_dm.lake.transfer.mounts import Mounts
from vre_dm.lake.transfer.names import Parts
from vre_dm.lake.transfer.owner import Owner
from vre_dm.lake.transfer.policy import Pace, Policy
from vre_dm.lake.transfer.progress import Meter
from vre_dm.lake.transfer.verified import Ledger

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache
    from vre_dm.lake.cache.quota import Quota


@dataclass(frozen=True, slots=True)
class Context:
    """One fetch.

    Attributes
    ----------
    me
        This process, as temporary files name it.
    stop
        Set when the fetch was cancelled or cannot go on.
    tell
        Takes an event, from any thread.
    copy
        Whether a file that can be read in place is copied all the same.
    ledger, in_place
        What was verified in the folder, and elsewhere on this machine.
    verify
        Whether a file that is used in place is read once.
    recheck
        Whether files that are here are read again, whatever was recorded of them.
    private
        Whether nobody else may read the files, since they are under embargo.
    """

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
    copy: bool
    verify: bool
    recheck: bool
    private: bool

    def check(self) -> None:
        """Go on, unless stopped.

        Raises
        ------
        Stopped
            The fetch was cancelled.
        """
        if self.stop.is_set():
            raise Stopped
