"""A job asked to stop, and ended where its process does not hear that."""

import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

from vre_dm.lake.jobs.folder import JobFolder
from vre_dm.lake.jobs.task import MAP

_PATIENCE = 5.0  # seconds for an answer; a process looks twice a second
_LOOK = 0.2  # seconds between two looks at whether it answered


def stop(job: JobFolder, *, pause: bool = False) -> None:
    """Ask a job to stop; returns at once.

    The process of a map hears nothing while compiled code holds the interpreter's lock. It does nothing but
    the map, whose finished chunks are whole, so one of this machine that does not answer is killed.

    Parameters
    ----------
    job
        The job; harmless if it is over.
    pause
        Remember that it is to go on later.

    Raises
    ------
    NotWritable
        The disk does not take the request.
    """
    job.cancel(pause=pause)
    begun = job.begun
    if begun is None or begun.about.kind != MAP or not begun.owner.here or begun.owner.pid == os.getpid():
        return
    # No daemon: nobody else would end it after a script that was interrupted.
    threading.Thread(target=_end_if_deaf, args=(job,), name="vre-dm stop").start()


def _end_if_deaf(job: JobFolder) -> None:
    late = time.monotonic() + _PATIENCE
    while time.monotonic() < late:
        if job.heard or job.state != "running":
            return
        time.sleep(_LOOK)
    begun = job.begun
    if begun is not None and not begun.owner.ended and _has_only(begun.owner.pid, job):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(begun.owner.pid, signal.SIGKILL)


def _has_only(pid: int, job: JobFolder) -> bool:
    """Whether a process was started for this job: while it is being begun, it is that of the session."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return any(word.endswith(os.fsencode(job.path.name)) for word in words)
