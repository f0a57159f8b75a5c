"""How a job stands at one moment, from the last events that it told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from vre_dm.did import Did
from vre_dm.lake.spans import rough
from vre_dm.lake.tables import clean, size_text
from vre_dm.lake.transfer.events import (
    ChunkTrouble,
    Computing,
    Event,
    Placed,
    Planning,
    Progress,
    Retrying,
    SourceChanged,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a job stands at one moment.

    Attributes
    ----------
    state
        ``running``, ``finished``, ``failed``, ``cancelled`` or ``died``.
    progress
        The last state that it told; None where it did not come so far.
    remark
        Why it waits or failed, and what became of it; empty where there is nothing to say.
    retry
        Why the file that came last into trouble is asked for again, or elsewhere; empty where none is.
    """

    state: str
    progress: Progress | None
    remark: str
    retry: str = ""

    @property
    def moving(self) -> Progress | None:
        """The progress, as long as its rate means something."""
        return self.progress if self.state == "running" else None


def trouble(events: Iterable[Event]) -> str:
    """Of events, the newest first: what became of the last source that failed, unless its file came."""
    whole: set[Did] = set()
    for event in events:
        if isinstance(event, ChunkTrouble):
            return clean(f"{event.cause}; {'again' if event.again else 'left out'}", 300)
        if isinstance(event, Placed):
            whole.add(event.file)
        elif isinstance(event, Retrying | SourceChanged) and event.file not in whole:
            if isinstance(event, SourceChanged):
                return clean(f"{event.file} goes on from {event.source}: {event.cause}", 300)
            soon = f"again in {event.wait:.0f} s" if event.wait else "again"
            return clean(f"{event.file} from {event.source}: {event.cause}; {soon}", 300)
    return ""


def amounts(now: Standing) -> tuple[str, str, str]:
    """Bytes, points or files looked at, rate and remaining time in words, empty where they are not known."""
    if now.progress is None:
        return "", "", ""
    amount, rate = _files(now.progress) or _points(now.progress) or _bytes(now.progress)
    if now.moving is None:
        return amount, "", ""
    left = "" if now.moving.remaining is None else rough(timedelta(seconds=now.moving.remaining))
    return amount, rate, left


def _bytes(progress: Progress) -> tuple[str, str]:
    done, total = progress.bytes_done, progress.bytes_total
    amount = size_text(done) if total is None or total == done else f"{size_text(done)} of {size_text(total)}"
    return amount, f"{size_text(progress.rate)}/s"


def _files(progress: Progress) -> tuple[str, str] | None:
    if not isinstance(progress, Planning):
        return None
    return f"{progress.files_done} of {progress.files_total} files", ""


def _points(progress: Progress) -> tuple[str, str] | None:
    counted = counted_points(progress)
    if counted is None or not isinstance(progress, Computing):
        return None
    done, total = counted
    amount = f"{done} points" if done == total else f"{done} of {total} points"
    return amount, f"{progress.speed:.3g}/s"


def counted_points(progress: Progress | None) -> list[int] | None:
    """Points that a scan has done, and all of them; of what reads files None."""
    if not isinstance(progress, Computing) or progress.unit != "points":
        return None
    return [progress.entries_done, progress.entries_total]
