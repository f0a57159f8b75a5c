"""A server that answers as told: for what a real lake cannot be made to do, such as a wrong version."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from urllib.parse import parse_qs

from tests.serving import serving

Answer = tuple[int, dict[str, str], bytes | Iterable[bytes]]


class Answering(ThreadingHTTPServer):
    """Answers every GET and POST with one status, its headers and body, and remembers what it was sent.

    Attributes
    ----------
    answer
        Status, headers and body; a body of several pieces is sent piece by piece.
    say
        Answers in its place, given path, headers and body of the request.
    asked, forms
        Path and headers of each request; fields of each that came with a form.
    """

    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.say: Callable[[str, dict[str, str], bytes], Answer] | None = None
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.forms: list[dict[str, str]] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hung up: it would stand in what the next test says."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Answering

    def do_GET(self) -> None:
        sent, headers = self.rfile.read(int(self.headers.get("Content-Length", 0))), dict(self.headers)
        self.server.asked.append((self.path, headers))
        if self.headers.get("Content-Type") == "application/x-www-form-urlencoded":
            self.server.forms.append({name: values[0] for name, values in parse_qs(sent.decode()).items()})
        say = self.server.say
        status, more, body = say(self.path, headers, sent) if say else self.server.answer
        whole = isinstance(body, bytes)
        length = {"Content-Length": str(len(body))} if whole else {"Transfer-Encoding": "chunked"}
        self.send_response_only(status)
        for name, value in {**length, **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.writelines([body] if whole else _chunked(body))

    do_POST = do_GET

    def log_message(self, *_: object) -> None: ...


def _chunked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in chain(pieces, [b""]):
        yield b"%x\r\n%b\r\n" % (len(piece), piece)


@contextmanager
def answering(
    body: object = b"", *, status: int = 200, headers: dict[str, str] | None = None
) -> Iterator[Answering]:
    """Run such a server; a body that is not bytes is sent as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with serving(Answering((status, headers or {}, raw))) as server:
        yield server
