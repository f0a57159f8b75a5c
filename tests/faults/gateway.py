"""A gateway before the lake's WebDAV: a breaking server that can also pass a request on to the storage."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPSConnection
from urllib.parse import urlsplit

from tests.faults.server import TLS, Act, Breaking, Handler, breaking
from tests.faults.storages import Moved, Server

_OF_ONE_HOP = {"connection", "date", "host", "keep-alive", "server", "transfer-encoding"}


@dataclass(frozen=True)
class Gateway:
    """A file on real storage as it is reached through the gateway."""

    server: Server
    play: Breaking
    access: Moved

    def acts(self, *acts: Act) -> str:
        """Set what happens to the next requests; gives the address of the file."""
        return self.play.play(urlsplit(self.server.pfn).path, *acts)

    def through(self, stop_after: int | None = None) -> Act:
        """Let the storage answer; of its bytes so many arrive."""

        def act(h: Handler) -> None:
            status, headers, body = _asked(self.server, h.path, h.headers)
            h.answer(status, **headers)
            h.send(body[:stop_after])
            if stop_after is not None:
                h.hang_up()

        return act


def _asked(server: Server, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(server.pfn)
    context = server.access.verify(server.pfn)
    connection = HTTPSConnection(parts.hostname or "", parts.port, context=context, timeout=60)
    try:
        connection.request("GET", path, headers=_end_to_end(headers))
        answer = connection.getresponse()
        return answer.status, _end_to_end(answer.headers), answer.read()
    finally:
        connection.close()


def _end_to_end(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _OF_ONE_HOP}


@contextmanager
def before(server: Server) -> Iterator[Gateway]:
    with breaking() as play:
        yield Gateway(server, play, Moved(server.access, play.port, server.port, TLS / "ca.pem"))
