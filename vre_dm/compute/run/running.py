"""A map as its user holds it: followed, waited for, stopped; and read by whoever finds it later."""

import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from vre_dm.compute.run.folder import RunFolder, read
from vre_dm.compute.run.outcome import Outcome
from vre_dm.errors import Declined, JobCancelled, NothingProcessed, RunFailed
from vre_dm.lake.jobs.folder import JobFolder
from vre_dm.lake.jobs.job import name_of
from vre_dm.lake.jobs.stopping import stop
from vre_dm.lake.tables import clean
from vre_dm.lake.transfer.events import Event, Listener

_LOOK = 0.05  # seconds between two looks at what its process tells
_FAREWELL = 0.5  # seconds an interrupted caller waits for the end
_DOUBT = 0.4  # seconds after an interrupt in which the end of a kernel is told


class RunningMap:
    """A map in its own process, which goes on when this one ends.

    Made by `vre_dm.start_map`.

    Parameters
    ----------
    folder
        Folder of its job.
    """

    def __init__(self, folder: JobFolder) -> None:
        self._folder = folder

    def __repr__(self) -> str:
        return f"<{_said(self._folder)}: {self.state}>"

    @property
    def name(self) -> str:
        """Eight characters by which `vre_dm.jobs` and ``vre-dm jobs`` know it."""
        return name_of(self._folder)

    @property
    def state(self) -> str:
        """``running``, ``finished``, ``failed``, ``cancelled``, or ``died`` if its process is gone."""
        return self._folder.state

    @property
    def log(self) -> str:
        """What the function printed."""
        try:
            return RunFolder(self._folder).log.read_text(errors="replace")
        except OSError:
            return ""

    def events(self) -> Iterator[Event]:
        """Events from the start, as they come, until the end; may be called more than once."""
        return (entry.event for entry in self._folder.entries(wait=lambda: time.sleep(_LOOK)))

    def cancel(self) -> None:
        """Stop it, with the chunks that run; those that are done are kept for the next run of the same."""
        stop(self._folder)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end, at most so many seconds; says whether it is over."""
        end = None if timeout is None else time.monotonic() + timeout
        while self.state == "running":
            if end is not None and time.monotonic() >= end:
                return False
            time.sleep(_LOOK)
        return True

    def outcome(self, timeout: float | None = None) -> Outcome:
        """Value and provenance, once it is over.

        Raises
        ------
        TimeoutError
            It is not over after so many seconds; it goes on.
        ChunkFailed, RunFailed, JobCancelled, …
            What ended it.
        """
        if not self.wait(timeout):
            msg = f"the {_said(self._folder)} is not over after {timeout:g} s; it goes on"
            raise TimeoutError(msg)
        return outcome_of(self._folder)

    def result(self, timeout: float | None = None) -> Any:
        """Give the merged value, once it is over; raises as `outcome`.

        Warns
        -----
        NothingProcessed
            The function saw no entry.
        """
        found = self.outcome(timeout)
        if found.entries == 0:
            msg = f"{found.function} saw no entry of {found.what}: the result is of nothing"
            warnings.warn(msg, NothingProcessed, stacklevel=2)
        return found.value

    def follow(self, listener: Listener, leaving: Callable[[], bool] | None = None) -> Any:
        """Tell the events, until the end, and give the merged value; an interrupt cancels the map.

        Whatever else ends the caller leaves the map alone: `vre_dm.jobs` finds it.

        Parameters
        ----------
        leaving
            Whether this process is about to end, for a kernel: one that is to restart is interrupted first,
            and that is no wish of the user's. It may take a moment until this is known.

        Raises
        ------
        JobCancelled
            Interrupted; within a second.
        KeyboardInterrupt
            Interrupted by the end of the process; the map goes on.
        ChunkFailed, RunFailed, …
            As `outcome`.
        """
        try:
            for event in self.events():
                listener(event)
        except KeyboardInterrupt as interrupt:
            if leaving is not None and _soon(leaving):
                raise
            self.cancel()
            raise self._farewell(over=self.wait(_FAREWELL)) from interrupt
        return self.result()

    def _farewell(self, *, over: bool) -> JobCancelled:
        error = read(RunFolder(self._folder).error) if over else None
        if isinstance(error, JobCancelled):
            return error
        return JobCancelled(f"the {_said(self._folder)} is being stopped; run it again to continue")


def _soon(leaving: Callable[[], bool]) -> bool:
    end = time.monotonic() + _DOUBT
    while not (left := leaving()) and time.monotonic() < end:
        time.sleep(_LOOK)
    return left


def outcome_of(folder: JobFolder) -> Outcome:
    """Read what a map gave, in whatever process it ran.

    Raises
    ------
    Declined
        It runs yet.
    RunFailed
        Its process is gone, or what it gave was damaged, or is not kept any more.
    ChunkFailed, JobCancelled, …
        What ended it.
    """
    run, said, state = RunFolder(folder), _said(folder), folder.state
    if state == "running":
        msg = f"the {said} is not over yet; vre-dm jobs follow {name_of(folder)} shows it"
        raise Declined(msg)
    found, error = read(run.outcome), read(run.error)
    if state in {"finished", "cancelled", "died"} and isinstance(found, Outcome):
        return found  # also of one that was killed before it could say so: it is written as a whole
    if isinstance(error, BaseException):
        raise error
    if state == "cancelled":
        msg = f"the {said} did not stop when it was asked to, and was killed; run it again to continue"
        raise JobCancelled(msg)
    if folder.begun is None:
        msg = f"the map {name_of(folder)} is not kept any more: forgotten, or a week old; run it again"
        raise RunFailed(msg)
    if state == "died":
        words = _last_words(run)
        msg = f"the process of the {said} is gone, killed or out of memory{words}; run it again to continue"
        raise RunFailed(msg)
    why = "damaged, or of a package that is missing"
    msg = f"the {said} is {state}, and what it gave cannot be read here ({why}); run it again"
    raise RunFailed(msg)


def _last_words(run: RunFolder) -> str:
    try:
        lines = run.log.read_text(errors="replace").strip().splitlines()
    except OSError:
        lines = []
    return f" (last words: {clean(lines[-1], 200)})" if lines else ""


def _said(folder: JobFolder) -> str:
    begun = folder.begun
    return clean(f"map of {begun.about.to} over {begun.about.what}", None) if begun else "map"
