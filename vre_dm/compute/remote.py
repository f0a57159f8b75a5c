"""Files that are read where they are, over https or ``root://``: only the pieces that are asked for move."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from vre_dm.compute.inputs import Input
from vre_dm.errors import DatasetChanged, LoginRefused, MissingExtra, TransferFailed
from vre_dm.lake.access import Access
from vre_dm.lake.stream import BLOCK, Stream
from vre_dm.lake.tables import clean
from vre_dm.lake.transfer.failures import ObjectChanged, SourceFailed
from vre_dm.lake.transfer.mounts import Mounts
from vre_dm.lake.transfer.policy import Pace, Policy
from vre_dm.lake.transfer.ranges import HttpRanges, Ranges, RootRanges, ranges_of
from vre_dm.lake.transfer.sources import Source
from vre_dm.lake.transfer.verify import Expected

GAP = 1 << 16
"""Bytes between two pieces that are asked for in one request: a request of its own would take as long."""
LARGEST = 1 << 23
"""Bytes of a request, about: several are under way at once."""
OPENING = 3 * BLOCK
"""Bytes that move to open a file, about."""
_AT_ONCE = 4

Made = TypeVar("Made")


class RemoteFile:
    """Bytes of a file on a server; safe to be read from several threads.

    Parameters
    ----------
    ranges
        Where they are.
    size
        Bytes of the file.
    url
        Its address.
    label
        What it is and where it is read from.

    Attributes
    ----------
    moved
        Bytes that came so far.
    broken
        Whether a read failed: it is to be opened anew.
    failed
        Whether that was for its server: another copy may be better.
    """

    def __init__(self, ranges: Ranges, size: int, url: str, label: str) -> None:
        self._ranges, self.size, self.url, self.label = ranges, size, url, label
        self.moved, self.broken, self.failed = 0, False, False
        many = isinstance(ranges, HttpRanges)  # its requests are apart; other files have one place to read
        self._threads = _AT_ONCE if many else 1
        self._alone: AbstractContextManager[object] = nullcontext() if many else threading.Lock()
        self._reading, self._lock = threading.Lock(), threading.Lock()
        self._stream = Stream(_Blocks(self), size, label)
        self._pool: ThreadPoolExecutor | None = None

    @property
    def seen(self) -> tuple[str, str] | None:
        """What its server calls the object, and when it was written; ``None`` where neither is told."""
        seen = self._ranges.seen if isinstance(self._ranges, HttpRanges | RootRanges) else None
        return seen if seen is not None and any(seen) else None

    def small(self, start: int, stop: int) -> bytes:
        """Bytes of what describes the file: in blocks that are kept, as the next are asked for soon."""
        with self._reading:
            self._stream.seek(start)
            body = bytearray()
            while len(body) < stop - start and (more := self._stream.read(stop - start - len(body))):
                body += more
        return bytes(body)

    def piece(self, start: int, stop: int) -> bytes:
        """Exactly these bytes, up to the end of the file.

        Raises
        ------
        DatasetChanged
            They are of another object than those before.
        TransferFailed, LoginRefused
            They do not come.
        """
        try:
            with self._alone:
                body = self._ranges.read(start, min(stop, self.size))
        except ObjectChanged as failure:
            self.broken = True
            raise _replaced(self.label) from failure
        except LoginRefused:
            self.broken = self.failed = True
            raise
        except SourceFailed as failure:
            self.broken = self.failed = True
            msg = f"{self.label} cannot be read on: {failure}; run it again, or with fetch=True"
            raise TransferFailed(msg) from failure
        with self._lock:
            self.moved += len(body)
        return body

    def later(self, spans: Iterable[tuple[int, int]]) -> "Future[list[bytes]]":
        """Ask for pieces, beside what is asked for already."""
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="remote")
            return self._pool.submit(lambda: [self.piece(*span) for span in spans])

    def close(self) -> None:
        """End the connections; what is asked for fails."""
        with self._lock:
            pool, self._pool = self._pool, None
        self._stream.close()
        self._ranges.close()
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The pieces of a remote file as its stream asks for them."""

    file: RemoteFile

    def read(self, start: int, end: int) -> bytes:
        return self.file.piece(start, end)

    def close(self) -> None:
        """Leave that to the file."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the answers of a server are held against."""

    target: Path
    expected: Expected


def opened(
    source: Input, access: Access, make: Callable[[RemoteFile], Made], policy: Policy | None = None
) -> Made:
    """Open a file at the first of its copies that sends what is asked for.

    Parameters
    ----------
    make
        What is made of the open file; where its server fails meanwhile, the next copy is opened.

    Raises
    ------
    TransferFailed
        No copy does; the text has each with its cause.
    DatasetChanged
        It is another object than the one that was seen there before.
    LoginRefused
        There are no credentials for any.
    """
    if source.away is None or source.size is None:
        msg = f"{source.name} has no address or no registered size; fetch it first"
        raise TransferFailed(msg)
    policy, causes, refused = policy or Policy(), [], []
    seen = {url: (tag, written) for url, tag, written in source.away.seen}
    kind, _, digits = source.checksum.partition(":")
    sums = {known: digits if kind == known else None for known in ("adler32", "md5")}
    wanted = _Wanted(Path(source.name), Expected(source.size, **sums))
    mounts = Mounts(policy.stall_timeout, threading.Event())
    for rse, url in source.away.copies:
        copy = Source(rse, url=url)
        label = f"{clean(source.name)} from {clean(str(copy), None)}"
        try:
            ranges = ranges_of(copy, wanted, access, mounts, policy, Pace())
            return _made(RemoteFile(ranges, source.size, url, label), seen.get(url), make)
        except LoginRefused as failure:
            refused.append(failure)
            causes.append(f"{copy}: {failure}")
        except (SourceFailed, TransferFailed, MissingExtra) as failure:
            causes.append(f"{copy}: {failure.__cause__ or failure}")
    if refused and len(refused) == len(causes):
        raise refused[0]
    msg = f"{clean(source.name)} cannot be read where it is: {'; '.join(causes)}; fetch=True tries every way"
    raise TransferFailed(msg)


def _made(file: RemoteFile, before: tuple[str, str] | None, make: Callable[[RemoteFile], Made]) -> Made:
    try:
        file.small(0, 4)
        if before is not None and before != file.seen:
            raise _replaced(file.label)
        return make(file)
    except BaseException:
        file.close()
        raise


def _replaced(label: str) -> DatasetChanged:
    return DatasetChanged(f"{label} was replaced while it was read: run it again")


def bytes_moved(spans: Iterable[tuple[int, int]]) -> int:
    """Bytes that move where pieces are asked for, and near ones in one request."""
    moved, end = 0, -GAP - 1
    for start, stop in sorted(spans):
        moved += max(stop - (end if start - end <= GAP else start), 0)
        end = max(end, stop)
    return moved
