"""Copying over ``root://``, where the XRootD client is installed."""

import importlib
import queue
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from vre_dm.lake.transfer.answers import refuse_size
from vre_dm.lake.transfer.context import Context
from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.part import Part
from vre_dm.lake.transfer.policy import CHUNK, Policy
from vre_dm.lake.transfer.pulse import Pulse

_AHEAD = 8  # chunks asked for before the first of them is there: a far server is as fast as a near one
_LOOK = 0.1  # seconds between two looks at the stop
# XProtocol.hh: bad request, no right, no such file, no file; asking again is of no use
_LASTING = frozenset((3000, 3001, 3002, 3006, 3010, 3011, 3013, 3015, 3016))
# XrdClStatus.hh: from a socket error to an invalid session; "fatal" for that connection, not for the next
_NETWORK = range(101, 109)

_Box = queue.SimpleQueue[tuple[Any, Any]]


def copy_root(url: str, part: Part, context: Context, moved: Callable[[int], None]) -> None:
    """Copy a file from an XRootD server, from where the part ends if a checksum judges the whole.

    Who the user is the client finds by itself (token file, proxy certificate).

    Raises
    ------
    SourceFailed
        The server refused, is out of reach, or has a file of another size.
    """
    part.settle(context.stop)
    if part.size and not part.expected.has_checksum:
        part.restart()
    client: Any = importlib.import_module("XRootD.client")  # an extra
    set_up(context.policy)
    file = client.File()
    try:
        _answered(_ask(partial(file.open, url, timeout=max(int(context.policy.connect_timeout), 1))), context)
        facts = _answered(_ask(file.stat), context)
        refuse_size(facts.size, part)
        part.resumed |= part.size > 0
        with Pulse(context.policy, context.pace.clock, moved) as beat:
            for chunk in _chunks(file, part.size, facts.size, context):
                part.write(chunk)
                beat(len(chunk))
    finally:
        file.close(timeout=1)


def set_up(policy: Policy) -> None:
    """Set the XRootD client up, before each file that it opens: its settings are the whole process's.

    It drops a dead connection before we give up, since all files of a server share one, and reads a list of
    servers (Metalink) as the bytes it is: a file must not name where the user's token goes.

    Raises
    ------
    ImportError
        The client is not installed.
    """
    settings: Any = importlib.import_module("XRootD.client.env")
    settings.EnvPutInt("MetalinkProcessing", 0)
    for name, seconds in (
        ("ConnectionWindow", policy.connect_timeout),
        ("StreamTimeout", policy.stall_timeout / 2),
        ("StreamErrorWindow", 1),  # else it connects to a host that failed once not before half an hour
        ("TimeoutResolution", 1),
    ):
        settings.EnvPutInt(name, max(int(seconds), 1))


def _chunks(file: Any, start: int, end: int, context: Context) -> Iterator[bytes]:
    """Bytes of an open file, with some requests under way before they are needed."""
    asked: deque[tuple[_Box, int]] = deque()
    offset = start
    while offset < end or asked:
        while offset < end and len(asked) < _AHEAD:
            size = min(CHUNK, end - offset)
            asked.append((_ask(partial(file.read, offset, size)), size))
            offset += size
        box, size = asked.popleft()
        chunk: bytes = _answered(box, context)
        if len(chunk) != size:
            msg = f"the XRootD server sent {len(chunk)} of {size} bytes"
            raise SourceFailed(msg, tries=None)
        yield chunk


def _ask(request: Callable[..., Any]) -> _Box:
    """Send a request; the client's own thread puts the answer where it is waited for."""
    box: _Box = queue.SimpleQueue()
    status = request(callback=lambda status, response, _: box.put((status, response)))
    if not status.ok:
        box.put((status, None))
    return box


def _answered(box: _Box, context: Context) -> Any:
    until = context.pace.clock() + context.policy.stall_timeout
    while True:
        try:
            status, response = box.get(timeout=_LOOK)
        except queue.Empty:
            context.check()
            if context.pace.clock() > until:
                msg = "the XRootD server stopped sending"
                raise SourceFailed(msg, tries=None, of_host=True) from None
            continue
        if not status.ok:
            msg = f"the XRootD server said: {status.message.strip()}"
            lasting = (status.fatal and status.code not in _NETWORK) or status.errno in _LASTING
            raise SourceFailed(msg, tries=1 if lasting else None, of_host=not status.errno)
        return response
