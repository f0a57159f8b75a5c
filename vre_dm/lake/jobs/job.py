"""A fetch, an upload or a map as any window sees it: how it stands, followed and cancelled from there."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vre_dm.errors import Declined, FollowingStopped
from vre_dm.lake.jobs import journal
from vre_dm.lake.jobs.folder import About, Begun, JobFolder, Result
from vre_dm.lake.jobs.journal import Entry
from vre_dm.lake.jobs.remains import remains, remove, size_of
from vre_dm.lake.jobs.standing import Standing, amounts, counted_points, trouble
from vre_dm.lake.jobs.stopping import stop
from vre_dm.lake.jobs.task import MAP, Task
from vre_dm.lake.spans import stamp
from vre_dm.lake.tables import Table, Tabular, clean, plural
from vre_dm.lake.transfer.events import (
    Cancelled,
    Event,
    Failed,
    Finished,
    Listener,
    Planning,
    Progress,
    Replicating,
)

_POLL = 0.2  # seconds between two looks at whether it is over
_IN_SENTENCE = {"job", "what", "state", ""}
Show = Callable[[float], AbstractContextManager[Listener]]
"""Shows events to the user; is told for how many seconds the job runs already."""


Given = Callable[[JobFolder], Any]
"""Reads what a map gave, which is not for this room to know."""


def unseen(_: float) -> AbstractContextManager[Listener]:
    """Show nothing."""
    return nullcontext(lambda event: None)


AGAIN = "run the same again to continue"
"""What to do about a job that can continue, where nothing can be clicked."""


class Job(Tabular):
    """A job of this user, in this or another process.

    Made by `vre_dm.jobs`. Each look at it tells how it stands then.

    Parameters
    ----------
    folder
        What its process tells.
    begun
        What was written down when it began.
    later
        Later jobs of the same, the newest first.
    show
        Shows it while it is followed.
    given
        Reads what a map gave.
    """

    def __init__(
        self,
        folder: JobFolder,
        begun: Begun,
        later: "Sequence[Job]" = (),
        show: Show = unseen,
        given: Given | None = None,
    ) -> None:
        self._folder, self._begun, self._later, self._show = folder, begun, later, show
        self._given = given

    @property
    def name(self) -> str:
        """Eight characters by which commands know it."""
        return name_of(self._folder)

    @property
    def about(self) -> About:
        """What it is for; others of the same go on with it."""
        return self._begun.about

    @property
    def kind(self) -> str:
        """``fetch``, ``upload`` or ``map``."""
        return self._begun.about.kind

    @property
    def what(self) -> str:
        """The dataset."""
        return self._begun.about.what

    @property
    def to(self) -> str:
        """Folder, storage element, or the function that is mapped."""
        return self._begun.about.to

    @property
    def lake(self) -> str:
        """Name of the lake."""
        return self._begun.about.lake

    @property
    def since(self) -> datetime:
        """When it began."""
        return self._begun.at

    @property
    def process(self) -> str:
        """Which process it is of, here or on another host."""
        owner = self._begun.owner
        if owner.here and owner.pid == os.getpid():
            return f"{owner.pid} (this one)"
        return str(owner.pid) if owner.here else f"{owner.pid} on {self._begun.host}"

    @property
    def state(self) -> str:
        """``running``, ``finished``, ``failed``, ``cancelled``, or ``died`` if its process is gone."""
        return self._folder.state

    def standing(self) -> Standing:
        """Look how it stands now."""
        state, events = self._folder.state, [entry.event for entry in journal.tail(self._folder.journal)]
        progress = next((event for event in events if isinstance(event, Progress)), None)
        if progress is None and events:
            told = journal.last(self._folder.journal, Progress)
            progress = told.event if told and isinstance(told.event, Progress) else None
        retry = trouble(events) if state == "running" else ""
        return Standing(state, progress, self._remark(state, events[0] if events else None), retry)

    @property
    def sentence(self) -> str:
        """How it stands now, on one line."""
        now = self.standing()
        text = f"{self.kind} {self.name} of {self.what}: {now.state}"
        return clean(f"{text}; {now.remark}" if now.remark else text, None)

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """What happened and what happens, until it is over.

        Parameters
        ----------
        after
            ``end`` of the last entry that is known already: only what came later is told.
        """
        return self._folder.entries(after)

    def follow(self) -> "Job":
        """Show its progress as if it were of this window, until it is over; an interrupt leaves it alone.

        Raises
        ------
        FollowingStopped
            Interrupted (a ``KeyboardInterrupt``).
        """
        with self._show((datetime.now(UTC) - self.since).total_seconds()) as tell, self.left_alone():
            for event in self._from_now():
                tell(event)
        return self

    @contextmanager
    def left_alone(self) -> Iterator[None]:
        """Say to who interrupts that the job goes on.

        Raises
        ------
        FollowingStopped
            In place of a ``KeyboardInterrupt``.
        """
        try:
            yield
        except KeyboardInterrupt as interrupt:
            name = self.name
            msg = f"the {self.kind} {name} of {self.what} goes on; vre-dm jobs cancel {name} ends it"
            raise FollowingStopped(clean(msg, None)) from interrupt

    def news(self, after: int) -> tuple[list[Entry], bool]:
        """What happened since ``after``, which is an ``end``, without waiting; and whether that was all."""
        return self._folder.news(after)

    @property
    def result(self) -> Result:
        """What it gave: files that are whole, and what is known of those that could not be had."""
        return self._folder.result

    def outcome(self) -> Any:
        """Read what a map gave: `vre_dm.compute.run.outcome.Outcome`, with the value and where it came from.

        Raises
        ------
        Declined
            It is no map.
        RunFailed, JobCancelled, …
            It is not over, or ended without a result: the error that ended it.
        """
        if self.kind != MAP or self._given is None:
            msg = f"{self.kind} {self.name} of {self.what} gives files, no value; result.paths has them"
            raise Declined(clean(msg, None))
        return self._given(self._folder)

    @property
    def paused(self) -> bool:
        """Whether who stopped it means to go on."""
        return self._folder.paused and self.state in {"cancelled", "died"}

    @property
    def can(self) -> list[str]:
        """What can be done with it now: ``cancel``, ``pause``; ``continue``, ``delete``."""
        state = self.state
        if state == "running":
            return [] if self._folder.cancelled else ["cancel", "pause"]
        done = state == "finished" or any(job.state in {"running", "finished"} for job in self._later)
        return ["delete"] if done or self._folder.task is None else ["continue", "delete"]

    def again(self) -> Task:
        """Give what starts the same again.

        Raises
        ------
        Declined
            It runs or is finished, another goes on with it, or what it was asked for is not known.
        """
        task = self._folder.task
        if "continue" in self.can and task is not None:
            return task
        why = "it was begun by an earlier version, which did not write down how"
        if task is not None:
            over = self.state in {"running", "finished"}
            why = f"it is {self.state}" if over else self._became()
        msg = f"{self.kind} {self.name} of {self.what} cannot go on: {why}"
        raise Declined(clean(msg, None))

    @property
    def kept(self) -> int:
        """Bytes on this disk of files that are not whole, which the next run goes on with."""
        return size_of(self._remains())

    def forget(self, *, free: bool = False) -> None:
        """Remove it from the list; files that it gave stay.

        Parameters
        ----------
        free
            Remove also what waits for the next run: the parts of files that are not whole.

        Raises
        ------
        Declined
            It runs.
        """
        if self.state == "running":
            msg = f"{self.kind} {self.name} of {self.what} runs; stop it first"
            raise Declined(clean(msg, None))
        if free:
            remove(self._remains())
        self._folder.remove()

    def cancel(self, wait: float = 10.0, *, pause: bool = False) -> bool:
        """Ask it to stop, whatever window it is of; it looks twice a second. Harmless if it is over.

        The process of a map that does not answer within five seconds is killed; finished chunks are kept.

        Parameters
        ----------
        wait
            Seconds to wait for the end at most.
        pause
            Remember that it is to go on later.

        Returns
        -------
        bool
            Whether it is over.

        Raises
        ------
        NotWritable
            The disk does not take the request.
        """
        if self.state == "running":
            stop(self._folder, pause=pause)
        return self.wait(wait)

    def wait(self, timeout: float) -> bool:
        """Wait for the end, at most so many seconds; says whether it is over."""
        end = time.monotonic() + timeout
        while self.state == "running" and time.monotonic() < end:
            time.sleep(_POLL)
        return self.state != "running"

    def document(self) -> dict[str, Any]:
        """How it stands, as plain JSON."""
        now = self.standing()
        progress, moving = now.progress, now.moving
        return {
            "job": self.name,
            **{key: getattr(self, key) for key in ("kind", "what", "to", "lake")},
            "state": now.state,
            "bytes_done": progress.bytes_done if progress else 0,
            "bytes_total": progress.bytes_total if progress else None,
            "files_done": progress.files_done if progress else 0,
            "files_total": progress.files_total if progress else None,
            "points": counted_points(progress),
            "rate": moving.rate if moving else None,
            "remaining": moving.remaining if moving else None,
            "since": stamp(self.since),
            "pid": self._begun.owner.pid,
            "host": self._begun.host,
            "remark": now.remark,
            "retry": now.retry,
            "paused": self.paused,
            "can": self.can,
        }

    def table(self) -> Table:
        """What it does and how it stands."""
        cells = {"lake": self.lake, **self.cells()}
        rows = [(head, cell) for head, cell in cells.items() if cell and head not in _IN_SENTENCE]
        return Table(self.sentence, ("", ""), rows, AGAIN if "continue" in self.can else "", widest=300)

    def cells(self) -> dict[str, object]:
        """What a table says of it, by the heads of the columns; empty where there is nothing to say."""
        now = self.standing()
        amount, rate, left = amounts(now)
        return {
            "job": self.name,
            "what": f"{self.kind} {self.what}",
            "to": self.to,
            "state": now.state,
            "bytes": amount,
            "rate": rate,
            "left": left,
            "since (UTC)": self.since,
            "process": self.process if now.state == "running" else "",
            "": now.remark,
        }

    def _from_now(self) -> Iterator[Event]:
        """The state that was told last, and what comes after it."""
        told = journal.last(self._folder.journal, Progress)
        if told is not None:
            yield told.event
        yield from (entry.event for entry in self.entries(told.end if told else 0))

    def _remains(self) -> Iterator[Path]:
        """Parts of its files; none where all are whole or they are in use, or not on this disk."""
        root, busy = Path(self.to), any(job.state == "running" for job in (self, *self._later))
        if self.kind == "fetch" and root.is_absolute() and self.state != "finished" and not busy:
            yield from remains(self._folder.journal, root)

    def _remark(self, state: str, event: Event | None) -> str:
        became = self._became()
        kept = became or ("finished chunks are kept" if self.kind == MAP else "what arrived is kept")
        if state == "running" and self._folder.cancelled:
            return "was asked to stop"
        if isinstance(event, Finished) and event.failed:
            missing = f"{event.failed} of {plural(event.failed + event.files, 'file')} could not be had"
            return f"{missing}; {became}" if became else missing
        if (
            self.kind == "fetch"
            and isinstance(event, Cancelled)
            and 0 < event.files_done == event.files_total
        ):
            return "all files are complete"  # of an upload nothing is registered yet
        if isinstance(event, Failed) and event.file is None:
            return "; ".join(cause for _, cause in event.causes)
        if state == "died":
            return f"its process is gone; {kept}"
        if isinstance(event, Replicating):
            return event.sentence
        if state == "running" and isinstance(event, Planning):
            return "its files are looked at before the first chunk"
        if state == "cancelled":
            return f"paused; {kept}" if self._folder.paused else kept
        return ""

    def _became(self) -> str:
        """Which later job of the same goes on with it or has finished it; empty where none does."""
        states = {job.state: job.name for job in reversed(self._later)}  # of each state the newest
        if "running" in states:
            return f"{states['running']} goes on with it"
        return f"finished by {states['finished']}" if "finished" in states else ""


def name_of(folder: JobFolder) -> str:
    """The part of a folder's name by which its job is called."""
    return folder.path.name.rpartition("-")[2]
