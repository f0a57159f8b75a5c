"""From one source into a temporary file."""

import errno
import os
import stat
from collections.abc import Callable
from io import FileIO
from pathlib import Path

from vre_dm.lake.transfer.answers import (
    RangesIgnored,
    align,
    ask_rest,
    gives_ranges,
    refuse,
    refuse_less,
    refuse_more,
    refuse_size,
)  # fmt: skip
from vre_dm.lake.transfer.context import Context
from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.part import Part
from vre_dm.lake.transfer.pulse import Pulse
from vre_dm.lake.transfer.segments import Filling, ObjectChanged, Rate, is_worth_splitting
from vre_dm.lake.transfer.sources import Source
from vre_dm.lake.transfer.verify import chunks

_STALE = frozenset((errno.ESTALE, errno.ENOTCONN, errno.EIO, errno.ETIMEDOUT, errno.EHOSTDOWN))  # a mount's


def copy_path(path: Path, part: Part, context: Context, moved: Callable[[int], None]) -> None:
    """Copy a file of this machine, from where the part ends.

    Raises
    ------
    SourceFailed
        It is not there, not a plain file, or of another size than registered.
    """
    try:
        # a pipe in the way must not hold us
        source = FileIO(path, opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK))
    except OSError as error:
        msg = error.strerror or "cannot be opened"
        raise SourceFailed(msg, of_host=error.errno in _STALE) from error
    with source:
        facts = os.fstat(source.fileno())
        if not stat.S_ISREG(facts.st_mode):
            msg = "not a plain file"
            raise SourceFailed(msg)
        refuse_size(facts.st_size, part)
        part.settle(context.stop)
        if part.size == 0 and facts.st_size and part.clone(source.fileno(), context.stop):
            moved(part.size)
            return
        source.seek(part.size)
        for chunk in chunks(_reader(source)):
            context.check()
            part.write(chunk)
            moved(len(chunk))


def _reader(source: FileIO) -> Callable[[memoryview], int]:
    def readinto(room: memoryview) -> int:
        try:
            return source.readinto(room) or 0
        except OSError as error:
            msg = error.strerror or "cannot be read"
            raise SourceFailed(msg, tries=None, of_host=error.errno in _STALE) from error

    return readinto


def copy_url(source: Source, part: Part, context: Context, moved: Callable[[int], None]) -> None:
    """Copy an object from a server, from where the part ends if it is provably the same object.

    A large file whose end is far off gets further streams while they pay.

    Raises
    ------
    SourceFailed
        The server refused, sent something else, or stopped before the end.
    """
    if part.blocks is not None:
        try:
            Filling(source, part, context, moved).finish()
        except ObjectChanged:
            part.restart()
            raise
        except RangesIgnored:
            part.one_stream = True
            part.settle(context.stop)
        else:
            return
    if filling := _one_stream(source, part, context, moved):
        filling.finish()


def _one_stream(source: Source, part: Part, context: Context, moved: Callable[[int], None]) -> Filling | None:
    """Copy in one stream to the end, or until others are worth trying: those have what is left."""
    url = source.url or ""
    headers = ask_rest(url, part)
    if not headers and part.size:
        part.restart()
    with context.connections.request("GET", url, headers, alone=not part.expected.has_checksum) as response:
        refuse(response, part)
        align(url, response, part)
        rate, body = Rate(context.pace.clock, part.size), response.iter_raw()
        with Pulse(context.policy, context.pace.clock, moved) as beat:
            for chunk in body:
                context.check()
                part.write(chunk)
                refuse_more(part)
                now = rate.ended(part.size) if beat(len(chunk)) else None
                if now is None or not gives_ranges(response):
                    continue
                if is_worth_splitting(part, now, context.policy.block):
                    filling = Filling(source, part, context, moved)
                    break
            else:
                refuse_less(response, part)
                return None
        filling.go_on(body, now)
    return filling
