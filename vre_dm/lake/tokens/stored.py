"""A login that is kept: its tokens in one private file, which all programs of the user share."""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vre_dm.errors import LoginRefused, NotWritable
from vre_dm.lake.tokens.file import FileToken, write_token
from vre_dm.lake.tokens.provider import Grant
from vre_dm.lake.tokens.secret import Secret
from vre_dm.private import make_private

AGAIN = "log in again with: vre-dm login --device"
_LOOK = 0.1  # seconds between two tries to have the lock


class StoredLogin:
    """Access token and refresh token of a login, in a file of this user alone.

    Parameters
    ----------
    path
        File; it and its folder are made when a login is kept.
    patience
        Seconds after which another program that renews, and may have been stopped, is no longer waited for.
    """

    def __init__(self, path: Path, *, patience: float = 40.0) -> None:
        self.path, self._patience = path, patience

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
        write_token(self.path, _written(grant, refresh), found=True)

    def forget(self, revoke: Callable[[Secret], bool]) -> bool:
        """Remove the login, after a renewal that is under way, and have its last refresh token revoked.

        Parameters
        ----------
        revoke
            Called with the refresh token if there is one, also where the file cannot be removed; whether the
            issuer takes it no more.

        Returns
        -------
        bool
            What ``revoke`` said; False where there was no refresh token.

        Raises
        ------
        NotWritable
            It cannot be removed.
        """
        with self.turn():
            refresh = self._refresh_token()  # not before: a renewal may change it
            try:
                self.path.unlink(missing_ok=True)
            except OSError as error:
                msg = (
                    f"the login in {self.path} cannot be removed: {error.strerror}; remove the file yourself"
                )
                raise NotWritable(msg) from error
            finally:
                revoked = refresh is not None and revoke(refresh)
        return revoked

    def gone(self) -> bool:
        """Whether there is no login; false where that cannot be told."""
        try:
            self.path.lstat()
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return False

    def read(self) -> tuple[Grant, Secret | None]:
        """Last token, which may have ended, and the refresh token if there is one.

        Raises
        ------
        LoginRefused
            There is no login, or others could have written it.
        """
        if self.gone():
            msg = f"nobody has logged in yet ({self.path} is not there); {AGAIN}"
            raise LoginRefused(msg)
        try:
            return _read(FileToken(self.path, found=True).token())
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError, RecursionError):
            msg = f"the login in {self.path} cannot be read; {AGAIN}"
        raise LoginRefused(msg)

    def _refresh_token(self) -> Secret | None:
        try:
            return self.read()[1]
        except LoginRefused:
            return None

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for other programs of this user that are renewing; where locks do not work, go on."""
        with contextlib.ExitStack() as held:
            with contextlib.suppress(OSError, NotWritable):
                self.prepare()
                lock = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
                held.callback(os.close, lock)
                self._lock(lock)
            yield

    def _lock(self, lock: int) -> None:
        end = time.monotonic() + self._patience
        while time.monotonic() < end:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(_LOOK)
            else:
                return


# In functions of their own, as a traceback of what fails in `StoredLogin` can show the variables there.
def _written(grant: Grant, refresh: Secret | None) -> Secret:
    kept = {"access_token": grant.token.reveal(), "ends": _by_our_clock(grant)}
    kept |= {"refresh_token": refresh.reveal()} if refresh else {}
    text = json.dumps(kept, separators=(",", ":"))
    return Secret(text.replace(" ", r"\u0020"))  # one word, as a token file has


def _read(text: Secret) -> tuple[Grant, Secret | None]:
    kept = json.loads(text.reveal())
    token, refresh = (Secret(str.strip(kept.get(f"{kind}_token", ""))) for kind in ("access", "refresh"))
    ends = None if kept["ends"] is None else datetime.fromtimestamp(kept["ends"], UTC)
    return Grant(token, ends), refresh or None


def _by_our_clock(grant: Grant) -> float | None:
    """When a token ends by the clock of this machine, which all who read the file share."""
    if grant.ends is None:
        return None
    ahead = grant.now - datetime.now(UTC) if grant.now else timedelta()
    return (grant.ends - ahead).timestamp()
