"""Answers written byte by byte, as no HTTP library would send them."""

import ssl
from collections.abc import Iterable
from contextlib import suppress

from tests.faults.server import Act, Handler

OK = b"HTTP/1.1 200 OK\r\n"
_FLOOD = 20_000


def raw(*pieces: bytes) -> Act:
    """Send these bytes and hang up."""

    def act(h: Handler) -> None:
        for piece in pieces:
            h.send(piece)
        h.hang_up()

    return act


def headed(body: bytes, *lines: str, status: str = "HTTP/1.1 200 OK") -> Act:
    """Send a status line, these header lines and a body, and hang up."""
    return raw("".join(f"{line}\r\n" for line in (status, *lines)).encode() + b"\r\n" + body)


def flood(first: bytes, again: bytes, times: int = _FLOOD) -> Act:
    """Say something again and again until the client has heard enough."""

    def act(h: Handler) -> None:
        h.hang_up()
        h.send(first)
        for _ in range(times):
            h.send(again * 64)

    return act


def silent(first: bytes = b"") -> Act:
    """Say this much, then nothing until the test is over."""

    def act(h: Handler) -> None:
        h.send(first)
        h.play.over.wait(60)
        h.hang_up()

    return act


def slow_headers(h: Handler) -> None:
    """One byte of a header at a time: always alive, never useful."""
    h.hang_up()
    h.send(OK + b"X: ")
    while not h.play.over.wait(0.05):
        h.send(b"x")


def reset_at_once(h: Handler) -> None:
    """Answer a request with RST."""
    h.reset()


def politely_cut(body: bytes, count: int) -> Act:
    """End the TLS session as if all was said, in the middle of a body without a length."""

    def act(h: Handler) -> None:
        h.hang_up()
        h.send(OK + b"Connection: close\r\n\r\n" + body[:count])
        h.wfile.flush()
        if isinstance(h.connection, ssl.SSLSocket):
            with suppress(OSError):
                h.connection.unwrap()

    return act


def multipart(body: bytes, ranges: Iterable[tuple[int, int]]) -> Act:
    """The asked range as one of many parts, as a server may send it to whom it takes for another."""
    pieces = [
        f"\r\n--cut\r\nContent-Range: bytes {first}-{last}/{len(body)}\r\n\r\n".encode()
        + body[first : last + 1]
        for first, last in ranges
    ]
    whole = b"".join(pieces) + b"\r\n--cut--\r\n"
    kind = "Content-Type: multipart/byteranges; boundary=cut"
    return headed(whole, kind, f"Content-Length: {len(whole)}", status="HTTP/1.1 206 Partial Content")


def followed_by(body: bytes, rest: bytes) -> Act:
    """A right answer, and behind it bytes that pass for the answer to the next request."""

    def act(h: Handler) -> None:
        h.send(OK + f"Content-Length: {len(body)}\r\n\r\n".encode() + body + rest)

    return act
