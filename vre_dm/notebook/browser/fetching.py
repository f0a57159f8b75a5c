"""What the browser's Fetch button does: DIDs one after the other, in a thread, telling how far it is."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vre_dm.errors import Declined, JobCancelled, VreDmError
from vre_dm.lake.jobs.standing import Standing, amounts
from vre_dm.lake.tables import plural
from vre_dm.lake.transfer.events import Event, Progress, Replicating
from vre_dm.notebook.progress import trouble

if TYPE_CHECKING:
    from vre_dm.lake.jobs.started import StartedJob
    from vre_dm.lake.lake import Lake

_EVERY = 0.2  # seconds between two states that are told

Tell = Callable[[dict[str, Any]], None]


class Fetching:
    """At most one run at a time.

    Parameters
    ----------
    lake
        Whose data.
    target
        Folder; the lake's cache folder when it is None.
    tell
        Takes the state: ``state`` (running, finished, cancelled, failed), ``text``, ``note``, and ``part``,
        from 0 to 1 or None.

    Attributes
    ----------
    paths
        Files of the last run that finished.
    """

    def __init__(self, lake: "Lake", target: Path | str | None, tell: Tell) -> None:
        self._lake, self._target, self._tell = lake, target, tell
        self.paths: list[Path] = []
        self._busy = threading.Lock()
        self._stopped = threading.Event()
        self._job: StartedJob | None = None

    def run(self, dids: Sequence[str]) -> None:
        """Fetch these; returns when that is over.

        Raises
        ------
        Declined
            One is running already.
        """
        if not self._busy.acquire(blocking=False):
            msg = "a fetch is running already; wait for it or stop it"
            raise Declined(msg)
        try:
            self._stopped.clear()
            self._run(dids)
        finally:
            self._job = None
            self._busy.release()

    def stop(self) -> None:
        """End the run; what arrived waits for the next one."""
        self._stopped.set()
        if (job := self._job) is not None:
            job.cancel()

    def _run(self, dids: Sequence[str]) -> None:
        paths: list[Path] = []
        try:
            for number, did in enumerate(dids, start=1):
                paths += self._one(did, f"{number} of {len(dids)}: {did}: " if len(dids) > 1 else f"{did}: ")
        except JobCancelled:
            self._say("cancelled", "stopped; fetch again to continue")
        except VreDmError as error:
            self._say("failed", " ".join(str(error).split()))
        else:
            self.paths = list(dict.fromkeys(paths))
            self._say(
                "finished", f"{plural(len(self.paths), 'file')}, verified: the browser's .paths", part=1
            )

    def _one(self, did: str, named: str) -> list[Path]:
        self._say("running", f"{named}planning …")
        self._job = self._lake.dataset(did).start_fetch(self._target)
        if self._stopped.is_set():
            self._job.cancel()
        last, note = 0.0, ""

        def hear(event: Event) -> None:
            nonlocal last, note
            note = trouble(event) or note
            if time.monotonic() - last < _EVERY:
                return
            if isinstance(event, Progress):
                part = event.bytes_done / event.bytes_total if event.bytes_total else None
                self._say("running", named + _state(event), note, part)
                last = time.monotonic()
            elif isinstance(event, Replicating):
                self._say("running", named + event.sentence, note)
                last = time.monotonic()

        return self._job.follow(hear)

    def _say(self, state: str, text: str, note: str = "", part: float | None = None) -> None:
        self._tell({"state": state, "text": text, "note": note, "part": part})


def _state(event: Progress) -> str:
    amount, rate, left = amounts(Standing("running", event, ""))
    said = (
        f"{event.files_done} of {plural(event.files_total, 'file')}",
        amount,
        rate,
        left and f"{left} to go",
    )
    return ", ".join(filter(None, said))
