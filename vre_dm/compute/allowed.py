"""What a process may use to read files where they are: told apart from the files, by the name of a run."""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vre_dm.errors import LoginRefused

if TYPE_CHECKING:
    from vre_dm.lake.access import Access
    from vre_dm.lake.tokens import TokenProvider


@dataclass(frozen=True, slots=True)
class Permit:
    """What may be used to read files where they are.

    Attributes
    ----------
    access
        Credentials, certificates, and which addresses are of the lake.
    authority
        Certificate authorities of the lake beside the system's, as PEM: what a worker is to trust too.
    kept
        Source of a token that is never lent; none: whatever the storage gets is.
    """

    access: "Access"
    authority: str = ""
    kept: "TokenProvider | None" = None


class Allowed:
    """Permits of this process, by the name of the run that told it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._permits: dict[str, Permit] = {}

    def tell(self, run: str, permit: Permit) -> None:
        """Allow it, until it is forgotten."""
        with self._lock:
            self._permits[run] = permit

    def forget(self, run: str) -> None:
        """Allow it no more."""
        with self._lock:
            self._permits.pop(run, None)

    def known(self, run: str) -> Permit | None:
        """Give what was told, if anything."""
        with self._lock:
            return self._permits.get(run)

    def of(self, run: str) -> Permit:
        """Give what was told.

        Raises
        ------
        LoginRefused
            Nothing was: the run is over, or was never told here.
        """
        found = self.known(run)
        if found is None:
            msg = f"nobody told this process how to read files of {run} where they are; run the map again"
            raise LoginRefused(msg)
        return found
