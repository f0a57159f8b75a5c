"""Which pieces of a large file are there: a map kept behind its last byte until all of them are.

In the file itself, so that whoever finds, renames or copies an unfinished one has its map too.
"""

import os
import struct
import threading
import zlib

from vre_dm.lake.transfer.policy import CHUNK

_MAGIC = b"vre-dm\x001"
_HEAD = struct.Struct("<8sQQ")  # magic, block size, file size
_ENTRY = struct.Struct("<Q")  # bytes of one block that are there


class Blocks:
    """Bytes of each block that are on disk, counted from the block's begin.

    A block belongs to one thread at a time; the totals are safe from any.

    Parameters
    ----------
    descriptor
        The file, which is longer than ``size`` by the map.
    size, block
        Bytes of the whole file, and of each block but the last.
    done
        Bytes of each block that are there.
    """

    def __init__(self, descriptor: int, size: int, block: int, done: list[int]) -> None:
        self.size, self.block, self.done, self.here = size, block, done, sum(done)
        self._descriptor = descriptor
        self._sums: list[tuple[int, int] | None] = [None] * len(done)  # adler32 and bytes that it covers
        self._saved = list(done)
        self._lock = threading.Lock()

    @classmethod
    def begin(cls, descriptor: int, size: int, block: int, prefix: int) -> "Blocks":
        """Give a map to a file whose first bytes are there and have been summed.

        Raises
        ------
        OSError
            The disk does not take it.
        """
        done = [min(max(prefix - start, 0), block, size - start) for start in range(0, size, block)]
        blocks = cls(descriptor, size, block, done)
        blocks._sums = [(1, 0)] * len(done)
        entries = b"".join(_ENTRY.pack(count) for count in done)
        _write(descriptor, _HEAD.pack(_MAGIC, block, size) + entries, size)
        return blocks

    @classmethod
    def found(cls, descriptor: int, size: int) -> "Blocks | None":
        """Read the map of a file that was left unfinished; None if it has none that fits."""
        head = os.pread(descriptor, _HEAD.size, size)
        if len(head) != _HEAD.size:
            return None
        magic, block, size_then = _HEAD.unpack(head)
        if magic != _MAGIC or size_then != size or not block:
            return None
        room = -(-size // block) * _ENTRY.size
        if os.fstat(descriptor).st_size != size + _HEAD.size + room:
            return None
        done = [entry for (entry,) in _ENTRY.iter_unpack(os.pread(descriptor, room, size + _HEAD.size))]
        blocks = cls(descriptor, size, block, done)
        return blocks if all(count <= blocks.length(at) for at, count in enumerate(done)) else None

    def length(self, index: int) -> int:
        """Bytes of a block."""
        return min(self.block, self.size - index * self.block)

    def whole(self, index: int) -> bool:
        """Whether a block needs nothing more."""
        return self.done[index] == self.length(index)

    @property
    def prefix(self) -> int:
        """Bytes from the begin without a gap."""
        at = next((at for at in range(len(self.done)) if not self.whole(at)), None)
        return self.size if at is None else at * self.block + self.done[at]

    @property
    def sums(self) -> list[tuple[int, int]] | None:
        """Adler32 and length of what came after the bytes at the begin, in order; None if not known."""
        return None if None in self._sums else [each for each in self._sums if each is not None]

    def write(self, index: int, chunk: bytes) -> None:
        """Append bytes to a block.

        Raises
        ------
        OSError
            The disk did not take them.
        """
        _write(self._descriptor, chunk, index * self.block + self.done[index])
        if (summed := self._sums[index]) is not None:
            self._sums[index] = zlib.adler32(chunk, summed[0]), summed[1] + len(chunk)
        self.done[index] += len(chunk)
        with self._lock:
            self.here += len(chunk)
        if self.done[index] - self._saved[index] >= CHUNK or self.whole(index):
            self.save(index)

    def save(self, index: int) -> None:
        """Record how far a block is; after its bytes, so that a kill loses some but invents none."""
        entry = _ENTRY.pack(self.done[index])
        _write(self._descriptor, entry, self.size + _HEAD.size + index * _ENTRY.size)
        self._saved[index] = self.done[index]


def _write(descriptor: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        count = os.pwrite(descriptor, view, offset)
        view, offset = view[count:], offset + count
