"""The watch over bytes that must keep coming."""

from collections.abc import Callable

from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.policy import Policy


class Pulse:
    """Ends a stream that is too slow to be alive, looked at once in each window."""

    def __init__(self, policy: Policy, clock: Callable[[], float]) -> None:
        self._policy, self._clock = policy, clock
        self._since, self._bytes = clock(), 0

    def __call__(self, size: int) -> None:
        """Count bytes that came.

        Raises
        ------
        SourceFailed
            Too few came in the last window.
        """
        self._bytes += size
        spent = self._clock() - self._since
        if spent < self._policy.stall_timeout:
            return
        if self._bytes < self._policy.minimum_rate * spent:
            msg = f"only {self._bytes} bytes came in {spent:.0f} s"
            raise SourceFailed(msg, tries=None, of_host=True)
        self._since, self._bytes = self._clock(), 0
