"""Columns read from a server: the bits of a file here, only the bytes needed, never of two objects."""

import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.compute.remote import BASKET, ENTRIES, NEEDED, away, ranged, weighted, wide
from tests.faults.server import Act, Breaking, breaking, status
from tests.faults.world import OpenAccess
from tests.xrootd import xrootd
from vre_dm.compute.allowed import Permit
from vre_dm.compute.here import Here
from vre_dm.compute.inputs import Input, inputs_of
from vre_dm.compute.preparing import Prepared, prepare
from vre_dm.compute.reading import shelf
from vre_dm.compute.reduction import Reduction
from vre_dm.compute.remote import GAP, bytes_moved, opened
from vre_dm.compute.run.choosing import remark
from vre_dm.compute.tree import Tree
from vre_dm.compute.work import Part
from vre_dm.errors import ChunkFailed, DatasetChanged, LoginRefused, TransferFailed, UnreadableInput

CHUNK = 16 * BASKET
"""Bytes of a chunk: a basket of both columns."""


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wide(tmp_path_factory.mktemp("wide") / "wide.root")


@pytest.fixture(scope="module")
def body(local: Path) -> bytes:
    return local.read_bytes()


@pytest.fixture
def server() -> Iterator[Breaking]:
    with breaking() as play:
        yield play


@pytest.fixture(autouse=True)
def allowed() -> Iterator[None]:
    """This process may use the server."""
    shelf.allowed.tell("run", Permit(OpenAccess()))
    yield
    shelf.forget("run")


def done(source: Input, function: Any = weighted) -> tuple[list[Part | ChunkFailed], Any]:
    """What came of each chunk, and the plan."""
    prepared = prepare(function, [source], chunk_bytes=CHUNK)
    came = dict(Here().run(prepared.work, prepared.plan.calls(), threading.Event()))
    return [came[index] for index in range(len(prepared.plan.chunks))], prepared.plan


def again(prepared: Prepared) -> list[Part | ChunkFailed]:
    """What comes of each chunk of what was planned before."""
    came = dict(Here().run(prepared.work, prepared.plan.calls(), threading.Event()))
    assert len(came) == len(prepared.plan.chunks) == ENTRIES // BASKET
    return [came[index] for index in range(len(came))]


def changed(prepared: Prepared) -> list[ChunkFailed]:
    """Chunks of what was planned before, which all fail as the file is another one now."""
    failed = [part for part in again(prepared) if isinstance(part, ChunkFailed)]
    assert [part.cause for part in failed] == ["DatasetChanged"] * len(prepared.plan.chunks)
    return failed


def merged(parts: list[Part | ChunkFailed]) -> Any:
    reduction = Reduction(len(parts), None)
    for index, part in enumerate(parts):
        assert isinstance(part, Part), part
        reduction.add(index, part.value)
    return reduction.value


def test_a_file_on_a_server_gives_the_chunks_and_the_bits_of_one_that_is_here(
    server: Breaking, local: Path, body: bytes
) -> None:
    (here,) = inputs_of([local])
    parts, plan = done(away(body, server.play("/file", ranged(body, '"1"'))))
    expected, planned = done(here)
    assert plan.chunks == planned.chunks
    assert len(parts) == ENTRIES // BASKET
    assert merged(parts)["sum"].tobytes() == merged(expected)["sum"].tobytes()
    assert merged(parts)["n"] == ENTRIES


def test_only_the_bytes_of_the_columns_move_and_they_are_counted(server: Breaking, body: bytes) -> None:
    parts, _ = done(away(body, server.play("/file", ranged(body, '"1"'))))
    moved = sum(part.bytes_read for part in parts if isinstance(part, Part))
    assert 16 * ENTRIES <= moved <= server.sent < len(body) / 5


def test_what_will_move_is_told_before(server: Breaking, body: bytes) -> None:
    with shelf.lend(away(body, server.play("/file", ranged(body)))) as table:
        assert isinstance(table, Tree)
        told, before = table.moving(NEEDED), server.sent
        table.arrays(NEEDED, 0, ENTRIES)
        assert told == pytest.approx(server.sent - before, rel=0.02)
        assert table.moving(["noise"]) == pytest.approx(8 * 40 * ENTRIES, rel=0.02)


def test_pieces_that_are_near_are_one_request() -> None:
    assert bytes_moved([(0, 10), (10, 20)]) == 20
    assert bytes_moved([(100, 110), (0, 10)]) == 110
    assert bytes_moved([(0, 10), (10 + GAP + 1, 30 + GAP)]) == 29
    assert bytes_moved([(0, 100), (10, 20)]) == 100
    assert bytes_moved([]) == 0


def test_a_file_that_is_replaced_while_it_is_read_fails_its_chunks(server: Breaking, body: bytes) -> None:
    url = server.play("/file", ranged(body, '"1"'))
    prepared = prepare(weighted, [away(body, url)], chunk_bytes=CHUNK)
    server.play("/file", ranged(body, '"2"'))
    for failed in changed(prepared):
        assert "was replaced while it was read" in str(failed)


def test_a_file_that_is_replaced_between_plan_and_chunk_is_seen_by_who_opens_it_anew(
    server: Breaking, body: bytes
) -> None:
    source = away(body, server.play("/file", ranged(body, '"1"')))
    prepared = prepare(weighted, [source], chunk_bytes=CHUNK)
    shelf.clear()
    server.play("/file", ranged(body, '"2"'))
    assert changed(prepared)
    pinned = shelf.pinned(source)
    assert pinned.away is not None
    assert pinned.away.seen == ((server.url("/file"), '"1"', ""),)


def test_a_second_copy_that_is_replaced_between_two_openings_is_seen_too(
    server: Breaking, body: bytes
) -> None:
    first, second = server.play("/first", ranged(body, '"1"')), server.play("/second", ranged(body, '"a"'))
    source = away(body, first, second)
    prepared = prepare(weighted, [source], chunk_bytes=CHUNK)
    server.play("/first", status(403))
    assert all(isinstance(part, Part) for part in again(prepared))
    shelf.clear()
    server.play("/second", ranged(body, '"b"'))
    assert changed(prepared)
    pinned = shelf.pinned(source)
    assert pinned.away is not None
    assert set(pinned.away.seen) == {(first, '"1"', ""), (second, '"a"', "")}


def test_what_was_seen_elsewhere_counts_for_each_copy(server: Breaking, body: bytes) -> None:
    source = away(body, server.play("/file", ranged(body, '"1"')))
    assert source.away is not None
    told = replace(source, away=replace(source.away, seen=((server.url("/file"), '"0"', ""),)))
    with pytest.raises(DatasetChanged, match="was replaced"), shelf.lend(told):
        pass
    assert shelf.pinned(told) == told


def test_a_copy_that_does_not_answer_leaves_the_work_to_the_next(server: Breaking, body: bytes) -> None:
    bad, good = server.play("/bad", status(404)), server.play("/good", ranged(body))
    assert merged(done(away(body, bad, good))[0])["n"] == ENTRIES


def header_of(body: bytes) -> Act:
    """A server that sends how a file begins, and refuses the rest."""
    whole, refused = ranged(body), status(403)
    return lambda h: (refused if h.asked_from() else whole)(h)


def test_a_copy_of_which_only_the_header_comes_leaves_the_work_to_the_next(
    server: Breaking, body: bytes
) -> None:
    bad, good = server.play("/bad", header_of(body)), server.play("/good", ranged(body))
    assert merged(done(away(body, bad, good))[0])["n"] == ENTRIES
    tried = [path for path, _ in server.asked].count("/bad")
    shelf.clear()
    assert merged(done(away(body, bad, good))[0])["n"] == ENTRIES
    assert [path for path, _ in server.asked].count("/bad") == tried  # the one that failed comes last


def test_a_copy_that_fails_between_chunks_is_not_the_one_that_is_tried_next(
    server: Breaking, body: bytes
) -> None:
    bad, good = server.play("/bad", ranged(body)), server.play("/good", ranged(body))
    prepared = prepare(weighted, [away(body, bad, good)], chunk_bytes=CHUNK)
    server.play("/bad", header_of(body))
    assert merged(again(prepared))["n"] == ENTRIES
    assert [path for path, _ in server.asked][-1] == "/good"


class Refused(OpenAccess):
    """Somebody without a token for one of the copies."""

    def headers(self, url: str) -> dict[str, str]:
        if url.endswith("/bad"):
            msg = "no token for it"
            raise LoginRefused(msg)
        return {}


def test_a_copy_that_wants_another_login_leaves_the_work_to_the_next(server: Breaking, body: bytes) -> None:
    shelf.allowed.tell("run", Permit(Refused()))
    bad, good = server.play("/bad", ranged(body)), server.play("/good", ranged(body))
    assert merged(done(away(body, bad, good))[0])["n"] == ENTRIES
    with pytest.raises(LoginRefused, match="no token for it"):
        done(away(body, bad, name="test:another.root"))


def test_where_no_copy_answers_each_is_named_with_its_cause(server: Breaking, body: bytes) -> None:
    copies = (server.play("/gone", status(404)), server.play("/refused", status(403)))
    with pytest.raises(TransferFailed, match=r"RSE-1 .*HTTP 404.*RSE-2 .*HTTP 403.*fetch=True"):
        done(away(body, *copies))


def test_a_file_of_another_size_than_registered_is_refused(server: Breaking, body: bytes) -> None:
    with pytest.raises(TransferFailed, match="another range"):
        done(away(body + b"x", server.play("/file", ranged(body))))


def test_a_server_that_fails_is_asked_anew_by_the_next_try(server: Breaking, body: bytes) -> None:
    source = away(body, server.play("/file", ranged(body)))
    prepared = prepare(weighted, [source], chunk_bytes=CHUNK)
    server.play("/file", status(403))
    failed = again(prepared)
    assert {part.cause for part in failed if isinstance(part, ChunkFailed)} == {"TransferFailed"}
    server.play("/file", ranged(body))
    assert all(isinstance(part, Part) for part in again(prepared))


def test_a_server_that_fails_between_chunks_leaves_the_rest_to_the_next_copy(
    server: Breaking, body: bytes
) -> None:
    first, second = server.play("/first", ranged(body)), server.play("/second", ranged(body))
    prepared = prepare(weighted, [away(body, first, second)], chunk_bytes=CHUNK)
    server.play("/first", ranged(body), status(403))
    assert merged(again(prepared))["n"] == ENTRIES
    assert {path for path, _ in server.asked} == {"/first", "/second"}


def test_a_process_that_was_told_nothing_says_so(server: Breaking, body: bytes) -> None:
    with pytest.raises(LoginRefused, match="nobody told this process"):
        done(away(body, server.play("/file", ranged(body)), run="another"))


def test_a_path_of_this_machine_comes_before_any_address(body: bytes, local: Path) -> None:
    both = Input("test:wide.root", "", len(body), local, away(body, "https://localhost:9/file").away)
    assert merged(done(both)[0])["n"] == ENTRIES


def test_another_kind_of_file_is_refused_with_the_way_to_read_it(server: Breaking, tmp_path: Path) -> None:
    pd.DataFrame({"x": np.arange(10.0)}).to_parquet(tmp_path / "rows.parquet")
    rows = (tmp_path / "rows.parquet").read_bytes()
    for other, said in ((rows, "is a Parquet file.*fetch=True"), (b"x" * 5000, "no ROOT file does")):
        with pytest.raises(UnreadableInput, match=said):
            done(away(other, server.play("/other", ranged(other))))


def test_many_threads_read_each_its_own_bytes(server: Breaking, body: bytes) -> None:
    file = opened(away(body, server.play("/file", ranged(body))), OpenAccess(), lambda file: file)
    spans = [(at, at + 70_000) for at in range(0, 4_000_000, 100_000)]
    try:
        with ThreadPoolExecutor(8) as pool:
            whole, small = (
                pool.map(lambda s: file.piece(*s), spans),
                pool.map(lambda s: file.small(*s), spans),
            )
            assert list(whole) == list(small) == [body[start:stop] for start, stop in spans]
    finally:
        file.close()


def test_a_server_that_does_not_tell_when_a_file_is_replaced_is_remarked(
    server: Breaking, body: bytes
) -> None:
    silent = away(body, server.play("/silent", ranged(body)), name="test:silent.root")
    telling = away(body, server.play("/telling", ranged(body, '"1"')))
    for source in (silent, telling):
        done(source)
    assert (shelf.untold(silent), shelf.untold(telling)) == (True, False)
    said = "a server does not tell whether 1 file changed meanwhile"
    assert [said in note for note in remark([silent, telling], 1000)] == [False, True]
    assert len(remark([telling], 1000)) == 1


XROOTD = pytest.mark.skipif(
    shutil.which("xrootd") is None or find_spec("XRootD") is None, reason="no XRootD here"
)


@XROOTD
def test_a_file_of_another_time_is_another_one_over_root(body: bytes) -> None:
    with xrootd() as server:
        source = away(body, server.store("wide.root", body))
        prepared = prepare(weighted, [source], chunk_bytes=CHUNK)
        assert not shelf.untold(source)
        shelf.clear()
        os.utime(server.folder / "wide.root", (1, 1))
        assert changed(prepared)


@XROOTD
def test_columns_are_read_over_root_from_a_real_server(local: Path, body: bytes) -> None:
    with xrootd() as server:
        parts, _ = done(away(body, server.store("wide.root", body)))
        (here,) = inputs_of([local])
        assert merged(parts)["sum"].tobytes() == merged(done(here)[0])["sum"].tobytes()
        assert sum(part.bytes_read for part in parts if isinstance(part, Part)) < len(body) / 5
        shelf.clear()
