"""A file is read where it is: only what is asked for moves, and never bytes of two objects."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import uproot
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.server import Act, Breaking, Handler, breaking, partial, status, whole
from tests.faults.world import HASTY, OpenAccess, Waits, registered
from vre_dm.errors import NotInLake, TransferFailed
from vre_dm.lake.lake import Lake
from vre_dm.lake.stream import BLOCK, Stream, open_file

BODY = bytes(range(256)) * 4096 * 4 + b"the end"


def ranges(body: bytes, *etags: str, size: int | None = None) -> Act:
    """A server that sends the ranges that it is asked for; each answer has the next etag."""
    left = list(etags)

    def act(h: Handler) -> None:
        first, last = (int(each) for each in h.headers["Range"].removeprefix("bytes=").split("-"))
        extra = {"ETag": left.pop(0) if len(left) > 1 else left[0]} if left else {}
        piece = body[first : last + 1]
        total = f"bytes {first}-{first + len(piece) - 1}/{size or len(body)}"
        h.answer(206, Content_Length=len(piece), Content_Range=total, **extra)
        h.send(piece)

    return act


@pytest.fixture
def server() -> Iterator[Breaking]:
    with breaking() as play:
        yield play


def opened(server: Breaking, *acts: Act, body: bytes = BODY) -> io.BufferedReader:
    file = registered(body, server.play("/file", *acts))
    found = open_file(file, OpenAccess(), policy=HASTY, pace=Waits().pace())
    assert isinstance(found, io.BufferedReader)
    return found


def test_only_the_blocks_that_are_read_move(server: Breaking) -> None:
    with opened(server, ranges(BODY)) as stream:
        before = server.sent
        stream.seek(-7, io.SEEK_END)
        assert stream.read() == b"the end"
        stream.seek(10 * BLOCK + 5)
        assert stream.read(1000) == BODY[10 * BLOCK + 5 :][:1000]
        stream.seek(10 * BLOCK)
        assert stream.read(5) == BODY[10 * BLOCK :][:5]
        assert before <= BLOCK
        assert server.sent - before <= BLOCK + len(BODY) % BLOCK
        assert "not verified as a whole" in repr(stream.raw)


def test_a_file_that_is_read_from_begin_to_end_moves_once_in_few_requests(server: Breaking) -> None:
    with opened(server, ranges(BODY, '"1"')) as stream:
        assert stream.read() == BODY
        assert server.sent == len(BODY)
        assert len(server.asked) <= 8


def test_an_object_that_changes_in_the_middle_is_an_error_not_mixed_bytes(server: Breaking) -> None:
    with opened(server, ranges(BODY, '"1"', '"2"')) as stream:
        stream.seek(5 * BLOCK)
        with pytest.raises(TransferFailed) as caught:
            stream.read(1)
    assert "changed meanwhile; open it again" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_busy_server_is_asked_again(server: Breaking) -> None:
    with opened(server, status(503), ranges(BODY), status(503), ranges(BODY)) as stream:
        stream.seek(5 * BLOCK)
        assert stream.read(3) == BODY[5 * BLOCK :][:3]


@pytest.mark.parametrize(
    ("act", "cause"),
    [
        (whole(BODY), "does not send parts"),
        (ranges(BODY, size=len(BODY) + 1), "another range"),
        (partial(BODY[: BLOCK - 1], f"bytes 0-{BLOCK - 1}/{len(BODY)}"), "ended after"),
        (status(404), "HTTP 404"),
    ],
)
def test_a_server_that_sends_anything_else_is_refused(server: Breaking, act: Act, cause: str) -> None:
    file = registered(BODY, server.play("/file", act))
    with pytest.raises(TransferFailed, match=cause):
        open_file(file, OpenAccess(), policy=HASTY, pace=Waits().pace())


def test_the_next_copy_is_opened_where_the_first_cannot_be(server: Breaking, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_bytes(BODY[1:])
    bad, good_ = server.play("/bad", status(403)), server.play("/good", ranges(BODY))
    file = registered(BODY, f"file://localhost{wrong}", bad, good_)
    with open_file(file, OpenAccess(), policy=HASTY) as stream:
        assert stream.read() == BODY
    with pytest.raises(TransferFailed, match=r"cannot be opened: .*not a plain file.*HTTP 403"):
        open_file(registered(BODY, f"file://localhost{wrong}", bad), OpenAccess(), policy=HASTY)


def test_a_verified_copy_is_opened_before_anything_is_asked(server: Breaking, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    file = registered(BODY, server.play("/file", ranges(BODY)))
    copy.write_bytes(BODY)
    with open_file(file, OpenAccess(), copies=(copy,)) as stream:
        assert stream.read() == BODY
    assert server.asked == []
    copy.write_bytes(BODY[:-1] + b"x")
    with open_file(file, OpenAccess(), copies=(copy,)) as stream:
        assert stream.read(4) == BODY[:4]
    assert server.asked


def test_a_token_goes_to_the_lakes_storage_alone(server: Breaking) -> None:
    with breaking() as other:
        there = other.play("/there", ranges(BODY))
        file = registered(BODY, server.play("/file", status(302, Location=there)))
        access = OpenAccess(token_origin=server.url(""))
        with open_file(file, access, policy=HASTY) as stream:
            assert stream.read(4) == BODY[:4]
        assert server.asked[0][1]["authorization"] == "Bearer canary-token"
        assert "authorization" not in other.asked[0][1]


class Bytes:
    """Bytes in memory, as ranges."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def read(self, start: int, end: int) -> bytes:
        assert 0 <= start < end <= len(self.body)
        return self.body[start:end]

    def close(self) -> None: ...


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, len(BODY) + 9), st.integers(0, 3 * BLOCK)), max_size=8))
def test_reads_in_any_order_give_the_bytes_of_the_file(reads: list[tuple[int, int]]) -> None:
    with io.BufferedReader(Stream(Bytes(BODY), len(BODY), "bytes")) as stream:
        for offset, count in reads:
            stream.seek(offset)
            assert stream.read(count) == BODY[offset : offset + count]


def test_a_closed_stream_says_so() -> None:
    stream = Stream(Bytes(BODY), len(BODY), "bytes")
    assert stream.seek(-1, io.SEEK_END) == stream.tell() == len(BODY) - 1
    with pytest.raises(ValueError, match="before the begin"):
        stream.seek(-1)
    stream.close()
    with pytest.raises(ValueError, match="closed"):
        stream.read(1)


def test_a_tree_of_a_large_root_file_is_read_without_the_others(server: Breaking, tmp_path: Path) -> None:
    made = tmp_path / "made.root"
    noise = np.random.default_rng(1).random(2_000_000)
    with uproot.recreate(made) as file:
        file["first"] = {"x": noise}
        file["second"] = {"y": np.arange(1000.0)}
    body = made.read_bytes()
    found = open_file(registered(body, server.play("/file", ranges(body))), OpenAccess(), policy=HASTY)
    with found as file:
        assert np.array_equal(file["second"]["y"].array(library="np"), np.arange(1000.0))
    assert server.sent < len(body) / 5


@pytest.fixture
def lake_without_paths(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """The lake as a machine sees it that mounts no storage."""
    monkeypatch.setattr(lake.access, "local_path", lambda pfn: None)
    return lake


def test_muon_pairs_of_the_lake_are_read_over_https_in_uproot(lake_without_paths: Lake) -> None:
    with lake_without_paths.dataset("cms:zmumu.2010").open() as file:
        assert isinstance(file, uproot.ReadOnlyDirectory)
        tree = file["events"]
        assert tree.num_entries > 1000
        assert 60 < float(np.median(tree["mass"].array(library="np"))) < 120


def test_a_parquet_file_of_the_lake_is_the_same_from_a_path_and_over_https(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = lake.dataset("xenon:s2only.response")
    with dataset.open("*.parquet") as stream:
        from_path = pd.read_parquet(stream)
    monkeypatch.setattr(lake.access, "local_path", lambda pfn: None)
    with dataset.open() as stream:
        assert "https" in repr(stream.raw)
        pd.testing.assert_frame_equal(pd.read_parquet(stream), from_path)


def test_which_file_has_to_be_said_where_there_are_several(lake: Lake) -> None:
    dataset = lake.dataset("xenon:s2only.2019")
    with pytest.raises(NotInLake, match=r"has 4 files .*name one of them"):
        dataset.open()
    with pytest.raises(NotInLake, match="none of the 4 files"):
        dataset.open("no such file")


class Remote:
    """What fsspec opens for an address of an XRootD server."""

    def __init__(self, size: int) -> None:
        self.size, self.stream = size, io.BytesIO(BODY)
        self.seek, self.read, self.close = self.stream.seek, self.stream.read, self.stream.close


@pytest.mark.parametrize(("size", "cause"), [(len(BODY), None), (len(BODY) + 1, "bytes are offered")])
def test_root_addresses_are_opened_through_fsspec(
    monkeypatch: pytest.MonkeyPatch, size: int, cause: str | None
) -> None:
    class System:
        def open(self, path: str, mode: str, cache_type: str) -> Remote:
            assert (path, mode, cache_type) == ("//file", "rb", "none")
            return Remote(size)

    monkeypatch.setattr("fsspec.url_to_fs", lambda url, **_: (System(), url.removeprefix("root://localhost")))
    file = registered(BODY, "root://localhost//file")
    if cause:
        with pytest.raises(TransferFailed, match=cause):
            open_file(file, OpenAccess())
        return
    with open_file(file, OpenAccess()) as stream:
        stream.seek(-7, io.SEEK_END)
        assert stream.read() == b"the end"
