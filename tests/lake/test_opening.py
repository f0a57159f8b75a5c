"""A file is read where it is: only what is asked for moves, and never bytes of two objects."""

import io
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import uproot

from tests.faults.server import Act, Breaking, Handler, breaking, partial, status, whole
from tests.faults.world import CALM, HURRIED, OpenAccess, Waits, registered
from vre_dm.did import Did
from vre_dm.errors import NotInLake, TransferFailed
from vre_dm.lake.cache import Cache
from vre_dm.lake.files import File
from vre_dm.lake.lake import Lake
from vre_dm.lake.opening import open_file, verified_copy
from vre_dm.lake.stream import BLOCK
from vre_dm.lake.transfer import http
from vre_dm.lake.transfer.verify import Expected

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
    found = open_file(file, OpenAccess(), policy=CALM, pace=Waits().pace())
    assert isinstance(found, io.BufferedReader)
    return found


def test_only_the_blocks_that_are_read_move(server: Breaking) -> None:
    with opened(server, ranges(BODY)) as stream:
        stream.seek(-7, io.SEEK_END)
        assert stream.read() == b"the end"
        stream.seek(10 * BLOCK + 5)
        assert stream.read(1000) == BODY[10 * BLOCK + 5 :][:1000]
        stream.seek(10 * BLOCK)
        assert stream.read(5) == BODY[10 * BLOCK :][:5]
        assert server.sent <= 2 * BLOCK + len(BODY) % BLOCK  # one of them to see whether it can be read
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
        open_file(file, OpenAccess(), policy=CALM, pace=Waits().pace())


def test_the_next_copy_is_opened_where_the_first_cannot_be(server: Breaking, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_bytes(BODY[1:])
    bad, good_ = server.play("/bad", status(403)), server.play("/good", ranges(BODY))
    file = registered(BODY, f"file://localhost{wrong}", bad, good_)
    with open_file(file, OpenAccess(), policy=CALM) as stream:
        assert stream.read() == BODY
    with pytest.raises(TransferFailed, match=r"cannot be opened: .*not a plain file.*HTTP 403"):
        open_file(registered(BODY, f"file://localhost{wrong}", bad), OpenAccess(), policy=CALM)


def dripping_headers(h: Handler) -> None:
    """A server that sends headers for ever, each in time."""
    h.wfile.write(b"HTTP/1.1 206 Partial Content\r\n")
    while not h.play.over.wait(0.02):
        h.wfile.write(b"X-More: to come\r\n")


def test_a_server_whose_headers_never_end_is_given_up(
    server: Breaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = Waits(speed=20.0)
    monkeypatch.setattr(http, "time", SimpleNamespace(monotonic=waits.clock))
    file = registered(BODY, server.play("/file", dripping_headers))
    with pytest.raises(TransferFailed, match="talks without end"):
        open_file(file, OpenAccess(), policy=HURRIED, pace=waits.pace())
    server.play("/file", dripping_headers, ranges(BODY))
    with open_file(file, OpenAccess(), policy=HURRIED, pace=waits.pace()) as stream:
        assert stream.read(4) == BODY[:4]


NAME = Did("test", "data.bin")
HUGE = Expected(1 << 40, "00000001", "0" * 32)
"""What to read takes longer than any test may."""


@pytest.fixture
def huge(tmp_path: Path) -> Path:
    """A file of the lake's folder, without a block on the disk."""
    path = tmp_path / "shows" / NAME.path()
    path.parent.mkdir(parents=True)
    with path.open("wb") as stream:
        stream.truncate(HUGE.size)
    os.utime(path, (1.0, 1.0))
    return path


def file_of(expected: Expected) -> File:
    return File(NAME, expected.size, expected.adler32, expected.md5)


def test_what_was_verified_is_not_read_again_to_be_opened(huge: Path, tmp_path: Path) -> None:
    shows, other = tmp_path / "shows", tmp_path / "other"
    cache = Cache(tmp_path, shows)
    ledger = cache.ledger(shows)
    ledger.record(huge, HUGE, huge.lstat())
    ledger.save()
    assert verified_copy(file_of(HUGE), shows, cache) == huge
    cache.adopt(NAME, HUGE, huge, huge.lstat(), threading.Event())
    found = verified_copy(file_of(HUGE), other, cache)
    assert found is not None
    assert found.samefile(huge)
    shared = Cache(tmp_path / "mine", other, shared=tmp_path)
    assert verified_copy(file_of(replace(HUGE, size=9)), other, shared) is None


@pytest.mark.parametrize("with_cache", [True, False])
def test_a_copy_that_nobody_vouches_for_is_read_once_and_used_if_it_is_good(
    tmp_path: Path, with_cache: bool
) -> None:
    cache, file = Cache(tmp_path, tmp_path / "shows") if with_cache else None, registered(BODY)
    copy = tmp_path / "shows" / file.did.path()
    assert verified_copy(file, tmp_path / "shows", cache) is None
    copy.parent.mkdir(parents=True)
    copy.write_bytes(BODY)
    os.utime(copy, (1.0, 1.0))
    assert verified_copy(file, tmp_path / "shows", cache) == copy
    if cache is not None:
        assert cache.ledger(tmp_path / "shows").holds(copy, Expected.of(file))
    copy.write_bytes(BODY[:-1] + b"x")
    os.utime(copy, (1.0, 1.0))
    assert verified_copy(file, tmp_path / "shows", cache) is None


def test_what_was_fetched_is_opened_without_asking_a_storage(lake: Lake, tmp_path: Path) -> None:
    cache = Cache(tmp_path, tmp_path / "shows", lake=lake.instance.url)
    here = Lake(lake.instance, tmp_path / "shows", cache=cache)
    dataset = here.dataset("xenon:s2only.response")
    (path,) = dataset.fetch()
    with dataset.open() as stream:
        assert stream.fileno() >= 0
        assert os.path.samestat(os.fstat(stream.fileno()), path.stat())


def test_a_copy_here_is_opened_before_anything_is_asked(server: Breaking, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.write_bytes(BODY)
    file = registered(BODY, server.play("/file", ranges(BODY)))
    with open_file(file, OpenAccess(), copy=copy) as stream:
        assert stream.read() == BODY
    assert server.asked == []


def test_a_token_goes_to_the_lakes_storage_alone(server: Breaking) -> None:
    with breaking() as other:
        there = other.play("/there", ranges(BODY))
        file = registered(BODY, server.play("/file", status(302, Location=there)))
        access = OpenAccess(token_origin=server.url(""))
        with open_file(file, access, policy=CALM) as stream:
            assert stream.read(4) == BODY[:4]
        assert server.asked[0][1]["authorization"] == "Bearer canary-token"
        assert "authorization" not in other.asked[0][1]


def test_a_tree_of_a_large_root_file_is_read_without_the_others(server: Breaking, tmp_path: Path) -> None:
    made = tmp_path / "made.root"
    noise = np.random.default_rng(1).random(2_000_000)
    with uproot.recreate(made) as file:
        file["first"] = {"x": noise}
        file["second"] = {"y": np.arange(1000.0)}
    body = made.read_bytes()
    found = open_file(registered(body, server.play("/file", ranges(body))), OpenAccess(), policy=CALM)
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
