"""Credentials that are asked for each time and never shown: secrets and the providers of tokens."""

import base64
import binascii
import hmac
import json
import os
import stat
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Never, Protocol, Self

from vre_dm.errors import LoginRefused
from vre_dm.lake.private import file_fault, found_fault

_LARGEST_TOKEN = 100_000


class _Unwritten:
    """Copied as itself, and never written down: not into a pickle, so not into another process or a graph."""

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> Never:
        msg = f"a {type(self).__name__} is never written down; hand over the way to get it instead"
        raise TypeError(msg)


class Secret(_Unwritten):
    """A text that shows itself only to who calls `reveal`.

    Its repr, str and format are ``***``; it refuses pickle and JSON, so that it cannot travel in a graph, a
    notebook's output or a log by accident.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Text itself: for a request header or a TLS library, for nothing else."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._text))


class TokenProvider(Protocol):
    """Where a token comes from; asked at each request."""

    def token(self) -> Secret:
        """Token to use now.

        Raises
        ------
        LoginRefused
            There is none; the text says where it was looked for.
        """
        ...

    def renew(self) -> bool:
        """After the lake refused the token: try to get another; whether it is worth asking again."""
        ...

    def expires(self) -> datetime | None:
        """When the present token ends (UTC), or ``None`` when it does not say."""
        ...

    def __str__(self) -> str: ...


class FileToken:
    """A token in a file that somebody else renews; read again whenever the file changes.

    Parameters
    ----------
    path
        File of one line. It must belong to this user or root, and nobody else may write it.
    found
        Whether nobody named the file: it lies at a usual place, where others could have put one too. Then it
        must be this user's alone, and no link.
    """

    def __init__(self, path: Path, *, found: bool = False) -> None:
        self.path, self._found = path, found
        self._seen: tuple[int, int, int] | None = None
        self._token: Secret | None = None

    def token(self) -> Secret:
        """Token in the file.

        Raises
        ------
        LoginRefused
            The file is missing, empty, or others could have written it.
        """
        state = self._state()
        version = (state.st_mtime_ns, state.st_size, state.st_ino)
        if self._token is None or version != self._seen:
            self._token, self._seen = self._read(), version
        return self._token

    def renew(self) -> bool:
        """Look at the file again; true when it holds another token than the refused one."""
        refused, self._seen = self._token, None
        return self.token() != refused

    def expires(self) -> datetime | None:
        """``exp`` of the token, if it is a JWT."""
        return expiry(self.token())

    def readable_by_others(self) -> bool:
        """Whether other users of the machine can read the token."""
        return bool(self._state().st_mode & (stat.S_IRGRP | stat.S_IROTH))

    def _state(self) -> os.stat_result:
        try:
            fault = found_fault(self.path) if self._found else None
            state = self.path.stat()
        except OSError as error:
            msg = f"no token: {self.path}: {error.strerror}; log in again, or restart the server of your hub"
            raise LoginRefused(msg) from error
        self._judge(state, fault)
        return state

    def _judge(self, state: os.stat_result, fault: str | None = None) -> None:
        if fault or (self._found and (fault := file_fault(state))):
            msg = f"the token file {self.path} {fault}, so it is not trusted; name your own in rucio.cfg"
            raise LoginRefused(msg)
        if not stat.S_ISREG(state.st_mode):
            msg = f"the token file {self.path} is no plain file; write the token into one"
            raise LoginRefused(msg)
        if state.st_uid not in {os.geteuid(), 0} or state.st_mode & stat.S_IWOTH:
            msg = f"other users can write the token file {self.path}, so it is not trusted; chmod 600 it"
            raise LoginRefused(msg)

    def _read(self) -> Secret:
        try:
            flags = os.O_RDONLY | os.O_NONBLOCK | (os.O_NOFOLLOW if self._found else 0)
            with os.fdopen(os.open(self.path, flags), encoding="ascii") as file:
                self._judge(os.fstat(file.fileno()))  # what was opened, whatever the name meant before
                text = file.read(_LARGEST_TOKEN).strip()
        except (OSError, UnicodeDecodeError) as error:
            msg = f"the token file {self.path} cannot be read: {type(error).__name__}; write it again"
            raise LoginRefused(msg) from None
        if not text or any(character.isspace() for character in text):
            msg = f"the token file {self.path} does not hold one token; write it again"
            raise LoginRefused(msg)
        return Secret(text)

    def __str__(self) -> str:
        return f"file {self.path}"


class VariableToken(_Unwritten):
    """A token in an environment variable of this process, read at each use and kept nowhere.

    Parameters
    ----------
    name
        Variable, for example ``RUCIO_ACCESS_TOKEN``.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def token(self) -> Secret:
        """Token in the variable.

        Raises
        ------
        LoginRefused
            The variable is not set.
        """
        text = os.environ.get(self.name, "").strip()
        if not text:
            msg = f"no token: the variable {self.name} is empty; log in again, or use a token file"
            raise LoginRefused(msg)
        return Secret(text)

    def renew(self) -> bool:
        """Nothing can be done: false."""
        return False

    def expires(self) -> datetime | None:
        """``exp`` of the token, if it is a JWT."""
        return expiry(self.token())

    def __str__(self) -> str:
        return f"variable {self.name}"


class LoginToken:
    """A token that the lake hands out for a password or a certificate, asked again before it ends.

    Parameters
    ----------
    login
        Logs in; returns a token and when it ends.
    what
        What the login uses, for messages: ``password of dm``.
    """

    _MARGIN = 60.0  # seconds before the end at which a new token is fetched

    def __init__(self, login: Callable[[], tuple[Secret, datetime | None]], what: str) -> None:
        self._login, self._what = login, what
        self._lock = threading.Lock()
        self._token: Secret | None = None
        self._ends: datetime | None = None

    def token(self) -> Secret:
        """Token of the last login, or of a new one if that ends within a minute.

        Raises
        ------
        LoginRefused
            The lake does not accept the credentials.
        """
        with self._lock:
            if self._token is None or self._is_ending():
                self._token, self._ends = self._login()
            return self._token

    def renew(self) -> bool:
        """Forget the token, so that the next request logs in: true."""
        with self._lock:
            self._token = None
        return True

    def expires(self) -> datetime | None:
        """When the lake said that the token ends."""
        self.token()
        return self._ends

    def _is_ending(self) -> bool:
        return self._ends is not None and (self._ends - datetime.now(UTC)).total_seconds() < self._MARGIN

    def __str__(self) -> str:
        return self._what


def expiry(token: Secret) -> datetime | None:
    """``exp`` claim of a JWT, read without checking its signature: for telling the user, not for trust.

    Returns
    -------
    datetime or None
        In UTC; ``None`` when the token is not a JWT or has no usable ``exp``.
    """
    parts = token.reveal().split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return datetime.fromtimestamp(float(claims["exp"]), UTC)
    except (binascii.Error, ValueError, TypeError, KeyError, OverflowError, OSError):
        return None
