"""A job as a process of its own: it outlives this server, and tells of itself in its folder as any other."""

import json
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from typing import IO

from vre_dm import errors, session
from vre_dm.errors import Busy, JobNotStarted, VreDmError
from vre_dm.lake.jobs.job import Job
from vre_dm.lake.jobs.task import Task
from vre_dm.lake.tables import clean
from vre_dm.lake.tokens.redaction import redacted
from vre_dm.lake.transfer.events import Failed
from vre_dm.pool import Pool
from vre_dm.session import job_of

_AT_ONCE = 4  # jobs that are started at the same time; others wait
_COMMAND = (sys.executable, "-P", "-m", "vre_dm.cli.task")  # -P: no file of the current folder is imported
_PATIENCE = 25.0  # seconds for a process to tell of its job
_SETTLE = 10.0  # seconds in which what cannot begin is refused; after them it is a job that failed
_LOOK = 0.05  # seconds between two looks
_LAST_WORDS = 2000  # bytes of what a process wrote before it died
_SHOWN = 300


class Launches:
    """Starts jobs, and no more of them than this machine bears; safe to share between threads.

    Parameters
    ----------
    most
        Jobs of the user that may run at the same time, in whatever window they were begun.

    Attributes
    ----------
    pool
        Threads in which starts wait for their processes.
    starting
        Those processes: a job of one may be refused yet.
    """

    def __init__(self, most: int) -> None:
        self._most, self.pool = most, Pool("the start of jobs", _AT_ONCE, most)
        self.starting: set[int] = set()
        self._lock = threading.Lock()
        self._starting = 0

    def launch(self, task: Task) -> Job:
        """Start a task beside this server, and wait until it tells of itself.

        Its own patience ends the wait: a process that it gives up is ended, and what that told is forgotten.

        Raises
        ------
        Busy
            As many run as may; nothing was started.
        VreDmError
            It was refused before anything moved; the error is what the same call raises in a notebook.
        JobNotStarted
            Its process ended, or told nothing in time; it is stopped then.
        """
        with self._lock:
            running = self._starting + sum(job.state == "running" for job in session.jobs())
            if running >= self._most:
                msg = f"{running} jobs run already, and at most {self._most} may; wait for one, or stop one"
                raise Busy(msg, retry_after=10)
            self._starting += 1
        try:
            return _launched(task, self.starting)
        finally:
            with self._lock:
                self._starting -= 1


def _launched(task: Task, starting: set[int]) -> Job:
    began = datetime.now(UTC)
    with (
        tempfile.TemporaryFile() as order,  # no pipe: who does not read it keeps nobody waiting
        tempfile.TemporaryFile() as answer,
        tempfile.TemporaryFile() as said,
    ):
        order.write(json.dumps(task.document()).encode())
        order.seek(0)
        process = subprocess.Popen(_COMMAND, stdin=order, stdout=answer, stderr=said, start_new_session=True)
        # Somebody has to take note of its end, or it stays in the table of processes.
        threading.Thread(target=process.wait, name="vre-dm job", daemon=True).start()
        starting.add(process.pid)
        try:
            job = _told(process, began)
            if job is None or (process.poll() and _first(job) is None):
                _forget(job)
                raise _refused(task, answer, said)
        except BaseException:
            process.kill()
            process.wait()
            _forget(job_of(process.pid, began))  # it may have told of itself since the last look
            raise
        finally:
            starting.discard(process.pid)
        return job


def _forget(job: Job | None) -> None:
    if job is not None:
        job.forget()


def _told(process: subprocess.Popen[bytes], began: datetime) -> Job | None:
    """Job of a process, as soon as it goes or is over; None where the process ended without one."""
    late, settled = time.monotonic() + _PATIENCE, None
    while True:
        over = process.poll() is not None  # before the look
        job = job_of(process.pid, began)
        if over or (job is not None and _first(job) is not None):
            return job
        if job is not None:
            settled = settled or time.monotonic() + _SETTLE
            if time.monotonic() > settled:
                return job
        elif time.monotonic() > late:
            msg = f"the job told nothing for {_PATIENCE:g} s and was stopped; try again, or see vre-dm doctor"
            raise JobNotStarted(msg)
        time.sleep(_LOOK)


def _first(job: Job) -> object | None:
    """The first event of a job that could begin."""
    entries, _ = job.news(0)
    first = entries[0].event if entries else None
    return None if isinstance(first, Failed) and first.file is None else first


def _refused(task: Task, answer: IO[bytes], said: IO[bytes]) -> VreDmError:
    """The error that a process told, or its last words."""
    answer.seek(0)
    try:
        told = json.loads(answer.read())
        kind = getattr(errors, told["error"])
        if issubclass(kind, VreDmError):
            error: VreDmError = kind(told["message"])
            error.field = told["field"]
            return error
    except (ValueError, TypeError, LookupError, AttributeError):
        pass
    said.seek(max(said.seek(0, 2) - _LAST_WORDS, 0))
    words = redacted(said.read().decode(errors="replace")).strip().rpartition("\n")[2]
    why = clean(words, _SHOWN) or "it said nothing"
    return JobNotStarted(f"the process of the job on {clean(task.what)} ended: {why}; see vre-dm doctor")
