"""Whether some program has a file open: asked of the kernel, which keeps it so while the answer is used."""

import errno
import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path


class Opened(Enum):
    """Answer: nobody has it open, somebody has, or it cannot be told for all programs."""

    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Say whether a file is open; as long as the answer NO is held, who opens it waits.

    Raises
    ------
    OSError
        There is no such file, or it is not this user's.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        verdict = _leased(descriptor)
        if verdict is Opened.UNKNOWN and _in_processes(os.fstat(descriptor), descriptor):
            verdict = Opened.YES
        yield verdict
    finally:
        os.close(descriptor)  # ends the lease


def _leased(descriptor: int) -> Opened:
    """Ask for a write lease, which Linux gives only to a file that is open nowhere else."""
    if not hasattr(fcntl, "F_SETLEASE"):
        return Opened.UNKNOWN
    try:
        # Who opens the file now makes the kernel signal us: by one that is ignored unless asked for.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    except OSError as error:
        return Opened.YES if error.errno == errno.EAGAIN else Opened.UNKNOWN
    return Opened.NO


def _in_processes(facts: os.stat_result, mine: int) -> bool:
    """Whether a process of this machine that we may look into has the file open or mapped."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            for link in (process / "fd").iterdir():
                own = process.name == str(os.getpid()) and link.name == str(mine)
                with suppress(OSError):
                    if not own and os.path.samestat(link.stat(), facts):
                        return True
            if _maps(process, facts):
                return True
    return False


def _maps(process: Path, facts: os.stat_result) -> bool:
    device = f"{os.major(facts.st_dev):02x}:{os.minor(facts.st_dev):02x}"
    for line in (process / "maps").read_text(errors="replace").splitlines():
        fields = line.split(None, 5)
        if fields[3:5] == [device, str(facts.st_ino)]:
            return True
    return False
