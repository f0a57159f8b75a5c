"""A login that is kept: its tokens in one private file, which all programs of the user share and renew."""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vre_dm.errors import LoginRefused, NotWritable
from vre_dm.lake.private import make_private
from vre_dm.lake.tokens.file import FileToken, write_token
from vre_dm.lake.tokens.oauth import Registration, refreshed
from vre_dm.lake.tokens.provider import Grant
from vre_dm.lake.tokens.secret import Secret

_AGAIN = "log in again with: vre-dm login --device"


class StoredLogin:
    """Access token and refresh token of a login, in a file of this user alone.

    Parameters
    ----------
    path
        File; it and its folder are made when a login is kept.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def prepare(self) -> None:
        """Make the folder, so that nobody logs in for nothing.

        Raises
        ------
        NotWritable
            It cannot be written, or others can change it.
        """
        make_private(self.path.parent, "set XDG_STATE_HOME to a folder that is yours alone")

    def keep(self, grant: Grant, refresh: Secret | None) -> None:
        """Write a login down; who reads meanwhile gets the old one or the new one whole.

        Raises
        ------
        NotWritable
            The folder cannot be written, or others can change it; what was there is unchanged.
        """
        self.prepare()
        kept = {"access_token": grant.token.reveal(), "ends": _by_our_clock(grant)}
        kept |= {"refresh_token": refresh.reveal()} if refresh else {}
        text = json.dumps(kept, separators=(",", ":")).replace(
            " ", r"\u0020"
        )  # one word, as a token file has
        write_token(self.path, Secret(text), found=True)

    def read(self) -> tuple[Grant, Secret | None]:
        """Last token, which may have ended, and the refresh token if there is one.

        Raises
        ------
        LoginRefused
            There is no login, or others could have written it.
        """
        if not self.path.exists():
            msg = f"nobody has logged in yet ({self.path} is not there); {_AGAIN}"
            raise LoginRefused(msg)
        try:
            kept = json.loads(FileToken(self.path, found=True).token().reveal())
            token, refresh = (
                Secret(str.strip(kept.get(f"{kind}_token", ""))) for kind in ("access", "refresh")
            )
            ends = None if kept["ends"] is None else datetime.fromtimestamp(kept["ends"], UTC)
            return Grant(token, ends), refresh or None
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError, RecursionError):
            msg = f"the login in {self.path} cannot be read; {_AGAIN}"
        raise LoginRefused(msg)

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for other programs of this user that are renewing; where locks do not work, go on."""
        with contextlib.ExitStack() as held:
            with contextlib.suppress(OSError, NotWritable):
                self.prepare()
                lock = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
                held.callback(os.close, lock)
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield


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

    def __call__(self) -> Grant:
        """Give a token that this program did not have yet.

        Raises
        ------
        LoginRefused, Unreachable
            There is none, and none could be had.
        """
        with self._login.turn():
            grant, refresh = self._login.read()
            if grant.token == self._given or not self._lives(grant):
                grant = self._next(grant, refresh)
        self._given = grant.token
        return grant

    def _next(self, before: Grant, refresh: Secret | None) -> Grant:
        if refresh is None:
            msg = f"the login at {self._registration.issuer} ended, and it cannot be renewed; {_AGAIN}"
            raise LoginRefused(msg)
        try:
            grant, following = refreshed(self._registration, refresh, self._audience)
        except LoginRefused:
            # Where locks do not work, another program may have used this refresh token up.
            grant, _ = self._login.read()
            if grant.token == before.token:
                raise
            return grant
        self._login.keep(grant, following)
        return grant

    def _lives(self, grant: Grant) -> bool:
        return grant.ends is None or grant.ends.timestamp() > self._clock()


def _by_our_clock(grant: Grant) -> float | None:
    """When a token ends by the clock of this machine, which all who read the file share."""
    if grant.ends is None:
        return None
    ahead = grant.now - datetime.now(UTC) if grant.now else timedelta()
    return (grant.ends - ahead).timestamp()
