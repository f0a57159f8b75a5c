"""Events of a fetch on disk, one a line: appended by its process, read by any other."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from vre_dm.lake.transfer.events import Event, Progress, from_json, is_last, to_json

LARGEST = 16_000_000
"""Bytes of a journal beyond which only a state a minute and the end are written."""
_TAIL = 65_536  # bytes at the end that hold the last event
_BLOCK = 1 << 20


class Journal:
    """The writing side. A disk that refuses silences it: a fetch never fails for its journal.

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
        self._descriptor: int | None = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600
        )

    def append(self, event: Event) -> None:
        """Write an event; of states one a second."""
        at = self._now()
        state, last = isinstance(event, Progress), is_last(event)
        if last or (at >= self._due if state else self._size < LARGEST):
            line = self._text(to_json(event, at)) + "\n"
            self._lines.append(line)
            self._size += len(line)
            if state:
                self._due = at + (1.0 if self._size < LARGEST else 60.0)
        if state or last:
            self._flush()

    def close(self) -> None:
        """Write what is left."""
        self._flush()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

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


def read(path: Path, offset: int = 0) -> Iterator[tuple[Event, int]]:
    """Events of a journal from a byte on, each with where it ends.

    A last line without its end is left for later; a garbled one, or one of a kind that this version does not
    know, is passed over. A journal that is not there has no events.
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
                if event := _event(line):
                    yield event, offset


def last(path: Path) -> Event | None:
    """Last event of a journal, or None."""
    try:
        size = path.stat().st_size
    except OSError:
        return None
    event = None
    for event, _ in read(path, max(size - _TAIL, 0)):  # noqa: B007 - the last one is wanted
        pass
    return event


def follow(path: Path, over: Callable[[], bool], wait: Callable[[], object]) -> Iterator[Event]:
    """Events of a journal as they come, until its last one, or until nothing can come any more.

    Parameters
    ----------
    over
        Whether the writer is gone.
    wait
        Pauses between two looks.
    """
    offset = 0
    while True:
        ended = over()  # before the look: what was written until then is read
        for event, end in read(path, offset):
            offset = end
            yield event
            if is_last(event):
                return
        if ended:
            return
        wait()


def _event(line: bytes) -> Event | None:
    try:
        document = json.loads(line)
        return from_json(document) if isinstance(document, dict) else None
    except (ValueError, RecursionError):
        return None
