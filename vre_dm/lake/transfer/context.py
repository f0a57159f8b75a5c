"""What the attempts of one fetch share, handed down instead of kept in modules."""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vre_dm.lake.transfer.claim import Claims
from vre_dm.lake.transfer.events import Listener
from vre_dm.lake.transfer.failures import Stopped
from vre_dm.lake.transfer.hosts import Hosts
from vre_dm.lake.transfer.http import Connections
from vre_dm.lake.transfer.names import Parts
from vre_dm.lake.transfer.policy import Pace, Policy
from vre_dm.lake.transfer.progress import Meter
from vre_dm.lake.transfer.syncing import Syncs
from vre_dm.lake.transfer.verified import Ledger

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache


@dataclass(frozen=True, slots=True)
class Context:
    """One fetch.

    Attributes
    ----------
    stop
        Set when the fetch was cancelled or cannot go on.
    tell
        Takes an event, from any thread.
    copy
        Whether a file that can be read in place is copied all the same.
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
    syncs: Syncs
    claims: Claims
    parts: Parts
    ledger: Ledger
    cache: "Cache | None"
    stop: threading.Event
    tell: Listener
    copy: bool
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
