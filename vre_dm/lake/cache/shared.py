"""A cache that somebody else keeps, such as an admin's: read where nobody but its keeper could change it."""

import threading
from dataclasses import dataclass
from pathlib import Path

from vre_dm.lake.cache.keys import Key
from vre_dm.lake.transfer.verified import Ledger
from vre_dm.private import shared_fault


@dataclass(frozen=True, slots=True)
class Shared:
    """Objects that are only read.

    Attributes
    ----------
    folder
        Folder of that cache, an absolute path.
    records
        Where this user's own verifications are remembered: nobody else's are believed.
    """

    folder: Path
    records: Path

    def path(self, key: Key) -> Path | None:
        """Where an object would be; None where others could have put it there."""
        path = key.below(self.folder)
        return path if shared_fault(path, self.folder) is None else None

    def verified(self, key: Key, stop: threading.Event, *, recheck: bool) -> Path | None:
        """Path of an object that this user has verified since it last changed, or has now.

        Raises
        ------
        Stopped
            The stop was set meanwhile.
        """
        path = self.path(key)
        if path is None:
            return None
        ledger = Ledger(None, self.folder) if recheck else Ledger.open(self.records, self.folder)
        good = ledger.proves(path, key.expected, stop)
        ledger.save()
        return path if good else None
