"""A file on a server as Python's file object: only the blocks that a program asks for move."""

import io
from collections import OrderedDict
from typing import TYPE_CHECKING

from vre_dm.errors import TransferFailed
from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.ranges import Ranges

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK = 1 << 18
"""Bytes of a block: a read moves the blocks it touches, and each at most once while it is kept."""
_KEPT = 256  # blocks in memory, 64 MB
_RUN = 32  # blocks asked for at once when they are read one after the other


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
