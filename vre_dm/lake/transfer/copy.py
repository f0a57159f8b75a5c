"""From one source into a temporary file, and the watch over bytes that must keep coming."""

import os
import stat
from collections.abc import Callable
from io import FileIO
from pathlib import Path

from vre_dm.lake.transfer.answers import align, ask_rest, refuse, refuse_less, refuse_more, refuse_size
from vre_dm.lake.transfer.context import Context
from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.place import Part
from vre_dm.lake.transfer.policy import CHUNK, Policy


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
        raise SourceFailed(error.strerror or "cannot be opened") from error
    with source:
        facts = os.fstat(source.fileno())
        if not stat.S_ISREG(facts.st_mode):
            msg = "not a plain file"
            raise SourceFailed(msg)
        refuse_size(facts.st_size, part)
        if part.size == 0 and facts.st_size and part.clone(source.fileno(), context.stop):
            moved(part.size)
            return
        source.seek(part.size)
        while chunk := _read(source.read):
            context.check()
            part.write(chunk)
            moved(len(chunk))


def _read(read: Callable[[int], bytes]) -> bytes:
    try:
        return read(CHUNK)
    except OSError as error:
        raise SourceFailed(error.strerror or "cannot be read", tries=None) from error


def copy_url(url: str, part: Part, context: Context, moved: Callable[[int], None]) -> None:
    """Copy an object from a server, from where the part ends if it is provably the same object.

    Raises
    ------
    SourceFailed
        The server refused, sent something else, or stopped before the end.
    """
    headers = ask_rest(url, part)
    if not headers and part.size:
        part.restart()
    with context.connections.get(url, headers) as response:
        refuse(response, part)
        align(url, response, part)
        beat = _Pulse(context.policy, context.pace.clock)
        for chunk in response.iter_raw():
            context.check()
            part.write(chunk)
            moved(len(chunk))
            beat(len(chunk))
            refuse_more(part)
        refuse_less(response, part)


class _Pulse:
    """Ends a transfer that is too slow to be alive, looked at once in each window."""

    def __init__(self, policy: Policy, clock: Callable[[], float]) -> None:
        self._policy, self._clock = policy, clock
        self._since, self._bytes = clock(), 0

    def __call__(self, size: int) -> None:
        self._bytes += size
        spent = self._clock() - self._since
        if spent < self._policy.stall_timeout:
            return
        if self._bytes < self._policy.minimum_rate * spent:
            msg = f"only {self._bytes} bytes came in {spent:.0f} s"
            raise SourceFailed(msg, tries=None)
        self._since, self._bytes = self._clock(), 0
