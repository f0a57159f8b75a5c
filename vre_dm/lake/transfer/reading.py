"""A file of this machine that is read; a mount that may hang is waited for no longer than a server."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.mounts import Doing, Mounts
from vre_dm.lake.transfer.verify import chunks

_STALE = frozenset((errno.ESTALE, errno.ENOTCONN, errno.EIO, errno.ETIMEDOUT, errno.EHOSTDOWN))  # a mount's

T = TypeVar("T")


class Reading:
    """An open plain file.

    Parameters
    ----------
    descriptor
        The file.
    facts
        What the file system said of it when it was opened.
    do
        Does what may hang.
    """

    def __init__(self, descriptor: int, facts: os.stat_result, do: Doing) -> None:
        self.descriptor, self.facts, self.do = descriptor, facts, do

    def chunks(self, start: int = 0) -> Iterator[memoryview]:
        """Bytes from a place to the end, in one buffer again and again: look at each before the next.

        Raises
        ------
        SourceFailed
            They cannot be read.
        """
        at, most = start, self.do.most

        def readinto(room: memoryview) -> int:
            nonlocal at
            count = _asked(self.do, lambda: os.preadv(self.descriptor, [room[:most]], at), tries=None)
            at += count
            return count

        return chunks(readinto, min(most, self.facts.st_size - start + 1))


@contextmanager
def reading(path: Path, mounts: Mounts) -> Iterator[Reading]:
    """Open a plain file of this machine.

    Raises
    ------
    SourceFailed
        It is not there, no plain file, or its mount does not answer.
    """
    opened: list[int] = []

    def open_() -> os.stat_result:
        opened.append(os.open(path, os.O_RDONLY | os.O_NONBLOCK))  # a pipe in the way must not hold us
        return os.fstat(opened[0])

    with mounts.doing(path) as do:
        try:
            facts = _asked(do, open_)
            if not stat.S_ISREG(facts.st_mode):
                msg = "not a plain file"
                raise SourceFailed(msg)
            yield Reading(opened[0], facts, do)
        finally:
            do.later(lambda: list(map(os.close, opened)))


def _asked(do: Doing, call: Callable[[], T], tries: int | None = 1) -> T:
    try:
        return do(call)
    except OSError as error:
        msg = error.strerror or "cannot be read"
        raise SourceFailed(msg, tries=tries, of_host=error.errno in _STALE) from error
