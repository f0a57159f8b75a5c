"""Folders of jobs, running and over: how one process finds, reads and stops another's."""

import json
import os
import re
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vre_dm import strict_json
from vre_dm.errors import NotWritable
from vre_dm.lake.jobs import journal
from vre_dm.lake.jobs.journal import Entry
from vre_dm.lake.jobs.task import Task
from vre_dm.lake.transfer.events import Cancelled, Event, Failed, Finished
from vre_dm.lake.transfer.owner import Owner, myself, process
from vre_dm.private import make_private, open_to_others

WEEK = 7 * 24 * 3600.0
MOST = 50
"""Folders of jobs that are over go after a week, and of fetches and uploads all but so many."""
_SILENT = 120.0  # seconds without a sign of life after which a job of another machine is gone
_POLL = 0.2  # seconds between two looks at another process's journal
_NAME = re.compile(r"\d{8}T\d{6}(\d{6})?-[0-9a-f]{8}")  # earlier versions told the second, and no more
_ELSEWHERE = "make room there, or name another folder with XDG_STATE_HOME"
_ABOUT, _TASK, _RESULT, _PAUSED = "job.json", "task.json", "result.json", "paused"
RUN = "run"
"""Folder in that of a map, for what its process keeps: the function, chunks that are done, what it gave."""
_FILES = ("cancel", _PAUSED, "events.jsonl", "job.json.new", _TASK, f"{_RESULT}.new", _RESULT, _ABOUT)


@dataclass(frozen=True, slots=True)
class About:
    """What a job is for; a later job of the same continues one that did not come to its end.

    Attributes
    ----------
    kind
        ``fetch``, ``upload`` or ``map``.
    what, to
        The dataset, and the folder, the storage element or the function.
    lake
        Name of the lake.
    chosen
        What was chosen of the dataset, such as ``(("files", "*.root"),)``.
    """

    kind: str
    what: str
    to: str
    lake: str
    chosen: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    """What was written down when a job began: its purpose, its process on its host, and when."""

    about: About
    owner: Owner
    host: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """What a job gave.

    Attributes
    ----------
    paths
        Files that are whole.
    report
        Of files that could not be had: each cause with who can act and the next step.
    """

    paths: tuple[Path, ...] = ()
    report: tuple[Mapping[str, str], ...] = ()


class JobFolder:
    """What one job tells other processes.

    Attributes
    ----------
    path
        The folder; its name is the job's.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def begun(self) -> Begun | None:
        """What the job is and whose; None where that cannot be read."""
        try:
            return _begun(strict_json.loads((self.path / _ABOUT).read_bytes()))
        except (OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError):
            return None

    @property
    def task(self) -> Task | None:
        """What starts the same again; None where that was not written down."""
        try:
            return Task.read(strict_json.loads((self.path / _TASK).read_bytes()))
        except (OSError, ValueError, RecursionError):
            return None

    @property
    def result(self) -> Result:
        """What it gave; nothing before it is over."""
        try:
            said = strict_json.loads((self.path / _RESULT).read_bytes())
            return Result(tuple(map(Path, said["paths"])), tuple(map(dict, said["report"])))
        except (OSError, ValueError, TypeError, LookupError, RecursionError):
            return Result()

    def remember(self, task: Task) -> None:
        """Write down what starts the same again."""
        (self.path / _TASK).write_text(json.dumps(task.document()))

    def give(self, pid: int) -> None:
        """Make it the job of another process of this machine, which goes on with what this one began."""
        begun, owner = self.begun, process(pid)
        if begun is not None and begun.owner != owner:
            with suppress(FileNotFoundError):  # that one says the same of itself at this moment
                _describe(self.path, begun.about, begun.at.timestamp(), owner)

    def keep(self, result: Result) -> None:
        """Write down what it gave; a disk that refuses costs nobody the files."""
        draft = self.path / f"{_RESULT}.new"
        said = {"paths": [str(path) for path in result.paths], "report": result.report}
        with suppress(OSError):
            draft.write_text(json.dumps(said))
            draft.replace(self.path / _RESULT)

    @property
    def journal(self) -> Path:
        """File of the events."""
        return self.path / "events.jsonl"

    @property
    def state(self) -> str:
        """``running``, ``finished``, ``failed``, ``cancelled``, or ``died`` if its process is gone.

        One whose process is gone after somebody asked for the end is ``cancelled``, too.
        """
        gone = self.gone  # before the look: its last words may come in between
        newest = journal.last(self.journal)
        if told := state_after(newest and newest.event):
            return told
        if not gone:
            return "running"
        return "cancelled" if self.cancelled else "died"

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked for the end."""
        return (self.path / "cancel").exists()

    @property
    def heard(self) -> bool:
        """Whether its process gave a sign of life since somebody asked for the end."""
        try:
            return (self.path / _ABOUT).stat().st_mtime_ns > (self.path / "cancel").stat().st_mtime_ns
        except OSError:
            return False

    @property
    def paused(self) -> bool:
        """Whether who asked for the end means to go on with it."""
        return (self.path / _PAUSED).exists()

    def cancel(self, *, pause: bool = False) -> None:
        """Ask for the end; the job looks twice a second. Harmless if it is over.

        Parameters
        ----------
        pause
            Remember that it is to go on later.

        Raises
        ------
        NotWritable
            The disk does not take the request.
        """
        try:
            if pause:
                (self.path / _PAUSED).touch(mode=0o600)
            else:
                (self.path / _PAUSED).unlink(missing_ok=True)
            (self.path / "cancel").touch(mode=0o600)
        except (FileNotFoundError, NotADirectoryError):
            pass  # it was over long ago
        except OSError as error:
            msg = f"cannot ask the job {self.path.name} to stop: {error.strerror} in {self.path}"
            raise NotWritable(msg) from error

    def show_life(self) -> None:
        """Tell that the job goes on: who asked for its end, machines that cannot look at our processes."""
        with suppress(OSError):
            os.utime(self.path / _ABOUT)

    def entries(
        self, after: int = 0, wait: Callable[[], object] = lambda: time.sleep(_POLL)
    ) -> Iterator[Entry]:
        """Entries of the journal as they come, until the job is over or its process gone.

        Parameters
        ----------
        after
            `Entry.end` of the last one that is known already.
        """
        return journal.follow(self.journal, lambda: self.gone, wait, after)

    def news(self, after: int) -> tuple[list[Entry], bool]:
        """Entries that were written since ``after``, and whether nothing can come after them."""
        return journal.news(self.journal, lambda: self.gone, after)

    def remove(self) -> None:
        """Remove the files that we put there, one by one: nothing else can be lost."""
        with suppress(OSError):  # another process removes it too, or it holds what is not ours
            for name in _FILES:
                (self.path / name).unlink(missing_ok=True)
            if (self.path / RUN).is_dir():
                for path in (self.path / RUN).iterdir():
                    path.unlink()
                (self.path / RUN).rmdir()
            self.path.rmdir()

    @property
    def gone(self) -> bool:
        """Whether its process is no more, as far as can be known."""
        begun = self.begun
        if begun is None or begun.owner.ended:
            return True
        if begun.owner.here:
            return False
        try:
            return time.time() - (self.path / _ABOUT).stat().st_mtime > _SILENT
        except OSError:
            return True


def state_after(event: Event | None) -> str | None:
    """State of a job whose last event this is; None while it may go on."""
    if isinstance(event, Finished):
        return "failed" if event.failed else "finished"
    if isinstance(event, Cancelled):
        return "cancelled"
    return "failed" if isinstance(event, Failed) and event.file is None else None


def begin(root: Path, about: About, now: float, task: Task | None = None) -> JobFolder:
    """Make the folder of a job of this process, and remove old ones.

    Raises
    ------
    NotWritable
        The disk refuses, or the folder is another user's to change.
    """
    name = f"{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    folder = JobFolder(root / name)
    try:
        make_private(root, _ELSEWHERE)
        clean(root, now)
        folder.path.mkdir(mode=0o700)
        if task is not None:
            folder.remember(task)
        _describe(folder.path, about, now, myself())
    except OSError as error:
        folder.remove()
        raise untold(root, error) from error
    return folder


def _describe(path: Path, about: About, at: float, owner: Owner) -> None:
    """Write down what a job is for, and whose it is."""
    begun = {"owner": str(owner), "host": socket.gethostname(), "at": at, "about": asdict(about)}
    draft = path / "job.json.new"
    draft.write_text(json.dumps(begun))
    draft.replace(path / _ABOUT)


def untold(root: Path, error: OSError) -> NotWritable:
    """Say that no job can tell of itself, and where."""
    return NotWritable(f"no job can tell of itself in {root}: {error.strerror}; {_ELSEWHERE}")


def folders(root: Path) -> list[JobFolder]:
    """Folders of this user's jobs, the newest first; none where another user could have put them there."""
    try:
        if open_to_others(root) is not None:
            return []
        with os.scandir(root) as entries:
            names = [e.name for e in entries if _NAME.fullmatch(e.name) and e.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return [JobFolder(root / name) for name in sorted(names, reverse=True)]


def clean(root: Path, now: float) -> None:
    """Remove folders of jobs that began a week ago, and of those without a run all but the newest fifty.

    Never a running one. What a map gave lies in its folder alone, and waits for whoever began it.
    """
    others = 0
    for job in folders(root):
        holds_run = (job.path / RUN).is_dir()
        others += not holds_run
        try:
            old = now - job.path.stat().st_mtime > WEEK
        except OSError:
            continue
        if (old or (others > MOST and not holds_run)) and job.state != "running":
            job.remove()


def _begun(said: Any) -> Begun:
    """Read what `begin` wrote; anything else is an error of one kind or another."""
    names = [each.name for each in fields(About) if each.name != "chosen"]
    texts = {name: said["about"][name] for name in names}
    chosen = tuple((name, value) for name, value in said["about"]["chosen"])
    owner = Owner.parse(said["owner"].encode())
    every = [said["host"], *texts.values(), *(text for pair in chosen for text in pair)]
    if owner is None or not all(isinstance(text, str) for text in every):
        msg = "no description of a job"
        raise ValueError(msg)
    return Begun(About(**texts, chosen=chosen), owner, said["host"], datetime.fromtimestamp(said["at"], UTC))
