"""A real HTTPS server that breaks on purpose: each path plays a list of acts, the last one for ever."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TLS = Path(__file__).parent / "tls"
Act = Callable[["Handler"], None]


@dataclass
class Breaking:
    """The server as a test sees it.

    Attributes
    ----------
    acts
        For each path what to do, one act a request.
    asked
        Path and headers of every request, in order.
    sizes
        What a HEAD says, for clients that want one.
    sent
        Body bytes sent in all.
    """

    port: int
    scheme: str
    acts: dict[str, list[Act]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    counting: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str, host: str = "localhost") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def play(self, path: str, *acts: Act) -> str:
        """Set what happens at a path; returns its address."""
        self.acts[path] = list(acts)
        return self.url(path)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    play: Breaking

    def do_GET(self) -> None:
        self.play.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        acts = self.play.acts.get(self.path, [status(404)])
        act = acts.pop(0) if len(acts) > 1 else acts[0]
        act(self)

    def do_HEAD(self) -> None:
        """Without fault, for clients that ask before they read."""
        self.answer(200, Content_Length=self.play.sizes.get(self.path, 0), Accept_Ranges="bytes")

    def log_message(self, format: str, *args: object) -> None:
        pass

    def answer(self, code: int, **headers: object) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def send(self, data: bytes) -> None:
        """Send bytes of a body; who has them finds them counted."""
        self._count(len(data))
        try:
            self.wfile.write(data)
            self.wfile.flush()
        except BaseException:
            self._count(-len(data))
            raise

    def _count(self, size: int) -> None:
        with self.play.counting:
            self.play.sent += size

    def asked_from(self) -> int:
        """Offset of the Range that was asked for, 0 for the whole."""
        return int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])

    def hang_up(self) -> None:
        self.close_connection = True

    def reset(self) -> None:
        """End with RST instead of FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True


def good(body: bytes, etag: str | None = None, stop_after: int | None = None) -> Act:
    """A correct server that honours Range and If-Range; may hang up after some bytes of an answer."""

    def act(h: Handler) -> None:
        start = h.asked_from()
        if h.headers.get("If-Range") not in (None, etag):
            start = 0
        if start > len(body) or (start and start == len(body)):
            h.answer(416, Content_Range=f"bytes */{len(body)}", Content_Length=0)
            return
        extra = {"ETag": etag} if etag else {}
        if start:
            extra["Content_Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        h.answer(206 if start else 200, Content_Length=len(body) - start, **extra)
        if stop_after is None:
            h.send(body[start:])
        else:
            h.send(body[start : start + stop_after])
            h.hang_up()

    return act


def halting(body: bytes, until: Path) -> Act:
    """Send the first half; the second when a file exists, which tells that the test has done its part."""

    def act(h: Handler) -> None:
        h.answer(200, Content_Length=len(body))
        h.send(body[: len(body) // 2])
        end = time.monotonic() + 60
        while not until.exists() and time.monotonic() < end:
            time.sleep(0.01)
        h.send(body[len(body) // 2 :])

    return act


def reset_after(body: bytes, count: int) -> Act:
    def act(h: Handler) -> None:
        h.answer(200, Content_Length=len(body))
        h.send(body[:count])
        h.reset()

    return act


def chunked(body: bytes, *, end: bool, **headers: object) -> Act:
    """A body without a length; without an end the connection is cut in the middle."""

    def act(h: Handler) -> None:
        h.answer(200, Transfer_Encoding="chunked", **headers)
        for at in range(0, len(body), 4096):
            piece = body[at : at + 4096]
            h.send(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        if end:
            h.send(b"0\r\n\r\n")
        else:
            h.hang_up()

    return act


def whole(body: bytes, **headers: object) -> Act:
    """Everything, whatever Range was asked for."""

    def act(h: Handler) -> None:
        h.answer(200, Content_Length=len(body), **headers)
        h.send(body)

    return act


def partial(body: bytes, content_range: str) -> Act:
    """A 206 with this body and this claim."""

    def act(h: Handler) -> None:
        h.answer(206, Content_Length=len(body), Content_Range=content_range)
        h.send(body)

    return act


def status(code: int, **headers: object) -> Act:
    def act(h: Handler) -> None:
        h.answer(code, Content_Length=0, **headers)

    return act


def stall(body: bytes, count: int) -> Act:
    """Some bytes, then silence until the test is over."""

    def act(h: Handler) -> None:
        h.answer(200, Content_Length=len(body))
        h.send(body[:count])
        h.play.over.wait(60)
        h.hang_up()

    return act


def drip(body: bytes) -> Act:
    """One byte at a time, for ever alive and never useful."""

    def act(h: Handler) -> None:
        h.answer(200, Content_Length=len(body))
        for value in body:
            if h.play.over.wait(0.02):
                break
            h.send(bytes([value]))
        h.hang_up()

    return act


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = True
    certificate: Path | None = None

    def finish_request(self, request: object, client_address: object) -> None:
        if self.certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            request.settimeout(10)
            request = context.wrap_socket(request, server_side=True)
        try:
            super().finish_request(request, client_address)
        finally:
            request.close()

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # the client hung up: many tests want just that


@contextmanager
def breaking(certificate: Path | None = TLS / "server.pem", host: str = "127.0.0.1") -> Iterator[Breaking]:
    """Run a server on a free port; without a certificate it speaks plain http."""
    play = Breaking(0, "https" if certificate else "http")
    server = _Server((host, 0), type("Bound", (Handler,), {"play": play}))
    server.certificate = certificate
    play.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield play
    finally:
        play.over.set()
        server.shutdown()
        server.socket.close()  # not server_close: it would wait for handlers on kept-alive connections
        thread.join()
