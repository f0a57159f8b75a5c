"""The faults of a source: what it answers, and what a user must get. Tests and the bench of peers read it."""

import gzip
import random
import zlib
from dataclasses import dataclass
from email.utils import formatdate

from tests.faults.raw import (
    OK,
    flood,
    headed,
    multipart,
    politely_cut,
    raw,
    reset_at_once,
    silent,
    slow_headers,
)
from tests.faults.server import Act, chunked, drip, good, partial, reset_after, stall, status, whole

BODY = random.Random(36).randbytes(3_000_000)
SIZE = len(BODY)
HALF = SIZE // 2
FLIPPED = BODY[:HALF] + bytes([BODY[HALF] ^ 1]) + BODY[HALF + 1 :]
PAGE = b"<html><title>Sign in</title>" + b" " * 1000 + b"</html>"
XML = b"<?xml version='1.0'?><Error><Code>InternalError</Code></Error>"
CUT = (good(BODY, stop_after=HALF),)
"""What comes before a fault of a Range: an answer that broke off in the middle."""


def twin(body: bytes) -> bytes:
    """Another content of the same length and adler32: three bytes changed by +1, -2 and +1."""
    at = next(at for at in range(len(body)) if body[at] < 255 and body[at + 1] > 1 and body[at + 2] < 255)
    other = bytearray(body)
    for step, change in enumerate((1, -2, 1)):
        other[at + step] += change
    assert zlib.adler32(other) == zlib.adler32(body)
    return bytes(other)


@dataclass(frozen=True)
class Fault:
    """One way to answer wrongly.

    Attributes
    ----------
    number
        Of the fault in the survey of clients, 1 to 36; from 37 on those we added.
    cause
        Regular expression of what the user reads when it lasts; '' where the right bytes arrive all the same.
    before
        Answers before it.
    final
        Whether the source is not asked again after it.
    silent
        Whether it says nothing more, so that only time tells it.
    endless
        Whether it talks without end, each byte in time.
    """

    number: int
    name: str
    act: Act
    cause: str = ""
    before: tuple[Act, ...] = ()
    final: bool = False
    silent: bool = False
    endless: bool = False


def named(fault: Fault) -> str:
    """How the tests call it."""
    return f"{fault.number} {fault.name}"


def _rest(of: bytes, first: int, last: int | None = None, size: object = SIZE) -> Act:
    """The bytes from the middle of an object, with a claim of where they are from."""
    end = SIZE - 1 if last is None else last
    return partial(of, f"bytes {first}-{end}/{size}")


def _chunks(*pieces: bytes, **headers: object) -> Act:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return headed(b"".join(pieces), "Transfer-Encoding: chunked", *lines)


_LENGTH = f"Content-Length: {SIZE}"

FAULTS = (
    Fault(1, "cut with a length", good(BODY, stop_after=HALF)),
    Fault(1, "cut again and again", good(BODY, stop_after=400_000)),
    Fault(1, "cut before the first byte", good(BODY, stop_after=0), "broke the connection"),
    Fault(2, "cut without a length", chunked(BODY[:HALF], end=False), "broke|ended after"),
    Fault(2, "ended early as if whole", chunked(BODY[:HALF], end=True), "ended after 1500000 of 3000000"),
    Fault(3, "a web page", whole(PAGE, Content_Type="text/html; charset=utf-8"), "web page", final=True),
    Fault(
        3, "a web page, no length", chunked(PAGE, end=True, Content_Type="Text/HTML"), "web page", final=True
    ),
    Fault(3, "a web page called a file", chunked(PAGE, end=True), "ended after 1035 of 3000000"),
    Fault(3, "a web page of the right length", whole(PAGE.ljust(SIZE)), "checksum adler32 .* instead of"),
    Fault(3, "an error text as the file", whole(XML), "62 bytes are offered where 3000000", final=True),
    Fault(3, "an error text in the stream", chunked(BODY[:HALF] + XML, end=True), "ended after"),
    Fault(4, "one bit flipped", whole(FLIPPED), "checksum adler32 .* instead of"),
    Fault(4, "a twin with the same adler32", whole(twin(BODY)), "checksum md5 .* instead of"),
    Fault(5, "busy, seconds", status(503, Retry_After=3), "HTTP 503 Service Unavailable"),
    Fault(5, "busy, a date", status(503, Retry_After=formatdate(0, usegmt=True)), "HTTP 503"),
    Fault(5, "busy, no hint", status(503), "HTTP 503 Service Unavailable"),
    Fault(5, "busy, nonsense", status(503, Retry_After="soon, -1"), "HTTP 503 Service Unavailable"),
    Fault(
        5, "come back tomorrow", status(503, Retry_After=86400), "asks to come back in 86400 s", final=True
    ),
    Fault(6, "too many requests", status(429, Retry_After=1), "HTTP 429 Too Many Requests"),
    Fault(7, "Range ignored", whole(BODY), before=CUT),
    Fault(7, "Range ignored, wrong bytes", whole(FLIPPED), "checksum adler32", CUT),
    Fault(8, "Range from elsewhere", _rest(BODY[5:], 5), "another range than asked", CUT),
    Fault(8, "Range that says nothing", partial(BODY[HALF:], "bytes"), "another range than asked", CUT),
    Fault(8, "Range of another size", _rest(BODY[HALF:], HALF, size=SIZE + 1), "another range", CUT),
    Fault(8, "Range answered with a lie", _rest(BODY[:HALF], HALF), "another range", CUT),
    Fault(8, "Range too short", _rest(BODY[HALF:-9], HALF, SIZE - 10), "another range", CUT),
    Fault(9, "no such range", status(416), "no such range|HTTP 416", CUT),
    Fault(10, "another object", good(FLIPPED, '"b"'), "checksum", (good(BODY, '"a"', stop_after=HALF),)),
    Fault(
        10,
        "another object, If-Range ignored",
        _rest(FLIPPED[HALF:], HALF),
        "changed meanwhile|another range",
        (good(BODY, '"a"', stop_after=HALF),),
    ),
    Fault(
        10,
        "another object, weak tag",
        good(FLIPPED, 'W/"a"'),
        "checksum",
        (good(BODY, 'W/"a"', stop_after=HALF),),
    ),
    Fault(11, "reset in the middle", reset_after(BODY, HALF), "broke the connection"),
    Fault(11, "reset before the answer", reset_at_once, "broke the connection"),
    Fault(12, "silence in the middle", stall(BODY, HALF), "stopped sending", silent=True),
    Fault(12, "silence before the answer", silent(), "stopped sending", silent=True),
    Fault(12, "silence in the headers", silent(OK + b"Content-Le"), "stopped sending", silent=True),
    Fault(13, "a byte at a time", drip(BODY), "only .* bytes came", endless=True),
    Fault(16, "not logged in", status(401), "HTTP 401 Unauthorized"),
    Fault(17, "forbidden", status(403), "HTTP 403 Forbidden", final=True),
    Fault(18, "not there", status(404), "HTTP 404 Not Found", final=True),
    Fault(
        21,
        "packed on the way",
        whole(gzip.compress(BODY), Content_Encoding="gzip"),
        "packed as 'gzip'",
        final=True,
    ),
    Fault(21, "said to be packed", whole(BODY, Content_Encoding="br"), "packed as 'br'", final=True),
    Fault(21, "packed, not said", whole(gzip.compress(BODY, 1)), "bytes are offered where", final=True),
    Fault(36, "a length that is too small", good(BODY[:-1]), "2999999 bytes are offered", final=True),
    Fault(36, "a length that is too large", good(BODY + b"!"), "3000001 bytes are offered", final=True),
    Fault(36, "more than was promised", chunked(BODY + b"more", end=True), "more than the 3000000"),
    Fault(36, "more than the length said", headed(BODY + b"more", _LENGTH)),
    Fault(36, "two lengths", headed(BODY, _LENGTH, "Content-Length: 5"), "broke the connection"),
    Fault(36, "a length that is no number", headed(BODY, "Content-Length: ten"), "broke the connection"),
    Fault(36, "a negative length", headed(BODY, "Content-Length: -1"), "broke the connection"),
    Fault(
        36,
        "a length beyond all",
        headed(BODY, f"Content-Length: 1{'0' * 18}"),
        "bytes are offered",
        final=True,
    ),
    Fault(36, "a chunk beyond all", _chunks(b"f" * 16 + b"\r\n", BODY[:HALF]), "broke the connection"),
    Fault(36, "a chunk that is none", _chunks(b"ten\r\n", BODY[:HALF]), "broke the connection"),
    Fault(
        37, "many ranges in one", multipart(BODY, [(0, 9), (HALF, SIZE - 1)]), "another range than asked", CUT
    ),
    Fault(38, "all, called a range", whole(BODY, Content_Range=f"bytes {HALF}-{SIZE - 1}/{SIZE}"), "", CUT),
    Fault(
        38,
        "a range, called all",
        whole(BODY[HALF:], Content_Range=f"bytes {HALF}-{SIZE - 1}/{SIZE}"),
        "1500000 bytes are offered",
        CUT,
        final=True,
    ),
    Fault(39, "HTTP/1.0", headed(BODY, status="HTTP/1.0 200 OK")),
    Fault(39, "HTTP/1.0, cut", headed(BODY[:HALF], status="HTTP/1.0 200 OK"), "ended after"),
    Fault(39, "HTTP/0.9", raw(BODY), "broke the connection"),
    Fault(40, "continue", raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 9, OK, f"{_LENGTH}\r\n\r\n".encode(), BODY)),
    Fault(
        40, "continue for ever", flood(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), "never came", endless=True
    ),
    Fault(41, "a header without end", flood(OK + b"X: ", b"x" * 1000), "broke the connection"),
    Fault(41, "headers without end", flood(OK, b"X: " + b"x" * 1000 + b"\r\n"), "broke the connection"),
    Fault(42, "a header a byte at a time", slow_headers, "never came", endless=True),
    Fault(43, "closed politely in the middle", politely_cut(BODY, HALF), "ended after"),
    Fault(
        44,
        "more than the range",
        _rest(BODY[HALF:] + b"more", HALF),
        "more than the 3000000|another range",
        CUT,
    ),
    Fault(45, "two tags", headed(BODY[:HALF], _LENGTH, 'ETag: "a"', 'ETag: "b"'), "broke the connection"),
    Fault(48, "a range nobody asked for", _rest(BODY, 0), "another range than asked"),
    Fault(51, "no content", status(204), "HTTP 204 No Content", final=True),
    Fault(51, "not modified", status(304), "HTTP 304 Not Modified", final=True),
    Fault(
        51,
        "a status of no kind",
        headed(b"", "Content-Length: 0", status="HTTP/1.1 999 No"),
        "999",
        final=True,
    ),
    Fault(51, "nowhere", status(302), "HTTP 302 Found", final=True),
    Fault(52, "a header that splits a line", headed(BODY, _LENGTH, "X: a\rb\x00c"), "broke the connection"),
)
