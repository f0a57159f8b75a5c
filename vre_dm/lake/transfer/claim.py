"""One writer a target: who fetches a file says so beside it; others wait, and take over from the dead.

A claim is a small file made in one step (exclusive creation, which NFS does on the server) and touched while
its fetch lives. It saves bytes and is no lock: what is placed was verified by whoever places it.
"""

import contextlib
import fcntl
import os
import secrets
import stat
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vre_dm.errors import NotWritable
from vre_dm.lake.transfer.failures import disk_error
from vre_dm.lake.transfer.names import claim_path
from vre_dm.lake.transfer.owner import Owner, myself
from vre_dm.lake.transfer.verify import Expected

HEARTBEAT = 5.0
"""Seconds between two touches of a claim."""
PATIENCE = 60.0
"""Seconds without a touch after which the fetch behind a claim counts as dead."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Right to write one target; ``contested`` if another fetch had it meanwhile."""

    path: Path
    descriptor: int
    contested: bool

    def ours(self) -> bool:
        """Whether nobody took it over, as others do after a machine slept."""
        try:
            return os.path.samestat(self.path.lstat(), os.fstat(self.descriptor))
        except OSError:
            return False


class Claims:
    """Claims of one fetch; thread-safe. ``clock`` counts seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._text = f"{myself()} {secrets.token_hex(4)}\n".encode()
        self._held: dict[Path, Claim] = {}
        self._watched: dict[Path, tuple[int, float]] = {}  # last touch seen, and since when
        self._ahead: dict[Path, float] = {}  # by how much a folder's file system is ahead of our clock
        self._touched = clock()
        self._lock = threading.Lock()

    def take(self, target: Path, expected: Expected, folder: int) -> Claim | None:
        """Claim a target; None while another living fetch has it.

        Parameters
        ----------
        folder
            The target's, open.

        Raises
        ------
        NoSpace, NotWritable
            The folder takes no file, or something else stands at the claim's name.
        """
        path = claim_path(target, expected)
        contested = path in self._watched
        try:
            while (descriptor := _create(path.name, folder)) is None:
                _refuse_trap(path)
                if not self.remove_dead(path):
                    return None
                contested = True
            claim = Claim(path, descriptor, contested)
            with self._lock:
                self._held[path] = claim
            self._watched.pop(path, None)
            os.write(descriptor, self._text)
        except FileNotFoundError:  # another fetch has just removed the empty folder: it is made again
            return None
        except OSError as error:
            raise disk_error(error, target) from error
        return claim

    def release(self, claim: Claim) -> None:
        """Let others have the target; harmless if it was released already."""
        with self._lock:
            if self._held.get(claim.path) is not claim:
                return
            del self._held[claim.path]
        ours = claim.ours()
        os.close(claim.descriptor)
        if ours:
            claim.path.unlink(missing_ok=True)

    def release_all(self) -> None:
        """Let go of what threads that hang still hold."""
        for claim in list(self._held.values()):
            self.release(claim)

    def beat(self) -> None:
        """Show that this fetch lives; cheap to call often."""
        if self._clock() - self._touched < HEARTBEAT:
            return
        self._touched = self._clock()
        with self._lock, contextlib.suppress(OSError):
            for claim in self._held.values():
                os.utime(claim.descriptor)

    def remove_dead(self, path: Path) -> bool:
        """Remove a claim whose fetch is dead; True if the way may be free now."""
        try:
            descriptor = _open(path)
        except FileNotFoundError:
            return True
        try:
            facts, owner = os.fstat(descriptor), Owner.parse(os.read(descriptor, 100).split(b" ")[0])
            return self._is_dead(path, owner, facts) and _unlinked(path, descriptor)
        finally:
            os.close(descriptor)

    def _is_dead(self, path: Path, owner: Owner | None, facts: os.stat_result) -> bool:
        if owner is not None and owner.ended:
            return True
        since = self._watched.get(path)
        if since is None or since[0] != facts.st_mtime_ns:
            since = self._watched[path] = facts.st_mtime_ns, self._clock()
        if owner is not None and owner.here:
            # it lives, but may be stopped for good; its time does not pass while the machine sleeps
            return self._clock() - since[1] > PATIENCE
        return abs(self._file_system_time(path.parent) - facts.st_mtime) > PATIENCE

    def _file_system_time(self, folder: Path) -> float:
        """Now, by the clock that dates the files of a folder: another machine's may be hours off."""
        if folder not in self._ahead:
            probe = folder / f".probe.{secrets.token_hex(4)}.claim"
            descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                self._ahead[folder] = os.fstat(descriptor).st_mtime - self._clock()
            finally:
                os.close(descriptor)
                probe.unlink(missing_ok=True)
        return self._ahead[folder] + self._clock()


def _create(name: str, folder: int) -> int | None:
    """Make a claim; None if there is one."""
    try:
        return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666, dir_fd=folder)
    except FileExistsError:
        return None


def _refuse_trap(path: Path) -> None:
    """Refuse what is no file at a claim's name: it is nobody's claim, and not ours to remove."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        kind = "a link" if stat.S_ISLNK(mode) else "a folder" if stat.S_ISDIR(mode) else "no plain file"
        msg = f"{path} is {kind} where a fetch marks its file; remove it or choose another folder"
        raise NotWritable(msg)


def _open(path: Path) -> int:
    """Open a claim to look at it, which NFS takes as a reason to look anew; to write, for the lock."""
    flags = os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        return os.open(path, os.O_RDWR | flags)
    except PermissionError:
        return os.open(path, os.O_RDONLY | flags)


def _unlinked(path: Path, descriptor: int) -> bool:
    """Remove the claim that was judged and no newer one; False while another fetch does."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass  # no locks here: two may take over at once, and each writes a file of its own
    with contextlib.suppress(FileNotFoundError):
        if os.path.samestat(path.lstat(), os.fstat(descriptor)):
            path.unlink()
    return True
