"""Events of a job on disk, one a line: appended by its process, read by any other."""

import json
import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from vre_dm import strict_json
from vre_dm.lake.transfer.events import Event, Progress, Replicating, from_json, is_last, to_json

LARGEST = 16_000_000
"""Bytes of a journal beyond which only a state a minute and the end are written."""
_PAUSE = 0.5  # seconds between two states: others are to see within one what happened
_TAIL = 65_536  # bytes at the end that nearly always hold what is looked for
_BLOCK = 1 << 20
_MOST = 1000  # entries in one go
_NO_DATE = 253_402_300_800  # unix seconds of the year 10000


class Entry(NamedTuple):
    """A line of a journal.

    Attributes
    ----------
    event
        What happened.
    at
        When, in unix seconds.
    end
        Byte at which the line ends: who reads on from there misses nothing and hears nothing twice.
    """

    event: Event
    at: float
    end: int


class Journal:
    """The writing side. A disk that refuses silences it: a job never fails for its journal.

    Parameters
    ----------
    path
        New file.
    now
        Gives unix seconds.
    """

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        self._now, self._text = now, json.JSONEncoder().encode
        self._size, self._due = 0, 0.0
        self._lines: list[str] = []
        self._state: tuple[Event, float] | None = None  # told since the last one that was written
        self._descriptor: int | None = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600
        )

    def append(self, event: Event) -> None:
        """Write an event; of states two a second, and the one before the end."""
        at = self._now()
        state, last = isinstance(event, Progress | Replicating), is_last(event)
        if state:
            self._state = None if at >= self._due else (event, at)
        elif last and self._state is not None:
            self._write(*self._state)
        if last or (at >= self._due if state else self._size < LARGEST):
            self._write(event, at)
            if state:
                self._due = at + (_PAUSE if self._size < LARGEST else 60.0)
        if state or last:
            self._flush()

    def close(self) -> bool:
        """Write what is left; whether the disk took all."""
        self._flush()
        if self._descriptor is None:
            return False
        os.close(self._descriptor)
        self._descriptor = None
        return True

    def _write(self, event: Event, at: float) -> None:
        line = self._text(to_json(event, at)) + "\n"
        self._lines.append(line)
        self._size += len(line)

    def _flush(self) -> None:
        data, self._lines = "".join(self._lines).encode(), []
        if self._descriptor is None:
            return
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            os.close(self._descriptor)
            self._descriptor = None


def read(path: Path, offset: int = 0) -> Iterator[Entry]:
    """Entries of a journal from a byte on.

    A last line without its end is left for later; a garbled one, or one of a kind that this version does not
    know, is passed over. A journal that is not there has no entries.
    """
    try:
        stream = path.open("rb")
    except OSError:
        return
    with stream:
        stream.seek(offset)
        rest = b""
        while block := stream.read(_BLOCK):
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                offset += len(line) + 1
                if entry := _entry(line, offset):
                    yield entry


def tail(path: Path) -> list[Entry]:
    """Last entries of a journal, the newest first: what fits into 64 kB."""
    size = _size(path)
    return list(_backwards(path, max(size - _TAIL, 0), size))


def last(path: Path, *kinds: type[Event]) -> Entry | None:
    """Last entry of a journal, or the last one of these kinds; None if there is none."""
    window, size = _TAIL, _size(path)
    while True:
        start = max(size - window, 0)
        for entry in _backwards(path, start, size):
            if not kinds or isinstance(entry.event, kinds):
                return entry
        if not start:
            return None
        window *= 8


def follow(
    path: Path, over: Callable[[], bool], wait: Callable[[], object], offset: int = 0
) -> Iterator[Entry]:
    """Entries of a journal as they come, until its last one, or until nothing can come any more.

    Parameters
    ----------
    over
        Whether the writer is gone.
    wait
        Pauses between two looks.
    offset
        The `Entry.end` after which to begin; one that lies beyond the journal belongs to another, and all of
        this one is told.
    """
    while True:
        found, ended = news(path, over, offset)
        yield from found
        if ended:
            return
        if found:
            offset = found[-1].end
        else:
            wait()


def news(path: Path, over: Callable[[], bool], offset: int) -> tuple[list[Entry], bool]:
    """Entries that were written since, a thousand at most, and whether nothing can come after them.

    Parameters
    ----------
    over, offset
        As in `follow`.
    """
    ended = over()  # before the look: what was written until then is read
    offset = offset if 0 <= offset <= _size(path) else 0
    found: list[Entry] = []
    for entry in islice(read(path, offset), _MOST):
        found.append(entry)
        if is_last(entry.event):
            return found, True
    if found:
        return found, ended and len(found) < _MOST
    newest = last(path) if offset else None
    return [], ended or (newest is not None and is_last(newest.event) and newest.end <= offset)


def _backwards(path: Path, start: int, end: int) -> Iterator[Entry]:
    """Whole lines between two bytes, the last one first."""
    try:
        with path.open("rb") as stream:
            stream.seek(start)
            lines = stream.read(end - start).split(b"\n")
    except OSError:
        return
    end -= len(lines.pop())  # not finished yet, or nothing
    for line in reversed(lines):
        if entry := _entry(line, end):
            yield entry
        end -= len(line) + 1


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _entry(line: bytes, end: int) -> Entry | None:
    try:
        document = strict_json.loads(line)
        return (
            Entry(from_json(document), _moment(document["at"]), end) if isinstance(document, dict) else None
        )
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        pass
    return None


def _moment(said: Any) -> float:
    """Unix seconds that a date can be made of."""
    if not 0 <= (at := float(said)) < _NO_DATE:
        msg = "no moment"
        raise ValueError(msg)
    return at
