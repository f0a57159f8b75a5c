"""A job as a process of its own: it outlives this server, and tells of itself in its folder as any other."""

import json
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from typing import IO

from vre_dm import errors
from vre_dm.errors import JobNotStarted, VreDmError
from vre_dm.lake.jobs.job import Job
from vre_dm.lake.jobs.task import Task
from vre_dm.lake.tables import clean
from vre_dm.lake.tokens.redaction import redacted
from vre_dm.lake.transfer.events import Failed
from vre_dm.session import job_of

_COMMAND = (sys.executable, "-P", "-m", "vre_dm.cli.task")  # -P: no file of the current folder is imported
_PATIENCE = 25.0  # seconds for a process to tell of its job
_SETTLE = 10.0  # seconds in which what cannot begin is refused; after them it is a job that failed
_LOOK = 0.05  # seconds between two looks
_LAST_WORDS = 2000  # bytes of what a process wrote before it died
_SHOWN = 300


def launch(task: Task) -> Job:
    """Start a task beside this server, and wait until it tells of itself.

    Raises
    ------
    VreDmError
        It was refused before anything moved; the error is what the same call raises in a notebook.
    JobNotStarted
        Its process ended, or told nothing in time; it is stopped then.
    """
    began = datetime.now(UTC)
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as said:
        process = _started(task, answer, said)
        try:
            job = _told(process, began)
        except BaseException:
            process.kill()
            raise
        if job is None or (process.poll() and _first(job) is None):
            if job is not None:
                job.forget()
            raise _refused(task, answer, said)
        return job


def _started(task: Task, answer: IO[bytes], said: IO[bytes]) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        _COMMAND, stdin=subprocess.PIPE, stdout=answer, stderr=said, start_new_session=True
    )
    # Somebody has to take note of its end, or it stays in the table of processes.
    threading.Thread(target=process.wait, name="vre-dm job", daemon=True).start()
    if process.stdin is not None:
        try:
            with process.stdin as stream:
                stream.write(json.dumps(task.document()).encode())
        except BrokenPipeError:
            pass  # it died at once: its last words say why
    return process


def _told(process: subprocess.Popen[bytes], began: datetime) -> Job | None:
    """Job of a process, as soon as it goes or is over; None where the process ended without one."""
    late, settled = time.monotonic() + _PATIENCE, None
    while time.monotonic() < late:
        over = process.poll() is not None  # before the look
        job = job_of(process.pid, began)
        if over or (job is not None and _first(job) is not None):
            return job
        if job is not None:
            settled = settled or time.monotonic() + _SETTLE
            if time.monotonic() > settled:
                return job
        time.sleep(_LOOK)
    msg = f"the job told nothing for {_PATIENCE:g} s and was stopped; try again, or see vre-dm doctor"
    raise JobNotStarted(msg)


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
            return error
    except (ValueError, TypeError, LookupError, AttributeError):
        pass
    said.seek(max(said.seek(0, 2) - _LAST_WORDS, 0))
    words = redacted(said.read().decode(errors="replace")).strip().rpartition("\n")[2]
    why = clean(words, _SHOWN) or "it said nothing"
    return JobNotStarted(f"the process of the job on {clean(task.what)} ended: {why}; see vre-dm doctor")
