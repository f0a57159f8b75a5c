"""Renewal of a kept login: programs take turns, and what was got is not lost where it cannot be kept."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from vre_dm.errors import LoginRefused, NotWritable
from vre_dm.lake.tokens.oauth import Registration, refreshed
from vre_dm.lake.tokens.provider import Grant
from vre_dm.lake.tokens.secret import Secret
from vre_dm.lake.tokens.stored import AGAIN, StoredLogin


@dataclass(frozen=True, slots=True)
class _Unkept:
    """Tokens that came and could not be written down, and the one in the file that they came after."""

    after: Secret
    grant: Grant
    refresh: Secret


class Renewing:
    """How to get the next token of a stored login: what another program got, else a new one.

    Parameters
    ----------
    registration
        Client that the login was made with.
    login
        Where it is kept.
    audience
        Whom the token is for.
    clock
        Time in seconds since 1970.
    """

    def __init__(
        self,
        registration: Registration,
        login: StoredLogin,
        audience: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._registration, self._login, self._audience = registration, login, audience
        self._clock = clock
        self._given: Secret | None = None
        self._unkept: _Unkept | None = None

    def __call__(self) -> Grant:
        """Give a token that this program did not have yet.

        Raises
        ------
        LoginRefused, Unreachable
            There is none, and none could be had.
        """
        grant = self._there()
        if grant is None:
            with self._login.turn():
                grant = self._there() or self._next()
        self._given = grant.token
        return grant

    def _there(self) -> Grant | None:
        """Token that another program got."""
        grant, _ = self._login.read()
        new = grant.token != self._given and not self._is_behind(grant)
        return grant if new and self._lives(grant) else None

    def _is_behind(self, kept: Grant) -> bool:
        """Whether the file still has what was there before the tokens that could not be written down."""
        return self._unkept is not None and self._unkept.after == kept.token

    def _next(self) -> Grant:
        kept, refresh = self._login.read()
        if self._unkept and self._is_behind(kept):
            refresh = self._unkept.refresh  # the one in the file was used up
        if refresh is None:
            msg = f"the login at {self._registration.issuer} ended, and it cannot be renewed; {AGAIN}"
            raise LoginRefused(msg)
        try:
            grant, following = refreshed(self._registration, refresh, self._audience)
        except LoginRefused:
            # Where locks do not work, another program may have used this refresh token up.
            grant, _ = self._login.read()
            if grant.token == kept.token:
                raise
            return grant
        self._keep(_Unkept(kept.token, grant, following))
        return grant

    def _keep(self, came: "_Unkept") -> None:
        """Write down what came, or hold it where that fails: the issuer takes no older refresh token."""
        if self._login.gone():
            self._login.read()  # it was forgotten meanwhile, and stays so
        self._unkept = came
        with contextlib.suppress(NotWritable):
            self._login.keep(came.grant, came.refresh)
            self._unkept = None

    def _lives(self, grant: Grant) -> bool:
        return grant.ends is None or grant.ends.timestamp() > self._clock()
