"""A token file that we renew ourselves, for a lake that holds the refresh token of its users' logins."""

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

from vre_dm.errors import VreDmError
from vre_dm.lake.tokens.file import FileToken, write_token
from vre_dm.lake.tokens.keeping import renewal
from vre_dm.lake.tokens.provider import expiry, issued
from vre_dm.lake.tokens.secret import Secret

_PAUSE = 60.0  # seconds, at least, before a refresh that brought nothing is tried again


class RenewedFile(FileToken):
    """As `FileToken`; near the end of the token's life a new one is asked for and written to the file.

    One thread asks, the others go on with the old token; a refresh that fails is no error while it lives.

    Parameters
    ----------
    path, found, audience
        As of `FileToken`.
    refresh
        Gets a new token for one that still lives, or ``None`` where there is no refresh token.
    clock, chance
        Time in seconds since 1970, and a number in [0, 1).
    """

    def __init__(
        self,
        path: Path,
        refresh: Callable[[Secret], Secret | None],
        *,
        found: bool = False,
        audience: str = "",
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        super().__init__(path, found=found, audience=audience)
        self._refresh, self._clock, self._chance = refresh, clock, chance
        self._flight = threading.Lock()
        self._due: tuple[Secret, float] | None = None

    def token(self) -> Secret:
        """Token in the file, renewed before it ends.

        Raises
        ------
        LoginRefused
            As `FileToken.token`.
        """
        token = super().token()
        if self._is_due(token) and self._flight.acquire(blocking=False):
            try:
                self._renewed(token)
            finally:
                self._flight.release()
            return super().token()
        return token

    def _is_due(self, token: Secret) -> bool:
        due, now, ends = self._due, self._clock(), self._end(token)
        if due is None or due[0] != token:
            begins = issued(token)
            start = begins.timestamp() if begins else now
            due = self._due = token, start + renewal(max(ends - start, 0.0), self._chance())
        return due[1] <= now < ends  # one that has ended is refreshed no more

    def _renewed(self, token: Secret) -> None:
        try:
            new = self._refresh(token)
            if new is not None and new != token:
                write_token(self.path, new, found=self.found)
                return
        except VreDmError:
            pass  # told by who needs a token, once this one has ended
        now = self._clock()
        self._due = token, now + max(0.25 * (self._end(token) - now), _PAUSE)

    @staticmethod
    def _end(token: Secret) -> float:
        ends = expiry(token)
        return ends.timestamp() if ends else float("inf")
