"""Pieces of one object on a server, each proved to be the asked one of the same object as before."""

import contextlib
import importlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from vre_dm.errors import MissingExtra
from vre_dm.lake.access import Access
from vre_dm.lake.transfer.answers import Wanted, refuse_other_range, refuse_size
from vre_dm.lake.transfer.failures import ObjectChanged, SourceFailed
from vre_dm.lake.transfer.http import Connections
from vre_dm.lake.transfer.mounts import Mounts
from vre_dm.lake.transfer.policy import Pace, Policy, backoff
from vre_dm.lake.transfer.pulse import Pulse
from vre_dm.lake.transfer.reading import reading
from vre_dm.lake.transfer.sources import Source
from vre_dm.lake.transfer.xrootd import set_up

_BEAT = 0.5  # seconds between two looks at a server that has not answered yet


class Ranges(Protocol):
    """Reads pieces of one object."""

    def read(self, start: int, end: int) -> bytes:
        """Bytes from ``start`` up to ``end``, all of them.

        Raises
        ------
        SourceFailed
            They do not come, or are of another object than the bytes before.
        """
        ...

    def close(self) -> None:
        """End the connection; a read under way fails."""
        ...


class HttpRanges:
    """Ranges over http(s), by the rules of a fetch: redirects, credentials, trust, time-outs."""

    def __init__(self, url: str, wanted: Wanted, access: Access, policy: Policy, pace: Pace) -> None:
        self._url, self._wanted = url, wanted
        self._policy, self._pace = policy, pace
        self._connections = Connections(access, policy)
        self._seen: tuple[str, str] | None = None
        self._closed = threading.Event()

    def read(self, start: int, end: int) -> bytes:
        """Ask again, with growing waits, what may come the next time."""
        tries = 0
        while True:
            try:
                return self._once(start, end)
            except SourceFailed as failure:
                tries += 1
                allowed = self._policy.rounds if failure.tries is None else failure.tries
                wait = max(failure.wait or 0.0, backoff(self._policy, tries, self._pace.chance()))
                if tries >= allowed or wait > self._policy.longest_wait or self._closed.is_set():
                    raise
                self._pace.wait(self._closed, wait)

    def close(self) -> None:
        """End the connection."""
        self._closed.set()
        self._connections.cut()
        self._connections.close()

    @property
    def seen(self) -> tuple[str, str] | None:
        """What the server calls the object (``ETag``, ``Last-Modified``); ``None`` before the first read."""
        return self._seen

    def _once(self, start: int, end: int) -> bytes:
        body = bytearray()
        asked = {"Range": f"bytes={start}-{end - 1}"}
        with _guarded(self._connections), self._connections.request("GET", self._url, asked) as response:
            refuse_other_range(response, self._wanted, start, end)
            self._refuse_changed(response.headers.get("etag", ""), response.headers.get("last-modified", ""))
            with Pulse(self._policy, self._pace.clock, lambda _: None) as beat:
                for chunk in response.iter_raw():
                    body += chunk
                    beat(len(chunk))
                    if len(body) > end - start:
                        break
        if len(body) != end - start:
            msg = f"the answer ended after {len(body)} of {end - start} bytes"
            if len(body) > end - start:
                msg = "more bytes came than were asked for"
            raise SourceFailed(msg, tries=None)
        return bytes(body)

    def _refuse_changed(self, *validators: str) -> None:
        if self._seen is None:
            self._seen = validators[0], validators[1]
        elif self._seen != validators:
            msg = "the object changed meanwhile; open it again"
            raise ObjectChanged(msg)


class PathRanges:
    """Ranges of a file on a mount, which is waited for no longer than a server."""

    def __init__(self, path: Path, wanted: Wanted, mounts: Mounts) -> None:
        self._held = contextlib.ExitStack()
        self._file = self._held.enter_context(reading(path, mounts))
        try:
            refuse_size(self._file.facts.st_size, wanted)
        except SourceFailed:
            self.close()
            raise

    def read(self, start: int, end: int) -> bytes:
        """Ask the file system once."""
        body = bytearray()
        for chunk in self._file.chunks(start):
            body += chunk[: end - start - len(body)]
            if len(body) == end - start:
                return bytes(body)
        msg = f"the file ended after {start + len(body)} bytes"
        raise SourceFailed(msg)

    def close(self) -> None:
        """Close the file."""
        self._held.close()


class RootRanges:
    """Ranges over ``root://``, through fsspec-xrootd; who the user is its client finds by itself."""

    def __init__(self, url: str, wanted: Wanted, policy: Policy) -> None:
        try:
            set_up(policy)
            system, path = importlib.import_module("fsspec").url_to_fs(
                url, timeout=max(int(policy.stall_timeout), 1)
            )
        except ImportError as error:
            msg = "root:// is read by the XRootD client: pip install vre-dm[stream]"
            raise MissingExtra(msg) from error
        self._file: Any = _asked(lambda: system.open(path, "rb", cache_type="none"))
        try:
            refuse_size(self._file.size, wanted)
        except SourceFailed:
            self.close()
            raise

    @property
    def seen(self) -> tuple[str, str] | None:
        """When the object was written last, in the second place; ``None`` where the server does not tell."""
        written = _asked(lambda: self._file.details).get("mtime")  # kept from when it was opened
        return ("", str(written)) if written else None

    def read(self, start: int, end: int) -> bytes:
        """Ask the server once; its client asks again by itself."""

        def read() -> Any:
            self._file.seek(start)
            return self._file.read(end - start)

        body: bytes = _asked(read)
        if len(body) != end - start:
            msg = f"the XRootD server sent {len(body)} of {end - start} bytes"
            raise SourceFailed(msg)
        return body

    def close(self) -> None:
        """Close the file."""
        with contextlib.suppress(OSError):
            self._file.close()


def ranges_of(
    source: Source, wanted: Wanted, access: Access, mounts: Mounts, policy: Policy, pace: Pace
) -> Ranges:
    """Open a source.

    Raises
    ------
    SourceFailed
        An XRootD server or a mount refuses, or has a file of another size.
    MissingExtra
        The XRootD client is not installed.
    """
    if source.path is not None:
        return PathRanges(source.path, wanted, mounts)
    url = source.url or ""
    if url.startswith("root"):
        return RootRanges(url, wanted, policy)
    return HttpRanges(url, wanted, access, policy, pace)


@contextlib.contextmanager
def _guarded(connections: Connections) -> Iterator[None]:
    """Look for a server whose headers never end: here no thread of a fetch does."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(_BEAT):
            connections.beat()

    threading.Thread(target=look, name="look", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _asked(question: Callable[[], Any]) -> Any:
    try:
        return question()
    except OSError as error:
        msg = f"the XRootD server said: {error}"
        raise SourceFailed(msg) from error
