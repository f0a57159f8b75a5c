"""Which HTTP answers to believe: the stored bytes from where we stand, or a cause in words."""

import re
import time
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol

import httpx

from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.part import Part
from vre_dm.lake.transfer.verify import Expected

# a busy server is asked again; 401 once, since the access may have a fresh token by then
_TRIES: dict[int, int | None] = {401: 2, **dict.fromkeys((408, 425, 429, 500, 502, 503, 504))}
_OVERLOAD = frozenset((429, 500, 502, 503, 504))  # the whole host's, not this file's
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


class Wanted(Protocol):
    """What is asked for: a part of a fetch, or what a stream reads."""

    @property
    def target(self) -> Path:
        """Name of the file."""

    @property
    def expected(self) -> Expected:
        """Size and checksums as registered."""


class RangesIgnored(SourceFailed):
    """A server sent the whole file where a part was asked for."""


def ask_rest(url: str, part: Part) -> dict[str, str]:
    """Headers that continue a part, if a strong validator or the catalogue's checksum judges the joint."""
    if not part.size:
        return {}
    if part.origin is not None and part.origin[0] == url:
        return {"Range": f"bytes={part.size}-", "If-Range": part.origin[1]}
    return {"Range": f"bytes={part.size}-"} if part.expected.has_checksum else {}


def refuse(response: httpx.Response, part: Part) -> None:
    """Refuse every answer that is not the object, or the asked rest of it, as it is stored."""
    if response.status_code == 416 and part.size:
        part.restart()
        msg = "the server has no such range; begun again"
        raise SourceFailed(msg, tries=None)
    refuse_strange(response, part)
    length = response.headers.get("content-length", "")
    if response.status_code == 200 and length.isdecimal():
        refuse_size(int(length), part)


def refuse_strange(response: httpx.Response, part: Wanted) -> None:
    """Refuse every answer that holds no bytes of the object as they are stored."""
    status = response.status_code
    if status not in (200, 206):
        reason = f"HTTP {status} {response.reason_phrase}".strip()
        trouble = status in _OVERLOAD
        raise SourceFailed(reason, tries=_TRIES.get(status, 1), wait=retry_after(response), of_host=trouble)
    encoding = response.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        msg = f"the answer is packed as {encoding!r} though the plain bytes were asked for"
        raise SourceFailed(msg)
    kind = response.headers.get("content-type", "").lower()
    if kind.startswith("text/html") and ".htm" not in part.target.suffix:
        msg = "a web page came instead of the file (a login or an error?)"
        raise SourceFailed(msg)


def refuse_size(size: int, part: Wanted) -> None:
    """Refuse an object of another size than registered, before a byte of it moves."""
    if part.expected.size is not None and size != part.expected.size:
        msg = f"{size} bytes are offered where {part.expected.size} are registered"
        raise SourceFailed(msg)


def refuse_less(response: httpx.Response, part: Part) -> None:
    """Refuse an answer that ended early: where its end was marked, it is another object; else it was cut."""
    if part.expected.size is None or part.size >= part.expected.size:
        return
    msg = f"the answer ended after {part.size} of {part.expected.size} bytes"
    if "transfer-encoding" in response.headers:
        part.restart()
        raise SourceFailed(msg, tries=2, corrupt=True)
    raise SourceFailed(msg, tries=None)


def refuse_more(part: Part) -> None:
    """Refuse a body that does not end where the registered file does."""
    if part.expected.size is not None and part.size > part.expected.size:
        part.restart()
        msg = f"more than the {part.expected.size} registered bytes came"
        raise SourceFailed(msg, tries=2, corrupt=True)


def align(url: str, response: httpx.Response, part: Part) -> None:
    """Make the part end where the answer begins: at its end, or empty where the server sends the whole."""
    etag = response.headers.get("etag", "")
    strong = etag if etag.startswith('"') else ""
    if response.status_code == 200:
        if part.size:
            part.restart()
    elif part.size == 0 or not _continues(response, part):
        part.restart()
        msg = "the server sent another range than asked; begun again"
        raise SourceFailed(msg, tries=None)
    elif part.origin is not None and part.origin[0] == url and strong != part.origin[1]:
        part.restart()
        msg = "the object changed meanwhile; begun again"
        raise SourceFailed(msg, tries=None)
    else:
        part.resumed = True
    part.origin = (url, strong) if strong else None


def refuse_other_range(response: httpx.Response, part: Wanted, start: int, end: int) -> None:
    """Refuse a piece that is not the asked one, from ``start`` up to ``end``, of the object so far.

    Raises
    ------
    RangesIgnored
        The server sends the whole instead.
    """
    refuse_strange(response, part)
    if response.status_code == 200:
        msg = "the server does not send parts of a file"
        raise RangesIgnored(msg, tries=None)
    found = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
    if found is None or found.groups() != (str(start), str(end - 1), str(part.expected.size)):
        msg = "the server sent another range than asked"
        raise SourceFailed(msg, tries=2)


def gives_ranges(response: httpx.Response) -> bool:
    """Whether a server says, or shows, that it sends parts of a file."""
    return response.status_code == 206 or response.headers.get("accept-ranges", "").lower() == "bytes"


def _continues(response: httpx.Response, part: Part) -> bool:
    found = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
    if found is None or int(found[1]) != part.size:
        return False
    return part.expected.size is None or found[3] == "*" or int(found[3]) == part.expected.size


def retry_after(response: httpx.Response) -> float | None:
    """Seconds a server asks to be left alone; a date is compared with the server's own clock."""
    text = response.headers.get("retry-after", "")
    if text.isdecimal():
        return float(text)
    when, now = _date(text), _date(response.headers.get("date", ""))
    if when is None:
        return None
    return max(when.timestamp() - (now.timestamp() if now else time.time()), 0.0)


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
