"""What a fetch or a map says while it runs: one typed stream for terminal, notebook, journal and server."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_args

from vre_dm.did import Did
from vre_dm.errors import InvalidDid

LARGEST = 1e13
"""Seconds, or bytes a second, that an event tells at most."""
_LEAST = 1e-100


@dataclass(frozen=True, slots=True)
class Planned:
    """Everything is decided and no byte has moved.

    Attributes
    ----------
    files, bytes
        Asked for; the bytes are None where a size is not registered.
    kept
        Files that seem to be in the folder already, by their size.
    free
        Bytes free on the disk; None where the system does not say.
    seconds
        Forecast; None where nothing was measured yet.
    remarks
        What the user should know of it: an embargo, a mount that does not answer.
    """

    files: int
    bytes: int | None
    kept: int
    free: int | None
    seconds: float | None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replicating:
    """A replication rule brings the files to the storage element that is mounted here.

    Attributes
    ----------
    rule, rse, state
        Rucio's id of the rule, where the copies go, and Rucio's word for its state.
    sentence
        What happens, since when, why, who can act, what comes next.
    arrived, total
        Files that are there, and all of them.
    remaining
        Seconds to go; None where that was not measured.
    """

    rule: str
    rse: str
    state: str
    sentence: str
    arrived: int
    total: int
    remaining: float | None


@dataclass(frozen=True, slots=True)
class Started:
    """A file is read from its first source."""

    file: Did
    source: str


@dataclass(frozen=True, slots=True)
class Progress:
    """State of the whole at one moment, about ten times a second.

    Attributes
    ----------
    bytes_done, bytes_total
        Verified or received bytes, and all of them; the total is None where a size is not registered.
    files_done, files_total
        Files that are whole at their final names, and all of them.
    rate
        Bytes per second over the last seconds, kept files left out.
    remaining
        Seconds to go at this rate, or None.
    file
        The file that moved last.
    """

    bytes_done: int
    bytes_total: int | None
    files_done: int
    files_total: int
    rate: float
    remaining: float | None
    file: Did | None = None


@dataclass(frozen=True, slots=True)
class Planning(Progress):
    """Files are looked at before a map cuts them into chunks: so many were, of all; no byte is counted."""


@dataclass(frozen=True, slots=True)
class Computing(Progress):
    """State of a function that is mapped over files; the bytes are those that it reads, decompressed.

    Attributes
    ----------
    chunks_done, chunks_total
        Pieces that are done, and all of them.
    entries_done, entries_total
        Entries of trees, or what else is counted.
    unit
        What is counted: ``entries``, ``rows``, ``files`` or ``points``.
    speed
        Of those a second over the last seconds; what an earlier run did is left out.
    """

    chunks_done: int = 0
    chunks_total: int = 0
    entries_done: int = 0
    entries_total: int = 0
    unit: str = "entries"
    speed: float = 0.0


@dataclass(frozen=True, slots=True)
class ChunkTrouble:
    """A piece of a map failed and is tried again, or left out; the cause names its file and entries."""

    cause: str
    again: bool


@dataclass(frozen=True, slots=True)
class Retrying:
    """A source failed; it is asked again, not before ``wait`` seconds if it asked for them."""

    file: Did
    source: str
    cause: str
    wait: float


@dataclass(frozen=True, slots=True)
class SourceChanged:
    """A file goes on from another source; ``cause`` is why the one before was left."""

    file: Did
    source: str
    cause: str


@dataclass(frozen=True, slots=True)
class Verified:
    """All bytes of a file are here and are the registered ones."""

    file: Did
    size: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A file is whole at its final name; ``source`` is empty where it was there already."""

    file: Did
    path: Path
    source: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A file could not be had: each source and its last cause. Without a file, the whole fetch could not."""

    file: Did | None
    causes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The fetch was stopped; what arrived waits for the next run."""

    files_done: int
    files_total: int


@dataclass(frozen=True, slots=True)
class Finished:
    """Every file was tried: so many are in place, with so many bytes, and so many could not be had."""

    files: int
    bytes: int
    seconds: float
    failed: int = 0


Event = (
    Planned
    | Replicating
    | Started
    | Progress
    | Planning
    | Computing
    | ChunkTrouble
    | Retrying
    | SourceChanged
    | Verified
    | Placed
    | Failed
    | Cancelled
    | Finished
)
Listener = Callable[[Event], None]


def is_last(event: Event) -> bool:
    """Whether nothing comes after this event."""
    return isinstance(event, Finished | Cancelled) or (isinstance(event, Failed) and event.file is None)


def to_json(event: Event, at: float) -> dict[str, Any]:
    """Event as plain JSON: ``event`` is its name, ``at`` the moment in unix seconds, the rest its fields."""
    document: dict[str, Any] = {"event": _NAMES[type(event)], "at": at}
    for name in _FIELDS[type(event)]:
        value = getattr(event, name)
        document[name] = str(value) if isinstance(value, _AS_TEXT) else value
    return document


def from_json(document: Mapping[str, Any]) -> Event:
    """Event of a document as `to_json` makes it; what a later version added to one is left out.

    Raises
    ------
    ValueError
        It is no such document.
    """
    name = document.get("event")
    if not isinstance(name, str) or name not in _KINDS:
        msg = f"no event of a job: {ascii(name)[:60]}"
        raise ValueError(msg)
    kind = _KINDS[name]
    try:
        event: Event = kind(**{field.name: _READ[field.type](document[field.name]) for field in fields(kind)})
    except (KeyError, TypeError, ValueError, OverflowError, InvalidDid) as error:
        msg = f"the event {name} is incomplete or garbled: {ascii(str(error))[:80]}"
        raise ValueError(msg) from error
    return event


def _whole(value: object) -> int:
    if type(value) is not int or abs(value) >= 2**63:
        msg = f"{ascii(value)[:40]} is no whole number"
        raise TypeError(msg)
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        msg = f"{value!a} is no number"
        raise TypeError(msg)
    # Of others, dates and spans cannot be made, nor what two of them give; NaN is not in between either.
    if value and not _LEAST <= abs(value) <= LARGEST:
        msg = "a number beyond all sense"
        raise ValueError(msg)
    return float(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        msg = f"{ascii(value)[:40]} is neither true nor false"
        raise TypeError(msg)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        msg = f"{value!a} is no text"
        raise TypeError(msg)
    return value


def _causes(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list):
        msg = f"{value!a} is no list of sources and causes"
        raise TypeError(msg)
    return tuple((_text(source), _text(cause)) for source, cause in value)


def _or_none(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


_READ: dict[Any, Callable[[Any], Any]] = {
    int: _whole,
    bool: _flag,
    int | None: _or_none(_whole),
    float: _number,
    float | None: _or_none(_number),
    str: _text,
    Did: lambda value: Did.parse(_text(value)),
    Did | None: _or_none(lambda value: Did.parse(_text(value))),
    Path: lambda value: Path(_text(value)),
    tuple[tuple[str, str], ...]: _causes,
    tuple[str, ...]: lambda value: tuple(map(_text, value if isinstance(value, list | tuple) else [None])),
}
_NAMES: dict[type, str] = {
    kind: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower() for kind in get_args(Event)
}
_AS_TEXT = (Did, Path)
_FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in _NAMES}
_KINDS: dict[str, type[Any]] = {name: kind for kind, name in _NAMES.items()}
