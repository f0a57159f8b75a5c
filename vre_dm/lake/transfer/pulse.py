"""The watch over the bytes of one stream: told on some times a second, ended when too few come."""

from collections.abc import Callable
from types import TracebackType

from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.policy import Policy

_BEAT = 0.05  # seconds between two times that bytes are told on: a chunk may be 8 kB, and locks cost


class Pulse:
    """Counts the bytes of one stream; a context, at whose end the last ones are told too.

    Parameters
    ----------
    moved
        Told how many bytes came since it was last told.
    """

    def __init__(self, policy: Policy, clock: Callable[[], float], moved: Callable[[int], None]) -> None:
        self._policy, self._clock, self._moved = policy, clock, moved
        self._since = self._told = clock()
        self._bytes = self._new = 0

    def __enter__(self) -> "Pulse":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._moved(self._new)
        self._new = 0

    def __call__(self, size: int) -> bool:
        """Count bytes that came; True if they were told on now.

        Raises
        ------
        SourceFailed
            Too few came in the last window.
        """
        self._new += size
        now = self._clock()
        if now - self._told < _BEAT:
            return False
        self._bytes += self._new
        self._moved(self._new)
        self._told, self._new = now, 0
        self._look(now - self._since)
        return True

    def _look(self, spent: float) -> None:
        if spent < self._policy.stall_timeout:
            return
        if self._bytes < self._policy.minimum_rate * spent:
            msg = f"only {self._bytes} bytes came in {spent:.0f} s"
            raise SourceFailed(msg, tries=None, of_host=True)
        self._since, self._bytes = self._told, 0
