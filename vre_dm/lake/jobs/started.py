"""A job of this process, in a thread beside its caller: followed, waited for, cancelled, seen by others."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from pathlib import Path

from vre_dm.errors import FetchError, JobCancelled, NotWritable
from vre_dm.lake.jobs.feed import Feed
from vre_dm.lake.jobs.folder import About, JobFolder, Result, begin, state_after, untold
from vre_dm.lake.jobs.journal import Journal
from vre_dm.lake.jobs.task import Task
from vre_dm.lake.tables import clean
from vre_dm.lake.transfer.events import Cancelled, Event, Failed, Listener, is_last
from vre_dm.lake.transfer.report import Report

_FAREWELL = 0.95  # seconds an interrupted caller waits for the end; an interrupt is to be over in one
_LOOK = 0.5  # seconds between two looks at whether another process asked for the end
_BEAT = 30.0  # seconds between two signs of life

Work = Callable[[Listener, threading.Event], list[Path]]


class StartedJob:
    """A fetch, an upload or a map, started by `vre_dm.lake.dataset.Dataset.start_fetch` and the like.

    Parameters
    ----------
    work
        Does it: tells events to a listener, and ends soon after its stop is set.
    about
        What it is for.
    root
        Where other processes look for jobs; None where none shall see it. Or the folder of a job that another
        process began for this one.
    task
        What starts the same again.
    must_tell
        Whether it may not run where the disk lets nobody see it.

    Raises
    ------
    NotWritable
        It must tell of itself, and cannot; nothing was begun.
    """

    def __init__(
        self,
        work: Work,
        about: About,
        root: Path | JobFolder | None,
        task: Task | None = None,
        *,
        must_tell: bool = False,
    ) -> None:
        self._work, self._about = work, about
        # Of one that was begun for this process its end is seen anyway, and what it has done lies there.
        self._alone = isinstance(root, JobFolder)
        self._feed = Feed()
        self._folder, self._journal = _told_in(root, about, task, must_tell=must_tell)
        self._stop = threading.Event()
        self._last: Event | None = None
        self._future: Future[list[Path]] = Future()
        # daemons: a look-up that hangs must not keep the interpreter; the next run continues
        try:
            threading.Thread(target=self._run, name=about.kind, daemon=True).start()
            if self._folder is not None:
                threading.Thread(target=self._heed, args=(self._folder,), daemon=True).start()
        except BaseException:  # interrupted: nobody would have the job to stop it
            self.cancel()
            raise

    def __repr__(self) -> str:
        return f"<{self._about.kind} of {clean(self._about.what)}: {self.state}>"

    @property
    def state(self) -> str:
        """``running``, ``finished``, ``failed`` (some files or all) or ``cancelled``."""
        return state_after(self._last) or "running"

    def events(self) -> Iterator[Event]:
        """Events from the start, as they come, until the end; may be called more than once."""
        return self._feed.follow()

    def cancel(self) -> None:
        """Stop it; nothing partial stays at a final name, and the next run goes on where this one was."""
        self._stop.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end, at most so many seconds; says whether it is over."""
        return bool(wait([self._future], timeout).done)

    def result(self, timeout: float | None = None) -> list[Path]:
        """Paths of the files, one a file, once all are in place.

        Raises
        ------
        JobCancelled
            It was stopped, here or from another process.
        TimeoutError
            It is not over after so many seconds; it goes on.
        FetchError, NoSpace, NotWritable, NotInLake, …
            As `vre_dm.lake.dataset.Dataset.fetch`.
        """
        return self._future.result(timeout)

    def follow(self, listener: Listener) -> list[Path]:
        """Tell the events, from the calling thread, until the end; an interrupt cancels the job.

        Raises
        ------
        JobCancelled
            Interrupted; within a second.
        FetchError, NoSpace, NotWritable, NotInLake, …
            As `result`.
        """
        told: Event | None = None
        try:
            for told in self.events():
                listener(told)
        except KeyboardInterrupt as interrupt:
            self.cancel()
            farewell = self._farewell()
            if self._last is not None and told is not self._last:
                listener(self._last)
            raise farewell from interrupt
        except BaseException:
            self.cancel()
            self.wait(_FAREWELL)
            raise
        return self.result()

    def _farewell(self) -> JobCancelled:
        error = self._future.exception() if self.wait(_FAREWELL) else None
        if isinstance(error, JobCancelled):
            return error
        return JobCancelled(f"{self._about.kind} stopped; run it again to continue")

    def _run(self) -> None:
        try:
            paths = self._work(self._hear, self._stop)
        except BaseException as error:  # carried to who asks for the result
            if self._last is None:
                stopped = isinstance(error, JobCancelled)
                self._hear(Cancelled(0, 0) if stopped else Failed(None, (("", str(error)),)))
            self._end(_result(error))
            self._future.set_exception(error)
        else:
            self._end(Result(tuple(paths)))
            self._future.set_result(paths)

    def _end(self, result: Result) -> None:
        """Tell the last event to other processes once all that belongs to it can be read."""
        if self._folder is not None:
            self._folder.keep(result)
        if self._journal is not None and self._last is not None:
            self._journal.append(self._last)
        told = self._journal is None or self._journal.close()
        if self._folder is not None and not told and not self._alone:
            self._folder.remove()  # its end could not be written: it would seem to run for ever
        self._feed.close()

    def _hear(self, event: Event) -> None:
        self._feed.put(event)
        if is_last(event):
            self._last = event
        elif self._journal is not None:
            self._journal.append(event)

    def _heed(self, folder: JobFolder) -> None:
        """Stop the job when another process asks for it; tell others that it lives."""
        due = 0.0
        while not self.wait(_LOOK):
            asked = folder.cancelled
            if asked:
                self.cancel()
            if asked or time.monotonic() >= due:
                folder.show_life()
                due = time.monotonic() + _BEAT


def _told_in(
    root: Path | JobFolder | None, about: About, task: Task | None, *, must_tell: bool
) -> tuple[JobFolder | None, Journal | None]:
    """Folder and journal of a new job; none where the disk refuses, and that may be."""
    if root is None:
        return None, None
    try:
        folder = root if isinstance(root, JobFolder) else begin(root, about, time.time(), task)
        try:
            return folder, Journal(folder.journal, time.time)
        except OSError as error:
            folder.remove()
            raise untold(folder.path.parent, error) from error
    except NotWritable as error:
        if must_tell:
            error.field = "XDG_STATE_HOME"  # no folder that was asked for
            raise
        return None, None


def _result(error: BaseException) -> Result:
    """What a job gave that could not give all."""
    if not isinstance(error, FetchError):
        return Result()
    rows = error.report.rows() if isinstance(error.report, Report) else []
    return Result(error.placed, tuple(rows))
