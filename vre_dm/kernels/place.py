"""Where kernels are installed: for one user, for one environment, or in a folder that machines share."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vre_dm.errors import KernelFailed, NotWritable
from vre_dm.locked import READABLE
from vre_dm.private import shared_fault

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that Jupyter looks into.

    Attributes
    ----------
    prefix
        Folder with ``share/jupyter/kernels``, or what takes its place for a user.
    words
        What to call it in a sentence.
    for_all
        Whether others use what is there.
    whole
        Folder from which down only its owner may write; where there is none, this holds for the two folders
        below, and those above may be one's own group's.
    """

    prefix: Path
    words: str
    for_all: bool = False
    whole: Path | None = None

    @classmethod
    def user(cls) -> Place:
        """For this user: below ``JUPYTER_DATA_DIR``, or where Jupyter has it."""
        from platformdirs import user_data_path

        said = os.environ.get("JUPYTER_DATA_DIR")
        data = Path(said) if said else user_data_path() / "jupyter"
        return cls(data.expanduser().absolute(), "your own kernels")

    @classmethod
    def environment(cls) -> Place:
        """For everybody who uses the environment that vre-dm is in."""
        return cls(Path(sys.prefix) / "share" / "jupyter", f"the environment {sys.prefix}", for_all=True)

    @classmethod
    def shared(cls, folder: Path) -> Place:
        """In a folder, such as one on CVMFS; Jupyter finds it by ``JUPYTER_PATH=FOLDER/share/jupyter``."""
        whole = folder.expanduser().absolute()
        return cls(whole / "share" / "jupyter", str(folder), for_all=True, whole=whole)

    @property
    def kernels(self) -> Path:
        """Folder of the kernels' descriptions."""
        return self.prefix / "kernels"

    @property
    def environments(self) -> Path:
        """Folder of their environments."""
        return self.prefix / "vre-dm"

    def require_writable(self) -> None:
        """Make its folders.

        Raises
        ------
        NotWritable
            They cannot be made or written.
        KernelFailed
            Others could change what is run from there.
        """
        for folder in (self.kernels, self.environments):
            try:
                self._make(folder)
            except OSError as error:
                msg = f"{folder} cannot be made: {error.strerror}; choose another place with --prefix"
                raise NotWritable(msg) from error
            if not os.access(folder, os.W_OK):
                msg = f"{folder} cannot be written; choose another place with --prefix"
                raise NotWritable(msg)
        self.require_guarded()
        if self.environments.stat().st_uid != os.geteuid():
            msg = f"{self.environments} belongs to another user; choose another place with --prefix"
            raise KernelFailed(msg)

    def require_guarded(self) -> None:
        """Refuse to run interpreters from a folder that others than its owner can write or exchange.

        Who only uses kernels trusts the owner of the folder already, as of one on CVMFS.

        Raises
        ------
        KernelFailed
            Others can.
        """
        owner = self.environments.lstat().st_uid
        for folder in (self.environments, self.kernels):
            if fault := shared_fault(folder, self.whole or folder, owner):
                msg = f"{fault}, and kernels are run from there; take that away (chmod go-w) or use --prefix"
                raise KernelFailed(msg)

    @contextmanager
    def alone(self, name: str, say: Say) -> Iterator[None]:
        """One install of a profile at a time: two windows may ask for the same.

        Raises
        ------
        NotWritable
            The place cannot be locked.
        KernelFailed
            Others could change what is run from there.
        """
        path = self.environments / f".{name}.lock"
        try:
            # a link that somebody put there is not followed
            turn = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise NotWritable(_unlocked(path, error)) from error
        try:
            _wait(turn, path, lambda: say(f"waiting for another install of {name}"))
            self.require_guarded()  # somebody may have exchanged the folders meanwhile
            yield
        finally:
            os.close(turn)

    def _make(self, folder: Path) -> None:
        fresh = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(fresh):
            each.mkdir(exist_ok=True)
            # whatever the umask says, others can read what is for them, and nobody else writes
            each.chmod(READABLE if self.for_all else each.stat().st_mode & READABLE)


def _wait(turn: int, path: Path, waiting: Callable[[], None]) -> None:
    try:
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(turn, fcntl.LOCK_EX)
    except OSError as error:
        raise NotWritable(_unlocked(path, error)) from error


def _unlocked(path: Path, error: OSError) -> str:
    return f"{path} cannot be locked: {error.strerror}; choose another place with --prefix"
