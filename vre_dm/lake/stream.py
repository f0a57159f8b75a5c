"""A file of the lake read without a copy: only the blocks that a program asks for move.

The size of the file and of every piece is checked, and that all pieces are of one object. The checksum of the
whole is not: it needs the whole, which `vre_dm.lake.dataset.Dataset.fetch` reads.
"""

import io
import stat
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from vre_dm.errors import TransferFailed
from vre_dm.lake.access import Access
from vre_dm.lake.files import File
from vre_dm.lake.tables import clean
from vre_dm.lake.transfer.failures import NO_REPLICA, Failure, SourceFailed
from vre_dm.lake.transfer.policy import Pace, Policy
from vre_dm.lake.transfer.ranges import Ranges, ranges_of
from vre_dm.lake.transfer.sources import Source, sources
from vre_dm.lake.transfer.verify import Expected, holds

if TYPE_CHECKING:
    import uproot
    from _typeshed import WriteableBuffer

BLOCK = 1 << 18
"""Bytes of a block: a read moves the blocks it touches, and each at most once while it is kept."""
_KEPT = 256  # blocks in memory, 64 MB
_RUN = 32  # blocks asked for at once when they are read one after the other
_ROOT_MAGIC = b"root"


class Stream(io.RawIOBase):
    """A file on a server as Python's file object: seekable, read only.

    Parameters
    ----------
    ranges
        Where the bytes are.
    size
        Bytes of the file.
    label
        What it is and where it is read from.
    """

    def __init__(self, ranges: Ranges, size: int, label: str) -> None:
        super().__init__()
        self._ranges, self._size, self._label = ranges, size, label
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._position = self._next = 0
        self._run = 1

    def __repr__(self) -> str:
        return f"<{self._label}, {self._size} bytes; not verified as a whole>"

    @property
    def name(self) -> str:
        """What the file is and where it is read from."""
        return self._label

    def readable(self) -> bool:
        """Whether it can be read: yes."""
        return True

    def seekable(self) -> bool:
        """Whether it can be read in any order: yes."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Let the next read begin elsewhere; costs nothing."""
        self._refuse_closed()
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if origin + offset < 0:
            msg = f"{origin + offset} is before the begin of the file"
            raise ValueError(msg)
        self._position = origin + offset
        return self._position

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill a buffer, to the end of the file at most.

        Raises
        ------
        TransferFailed
            The bytes do not come, or the file changed on the server.
        """
        self._refuse_closed()
        with memoryview(buffer).cast("B") as room:
            start = self._position
            end = min(start + min(len(room), _RUN * BLOCK), self._size)
            if start >= end:
                return 0
            self._load(start // BLOCK, -(-end // BLOCK))
            for index in range(start // BLOCK, -(-end // BLOCK)):
                first, last = max(start, index * BLOCK), min(end, (index + 1) * BLOCK)
                room[first - start : last - start] = self._blocks[index][
                    first - index * BLOCK : last - index * BLOCK
                ]
            self._position = end
            self._forget()
        return end - start

    def close(self) -> None:
        """End the connection."""
        if not self.closed:
            self._ranges.close()
        super().close()

    def _load(self, first: int, last: int) -> None:
        """Have blocks in memory; those that are missing side by side come in one request."""
        index = first
        while index < last:
            if index in self._blocks:
                self._blocks.move_to_end(index)
                index += 1
                continue
            index = self._ask(index, last)

    def _ask(self, index: int, last: int) -> int:
        """Ask for missing blocks from one on; more than needed where a file is read from begin to end."""
        self._run = min(2 * self._run, _RUN) if index == self._next and index else 1
        end = index + 1
        wanted = max(last, index + self._run)
        while end < min(wanted, -(-self._size // BLOCK)) and end not in self._blocks:
            end += 1
        start = index * BLOCK
        try:
            body = self._ranges.read(start, min(end * BLOCK, self._size))
        except SourceFailed as failure:
            msg = f"{self._label} cannot be read on: {failure}; dataset.fetch() tries every copy"
            raise TransferFailed(msg) from failure
        for at in range(index, end):
            self._blocks[at] = body[at * BLOCK - start : (at + 1) * BLOCK - start]
        self._next = end
        return end

    def _forget(self) -> None:
        while len(self._blocks) > _KEPT:
            self._blocks.popitem(last=False)

    def _refuse_closed(self) -> None:
        if self.closed:
            msg = "read of a closed file"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class _Read:
    """What the answers of a server are held against."""

    target: Path
    expected: Expected


def open_file(
    file: File,
    access: Access,
    *,
    copies: tuple[Path, ...] = (),
    policy: Policy | None = None,
    pace: Pace | None = None,
) -> "BinaryIO | uproot.ReadOnlyDirectory":
    """Open a file where it is: a verified copy here, a path of this machine, or a server.

    Parameters
    ----------
    file
        With its replicas.
    copies
        Where an earlier fetch may have left it; used if the checksum fits.

    Returns
    -------
    uproot.ReadOnlyDirectory or file object
        The first for a ROOT file, as its first bytes tell; both are context managers.

    Raises
    ------
    TransferFailed
        No copy can be opened; the text has each with its cause.
    """
    expected = Expected.of(file)
    if expected.size is None:
        msg = f"{file.did} has no registered size, so no part of it can be judged; fetch() has it whole"
        raise TransferFailed(msg)
    never, (ranked, useless) = threading.Event(), sources(file, access)
    for path in copies:
        if holds(path, expected, never):
            return _opened(path)
    causes = []
    for source in ranked:
        try:
            if source.path is not None:
                return _opened(_plain(source.path, expected.size))
            return _streamed(file, source, access, policy or Policy(), pace or Pace())
        except (SourceFailed, TransferFailed) as failure:
            causes.append((str(source), str(failure.__cause__ or failure)))
    every = Failure(file.did, (*causes, *useless) or (NO_REPLICA,), corrupt=False)
    msg = str(every).replace("could not be fetched", "cannot be opened", 1)
    raise TransferFailed(msg)


def _plain(path: Path, size: int) -> Path:
    """Give the path of a plain file of this size.

    Raises
    ------
    SourceFailed
        It is none.
    """
    try:
        facts = path.stat()
    except OSError as error:
        raise SourceFailed(error.strerror or "cannot be opened") from error
    if not stat.S_ISREG(facts.st_mode) or facts.st_size != size:
        msg = f"not a plain file of the {size} registered bytes"
        raise SourceFailed(msg)
    return path


def _opened(path: Path) -> "BinaryIO | uproot.ReadOnlyDirectory":
    found = path.open("rb")
    magic = found.read(len(_ROOT_MAGIC))
    found.seek(0)
    if magic != _ROOT_MAGIC:
        return found
    found.close()
    return _in_uproot({path: None}, lambda: None)


def _streamed(
    file: File, source: Source, access: Access, policy: Policy, pace: Pace
) -> "BinaryIO | uproot.ReadOnlyDirectory":
    wanted = _Read(Path(file.did.name), Expected.of(file))
    ranges = ranges_of(source, wanted, access, policy, pace)
    label = f"{file.did} from {clean(str(source), None)}"
    stream = io.BufferedReader(Stream(ranges, file.size or 0, label))
    try:
        magic = stream.read(len(_ROOT_MAGIC))
        stream.seek(0)
    except BaseException:
        stream.close()
        raise
    return _in_uproot(stream, stream.close) if magic == _ROOT_MAGIC else stream


def _in_uproot(what: object, close: Callable[[], None]) -> "uproot.ReadOnlyDirectory":
    import uproot

    try:
        return uproot.open(what)
    except BaseException:
        close()
        raise
