"""One line that follows a job: rewritten in a terminal, updated below a cell, silent in a log."""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TextIO

from vre_dm.errors import FollowingStopped
from vre_dm.lake.jobs.folder import state_after
from vre_dm.lake.tables import clean, plural, size_text
from vre_dm.lake.transfer.events import (
    ChunkTrouble,
    Computing,
    Event,
    Listener,
    Planned,
    Planning,
    Progress,
    Replicating,
    Retrying,
    SourceChanged,
)

_BAR = 60  # columns of a bar in a notebook
_ENDS = {"finished": "verified in", "failed": "failed in", "cancelled": "stopped in"}
_SHORTEST = 0.4  # seconds: a fetch that is over sooner needs no bar


def line(event: Progress, elapsed: float, width: int) -> str:
    """Say the state in one line of text.

    Parameters
    ----------
    elapsed
        Seconds since the start.
    width
        Columns to fill.
    """
    from tqdm import tqdm  # 20 ms that loading the magics need not pay

    if isinstance(event, Computing):
        return str(
            tqdm.format_meter(
                event.entries_done,
                event.entries_total,
                elapsed,
                ncols=width,
                prefix=f"{event.chunks_done}/{event.chunks_total} chunks",
                unit=f" {event.unit}",
                unit_scale=True,
                rate=event.speed,
                postfix=f"{size_text(event.rate)}/s" if event.rate else None,
            )
        )
    if isinstance(event, Planning):
        return str(
            tqdm.format_meter(
                event.files_done,
                event.files_total,
                elapsed,
                ncols=width,
                prefix="looking at files",
                unit=" files",
                rate=(event.files_total - event.files_done) / event.remaining if event.remaining else 0,
            )
        )
    return str(
        tqdm.format_meter(
            event.bytes_done,
            event.bytes_total or 0,  # tqdm's word for unknown
            elapsed,
            ncols=width,
            prefix=f"{event.files_done}/{event.files_total} files",
            unit="B",
            unit_scale=True,
            rate=event.rate,  # 0 shows as unknown; None would count what was here before as speed
        )
    )


def trouble(event: Event) -> str:
    """Say in one line why a source is asked again or was left, or what was remarked before; else empty."""
    text = ""
    if isinstance(event, Planned):
        text = "; ".join(event.remarks)
    elif isinstance(event, Retrying):
        text = f"{event.file}: {event.source}: {event.cause}; again in {event.wait:.0f} s"
    elif isinstance(event, ChunkTrouble):
        text = f"{event.cause}; {'again' if event.again else 'left out'}"
    elif isinstance(event, SourceChanged):
        text = f"{event.file}: {event.cause}; now from {event.source}"
    return clean(text, None)  # names of storage elements, and what stands in a journal, are anybody's


def _blank(width: int) -> str:
    """What rubs out so many columns of the line."""
    return "\r" + " " * width + "\r" if width else ""


def _news(event: Event, told: str) -> str:
    """Sentence of a rule that is waited for, where its state is not the one told before."""
    return clean(event.sentence, None) if isinstance(event, Replicating) and event.state != told else ""


@contextmanager
def in_terminal(stream: TextIO | None = None, *, elapsed: float = 0.0) -> Iterator[Listener]:
    """Follow a job on a terminal; only causes of retries and states of rules elsewhere.

    Parameters
    ----------
    stream
        Where to; the standard error when left out.
    elapsed
        Seconds for which it runs already.
    """
    out = sys.stderr if stream is None else stream
    start = time.monotonic() - elapsed
    drawn, told = 0, ""

    def show(event: Event) -> None:
        nonlocal drawn, told
        text, width = "", shutil.get_terminal_size().columns - 1
        if note := trouble(event) or (_news(event, told) if not out.isatty() else ""):
            out.write(f"{_blank(drawn)}{note}\n")
            drawn = 0
        if isinstance(event, Replicating):
            told, text = event.state, clean(event.sentence, None)[:width]
        elif isinstance(event, Progress) and time.monotonic() - start > _SHORTEST:
            text = line(event, time.monotonic() - start, width)
        if text and out.isatty():
            out.write("\r" + text.ljust(drawn))
            drawn = len(text)
        out.flush()

    try:
        yield show
    finally:
        out.write(_blank(drawn))
        out.flush()


@contextmanager
def in_cell(elapsed: float = 0.0) -> Iterator[Listener]:
    """Follow a job below a notebook's cell; what is saved with the notebook is one line of plain text.

    Parameters
    ----------
    elapsed
        Seconds for which it runs already.
    """
    from IPython.display import display

    start = time.monotonic() - elapsed
    handle: Any = display({"text/plain": "planning …"}, raw=True, display_id=True)
    last: Progress | None = None
    note, end = "", "died after"  # what is over says how; a process that is gone does not

    def show(event: Event) -> None:
        nonlocal last, note, end
        note = trouble(event) or note
        end = _ENDS.get(state_after(event) or "", end)
        if isinstance(event, Progress):
            last = event
            text = line(event, time.monotonic() - start, _BAR)
            handle.update({"text/plain": f"{text}\n{note}".rstrip()}, raw=True)
        elif isinstance(event, Replicating):
            handle.update({"text/plain": clean(event.sentence, None)}, raw=True)

    try:
        yield show
    except FollowingStopped:
        end = "left after"
        raise
    except KeyboardInterrupt:
        end = _ENDS["cancelled"]
        raise
    except BaseException:
        end = _ENDS["failed"]
        raise
    finally:
        handle.update({"text/plain": _summary(last, end, time.monotonic() - start)}, raw=True)


def follow(elapsed: float = 0.0) -> AbstractContextManager[Listener]:
    """Follow a job where its user looks: below the cell in a kernel, else on the terminal.

    Parameters
    ----------
    elapsed
        Seconds for which it runs already.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return in_cell(elapsed) if hasattr(shell, "kernel") else in_terminal(elapsed=elapsed)


def _summary(event: Progress | None, end: str, seconds: float) -> str:
    if event is None or (end != _ENDS["finished"] and not event.bytes_done):
        return ""  # the error below says it all
    files = f"{event.files_done} of {plural(event.files_total, 'file')}"
    if isinstance(event, Computing):
        counted = f"{event.entries_done} {event.unit} in {plural(event.chunks_done, 'chunk')}"
        done = counted if event.unit == "points" else f"{files}, {counted}"
        return f"{done}, {'computed in' if end == _ENDS['finished'] else end} {seconds:.1f} s"
    return f"{files}, {size_text(event.bytes_done)}, {end} {seconds:.1f} s"
