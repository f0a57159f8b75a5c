"""A large file in several streams is the file, whatever one of the streams meets."""

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from tests.faults.server import Act, Breaking, Handler, breaking
from tests.faults.world import OpenAccess, Waits, partials, registered
from tests.lakes import until
from vre_dm.errors import ChecksumMismatch, NoSpace, TransferFailed
from vre_dm.lake.files import File
from vre_dm.lake.transfer import Pace, Policy, fetch_files

BLOCK = 1 << 20
BODY = os.urandom(8 * BLOCK - 12345)
POLICY = Policy(block=BLOCK, connect_timeout=60.0, stall_timeout=2e6)
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@pytest.fixture
def server() -> Iterator[Breaking]:
    with breaking() as play:
        yield play


def hurried(waits: Waits) -> Pace:
    """A clock that makes a second of each ten microseconds: what is left always seems long."""
    return Pace(clock=lambda: time.monotonic() * 1e5 + sum(waits.seconds), wait=waits, chance=lambda: 0.0)


def fetch(file: File, folder: Path) -> Path:
    waits = Waits()
    return fetch_files([file], folder, access=OpenAccess(), policy=POLICY, pace=hurried(waits))[0]


@dataclass
class Object:
    """An object on a server whose first answer pauses until a second stream was asked for.

    Attributes
    ----------
    helper
        What each request for a piece gets instead, in turn; afterwards the true piece.
    """

    body: bytes = BODY
    etag: str = '"one"'
    helper: list[Callable[["Object", Handler], None]] = field(default_factory=list)
    pause_at: int = BLOCK // 2
    patience: float = 20.0
    asked: threading.Event = field(default_factory=threading.Event)
    pieces: list[tuple[int, int]] = field(default_factory=list)

    def act(self) -> Act:
        return self._answer

    def _answer(self, h: Handler) -> None:
        start, end = self.wanted(h)
        if "Range" in h.headers and h.headers["Range"][-1] != "-":
            self.pieces.append((start, end))
            self.asked.set()
            act = self.helper.pop(0) if self.helper else Object.piece
            act(self, h)
            return
        self.head(h, start, end)
        h.send(self.body[start : start + self.pause_at])
        self.asked.wait(self.patience)
        try:
            for at in range(start + self.pause_at, end, 50_000):
                h.send(self.body[at : at + 50_000])
        except OSError:
            h.hang_up()  # the client has the rest from elsewhere

    def wanted(self, h: Handler) -> tuple[int, int]:
        found = _RANGE.fullmatch(h.headers.get("Range", "bytes=0-"))
        return int(found[1]), int(found[2]) + 1 if found[2] else len(self.body)

    def head(self, h: Handler, start: int, end: int, **changes: object) -> None:
        ranged = (
            {"Content_Range": f"bytes {start}-{end - 1}/{len(self.body)}"} if "Range" in h.headers else {}
        )
        facts = (
            {"ETag": self.etag, "Accept_Ranges": "bytes", "Content_Length": end - start} | ranged | changes
        )
        h.answer(206 if ranged else 200, **facts)

    def piece(self, h: Handler) -> None:
        start, end = self.wanted(h)
        self.head(h, start, end)
        h.send(self.body[start:end])


def refused(_: Object, h: Handler) -> None:
    h.answer(503, Content_Length=0)


def whole(object_: Object, h: Handler) -> None:
    h.answer(200, Content_Length=len(BODY), ETag=object_.etag)
    h.send(object_.body[:100_000])
    h.hang_up()


def shifted(object_: Object, h: Handler) -> None:
    start, end = object_.wanted(h)
    object_.head(h, start, end, Content_Range=f"bytes {start - 1}-{end - 2}/{len(BODY)}")
    h.send(object_.body[start - 1 : end - 1])


def cut(object_: Object, h: Handler) -> None:
    start, end = object_.wanted(h)
    object_.head(h, start, end)
    h.send(object_.body[start : start + 1000])
    h.hang_up()


def newer(object_: Object, h: Handler) -> None:
    start, end = object_.wanted(h)
    object_.head(h, start, end, ETag='"two"')
    h.send(bytes(end - start))


def packed(object_: Object, h: Handler) -> None:
    start, end = object_.wanted(h)
    object_.head(h, start, end, Content_Encoding="gzip")
    h.send(bytes(end - start))


def page(_: Object, h: Handler) -> None:
    h.answer(200, Content_Type="text/html", Content_Length=5)
    h.send(b"login")


@pytest.mark.parametrize("sums", [{}, {"md5": None}])
def test_a_long_way_to_go_is_gone_in_several_streams(sums: dict, server: Breaking, tmp_path: Path):
    object_ = Object()
    file = registered(BODY, server.play("/x", object_.act()), **sums)
    assert fetch(file, tmp_path).read_bytes() == BODY
    assert (7 * BLOCK, len(BODY)) in object_.pieces  # the first helper begins at the back
    assert partials(tmp_path) == []


def test_no_byte_is_asked_for_twice(server: Breaking, tmp_path: Path):
    object_ = Object()
    fetch(registered(BODY, server.play("/x", object_.act())), tmp_path)
    seen = sorted(object_.pieces)
    assert [a for a, b in pairwise(seen) if a[1] > b[0]] == []


@pytest.mark.parametrize("fault", [refused, whole, shifted, cut, newer, packed, page])
def test_whatever_a_further_stream_meets_the_file_is_right(
    fault: Callable[[Object, Handler], None], server: Breaking, tmp_path: Path
):
    object_ = Object(helper=[fault])
    assert fetch(registered(BODY, server.play("/x", object_.act())), tmp_path).read_bytes() == BODY
    assert partials(tmp_path) == []


@pytest.mark.parametrize("silent", [{"size": None}, {"adler32": None, "md5": None}])
def test_what_could_not_be_judged_comes_in_one_stream(silent: dict, server: Breaking, tmp_path: Path):
    object_ = Object(patience=0.1)
    file = registered(BODY, server.play("/x", object_.act()), **silent)
    assert fetch(file, tmp_path).read_bytes() == BODY
    assert object_.pieces == []


def test_a_server_that_does_not_speak_of_ranges_is_not_asked_for_any(server: Breaking, tmp_path: Path):
    object_ = Object(patience=0.1)
    object_.head = lambda h, start, end: h.answer(200, Content_Length=end - start)  # type: ignore[method-assign]
    assert fetch(registered(BODY, server.play("/x", object_.act())), tmp_path).read_bytes() == BODY
    assert object_.pieces == []


def broken(object_: Object) -> Act:
    """The first answer breaks off as soon as two pieces were asked for."""

    def act(h: Handler) -> None:
        if "Range" in h.headers:
            object_.act()(h)
            return
        object_.head(h, 0, len(BODY))
        h.send(BODY[: BLOCK + 5000])
        object_.asked.wait(20)
        h.hang_up()

    return act


def test_when_the_first_stream_breaks_what_the_others_have_is_kept(server: Breaking, tmp_path: Path):
    object_ = Object()
    url = server.play("/x", broken(object_))
    assert fetch(registered(BODY, url), tmp_path).read_bytes() == BODY
    assert server.sent <= 1.05 * len(BODY)


def test_another_source_without_ranges_begins_where_it_must(server: Breaking, tmp_path: Path):
    object_ = Object(helper=[refused] * 50)

    def all_of_it(h: Handler) -> None:
        h.answer(200, Content_Length=len(BODY))
        h.send(BODY)

    first, second = server.play("/x", broken(object_)), server.play("/y", all_of_it)
    assert fetch(registered(BODY, first, second), tmp_path).read_bytes() == BODY


def test_the_next_run_goes_on_from_the_map_over_https_or_from_a_path(server: Breaking, tmp_path: Path):
    store = tmp_path / "store"
    store.write_bytes(BODY)
    for way in ("https", "path"):
        object_, folder = Object(helper=[refused] * 500), tmp_path / way
        url = server.play(f"/{way}", broken(object_))
        with pytest.raises(TransferFailed, match="503"):
            fetch(registered(BODY, url), folder)
        (part,) = partials(folder)
        assert part.stat().st_size > len(BODY)
        object_.helper.clear()
        before = server.sent
        again = registered(BODY, url if way == "https" else f"file://localhost{store}")
        assert fetch(again, folder).read_bytes() == BODY
        assert server.sent - before == (len(BODY) - BLOCK - 5000 if way == "https" else 0)
        assert partials(folder) == []


def test_wrong_bytes_in_a_piece_are_never_placed(server: Breaking, tmp_path: Path):
    def flipped(object_: Object, h: Handler) -> None:
        start, end = object_.wanted(h)
        object_.head(h, start, end)
        h.send(bytes([BODY[start] ^ 1]) + BODY[start + 1 : end])

    object_ = Object(helper=[flipped])
    assert fetch(registered(BODY, server.play("/x", object_.act())), tmp_path).read_bytes() == BODY
    always = Object(helper=[flipped] * 500, body=bytes([BODY[0] ^ 1]) + BODY[1:])
    with pytest.raises(ChecksumMismatch):
        fetch(registered(BODY, server.play("/y", always.act()), name="other"), tmp_path)
    assert partials(tmp_path) == []


def test_a_disk_that_fills_up_under_a_further_stream_is_said(
    server: Breaking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    object_, real = Object(), os.pwrite

    def full(descriptor: int, data: bytes, offset: int) -> int:
        if BLOCK * 5 < offset < len(BODY):
            raise OSError(28, "No space left on device")
        return real(descriptor, data, offset)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(NoSpace, match="free some space"):
        fetch(registered(BODY, server.play("/x", object_.act())), tmp_path)
    assert partials(tmp_path) == []


def test_no_thread_is_left_behind(server: Breaking, tmp_path: Path):
    before = set(threading.enumerate())
    fetch(registered(BODY, server.play("/x", Object().act())), tmp_path)
    until(lambda: all("request" in each.name for each in set(threading.enumerate()) - before))
