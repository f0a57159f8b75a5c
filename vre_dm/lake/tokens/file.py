"""A token in a file that somebody renews: a hub, Rucio's own client, or `vre-dm login`."""

import contextlib
import os
import stat
import tempfile
from datetime import datetime
from pathlib import Path

from vre_dm.errors import LoginRefused, NotWritable
from vre_dm.lake.tokens.provider import expiry, meant_for
from vre_dm.lake.tokens.secret import Secret
from vre_dm.private import file_fault, folder_fault, found_fault

_LARGEST_TOKEN = 100_000


class FileToken:
    """A token in a file that somebody else renews; read again whenever the file changes.

    Parameters
    ----------
    path
        File of one line. It must belong to this user or root, and nobody else may write it.
    found
        Whether nobody named the file: it lies at a usual place, where others could have put one too. Then it
        must be this user's alone, and no link.
    audience
        If its token is for others than this audience it is not used; empty where a configuration names the
        file.
    """

    def __init__(self, path: Path, *, found: bool = False, audience: str = "") -> None:
        self.path, self.found, self.audience = path, found, audience
        self._held: tuple[tuple[int, int, int], Secret] | None = None

    def token(self) -> Secret:
        """Token in the file.

        Raises
        ------
        LoginRefused
            The file is missing, empty, others could have written it, or its token is for others.
        """
        state, held = self._state(), self._held
        version = (state.st_mtime_ns, state.st_size, state.st_ino)
        if held is None or version != held[0]:
            held = self._held = version, meant_for(self._read(), self.audience, self)
        return held[1]

    def renew(self, refused: Secret | None = None) -> bool:
        """Look at the file again; true when it holds another token than the refused one."""
        held, self._held = self._held, None
        before = refused if refused is not None else held and held[1]
        return self.token() != before

    def expires(self) -> datetime | None:
        """``exp`` of the token, if it is a JWT."""
        return expiry(self.token())

    def readable_by_others(self) -> bool:
        """Whether other users of the machine can read the token."""
        return bool(self._state().st_mode & (stat.S_IRGRP | stat.S_IROTH))

    def _state(self) -> os.stat_result:
        try:
            fault = found_fault(self.path) if self.found else None
            state = self.path.stat()
        except OSError as error:
            msg = f"no token: {self.path}: {error.strerror}; log in again, or restart the server of your hub"
            raise LoginRefused(msg) from error
        self._judge(state, fault)
        return state

    def _judge(self, state: os.stat_result, fault: str | None = None) -> None:
        if fault or (self.found and (fault := file_fault(state))):
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
            flags = os.O_RDONLY | os.O_NONBLOCK | (os.O_NOFOLLOW if self.found else 0)
            with os.fdopen(os.open(self.path, flags), encoding="ascii") as file:
                self._judge(os.fstat(file.fileno()))  # what was opened, whatever the name meant before
                return _one_word(file.read(_LARGEST_TOKEN))
        except (OSError, UnicodeDecodeError) as error:
            msg = f"the token file {self.path} cannot be read: {type(error).__name__}; write it again"
        except ValueError:
            msg = f"the token file {self.path} does not hold one token; write it again"
        raise LoginRefused(msg)

    def __str__(self) -> str:
        return f"file {self.path}"


def _one_word(text: str) -> Secret:
    words = text.split()
    if len(words) != 1:
        raise ValueError
    return Secret(words[0])


def write_token(path: Path, token: Secret, *, found: bool = False) -> None:
    """Put a token into a file that only this user can read; readers see the old one or the new one whole.

    Parameters
    ----------
    path, token
        Where to, and what.
    found
        Whether nobody named the file: its folder, where others may have made one first, must be this user's.

    Raises
    ------
    NotWritable
        The folder cannot be written, or is another user's; a token that was there is unchanged.
    LoginRefused
        It is no token: it holds something else than ASCII letters.
    """
    if not token.reveal().isascii():
        msg = f"what should go to {path} is no token (it is not ASCII); log in again"
        raise LoginRefused(msg)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if found and folder_fault(path.parent):
            msg = (
                f"the token is not written: {path} is in a folder of another user; name your own in rucio.cfg"
            )
            raise NotWritable(msg)
        _replace(path, token)
    except OSError as error:
        msg = f"the token cannot be written to {path}: {error.strerror}; make its folder writable"
        raise NotWritable(msg) from error


def _replace(path: Path, token: Secret) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)  # made 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(token.reveal())
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
