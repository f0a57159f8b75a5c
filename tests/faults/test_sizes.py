"""Files of no byte and of more than 2^32, and a dataset of 10^5 files of which one is bad."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.server import Breaking, Handler, good
from tests.faults.storages import PATIENT, WAITING, Server
from tests.faults.world import OpenAccess, fetch, partials, registered
from vre_dm.errors import FetchError
from vre_dm.lake.files import File
from vre_dm.lake.transfer import fetch_files
from vre_dm.lake.transfer.names import part_path
from vre_dm.lake.transfer.owner import nobody
from vre_dm.lake.transfer.verify import Expected, adler32_combine

BIG = 1 << 32
TAIL = b"the end"


def test_a_file_of_no_byte_is_a_file(server: Breaking, tmp_path: Path):
    file = registered(b"", server.play("/x", good(b"")))
    for _ in range(2):
        (path,) = fetch([file], tmp_path)
        assert path.read_bytes() == b""
    assert server.asked == []  # nothing is left to ask for


def the_end(h: Handler) -> None:
    assert h.headers["Range"] == f"bytes={BIG}-"
    h.answer(
        206, Content_Length=len(TAIL), Content_Range=f"bytes {BIG}-{BIG + len(TAIL) - 1}/{BIG + len(TAIL)}"
    )
    h.send(TAIL)


def four_bytes_off(h: Handler) -> None:
    """As a server does that counts in 32 bits."""
    h.answer(206, Content_Length=len(TAIL), Content_Range=f"bytes 0-{len(TAIL) - 1}/{BIG + len(TAIL)}")
    h.send(TAIL)


def sparse(url: str, folder: Path) -> File:
    """A file whose first 2^32 bytes are zeros that an earlier run has left, as a hole."""
    import zlib

    zeros = (BIG % 65521) << 16 | 1
    size, adler = BIG + len(TAIL), adler32_combine(zeros, zlib.adler32(TAIL), len(TAIL))
    file = registered(b"", url, size=size, adler32=f"{adler:08x}", md5=None)
    target = folder / file.did.path()
    target.parent.mkdir(parents=True)
    with part_path(target, Expected.of(file), nobody()).open("wb") as stream:
        stream.truncate(BIG)
    return file


@pytest.mark.slow  # tens of seconds, and its like is tried by others
def test_a_file_beyond_32_bits_is_continued_at_its_true_offset(server: Breaking, tmp_path: Path):
    (path,) = fetch([sparse(server.play("/x", the_end), tmp_path)], tmp_path)
    with path.open("rb") as stream:
        stream.seek(BIG - 1)
        assert stream.read() == b"\x00" + TAIL
    assert path.stat().st_size == BIG + len(TAIL)
    assert partials(tmp_path) == []


@pytest.mark.slow
def test_a_file_beyond_32_bits_is_continued_over_root_too(root_server: Server, tmp_path: Path):
    root_server.store(b"")
    with root_server.path.open("r+b") as stream:
        stream.seek(BIG)
        stream.write(TAIL)
    file = sparse(root_server.pfn, tmp_path)
    (path,) = fetch_files([file], tmp_path, access=OpenAccess(), policy=PATIENT, pace=WAITING)
    with path.open("rb") as stream:
        stream.seek(BIG)
        assert stream.read() == TAIL
    assert partials(tmp_path) == []


@pytest.mark.slow
def test_an_offset_cut_to_32_bits_is_an_error_not_a_file(server: Breaking, tmp_path: Path):
    file = sparse(server.play("/x", four_bytes_off), tmp_path)
    with pytest.raises(FetchError):
        fetch([file], tmp_path)
    assert not (tmp_path / file.did.path()).exists()


@pytest.mark.timeout(1800)  # a hundred thousand files are also removed
@pytest.mark.parametrize("count", [1000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_one_bad_file_among_very_many_stops_no_other(tmp_path: Path, count: int):
    (tmp_path / "good").write_bytes(b"good")
    (tmp_path / "bad").write_bytes(b"baad")
    first = registered(b"good", f"file://localhost{tmp_path}/good")
    files = [replace(first, did=replace(first.did, name=f"d{at % 97}/f{at}")) for at in range(count)]
    files[count // 2] = replace(
        files[count // 2], replicas=registered(b"", f"file://localhost{tmp_path}/bad").replicas
    )
    with pytest.raises(FetchError) as caught:
        fetch(files, tmp_path / "new")
    assert [line.split(" ")[0] for line in caught.value.failures] == [str(files[count // 2].did)]
    placed = caught.value.placed
    assert len(placed) == count - 1
    assert {path.read_bytes() for path in placed[:: count // 100]} == {b"good"}
    assert partials(tmp_path) == []
