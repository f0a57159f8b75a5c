"""What an earlier run, a power cut or a stranger left beside the target: continued if good, else removed."""

import os
import random
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.matrix import BODY, FLIPPED, HALF, SIZE
from tests.faults.server import Act, Breaking, Handler, good, status
from tests.faults.world import CALM, OpenAccess, Waits, finals, partials, registered
from vre_dm.lake.files import File
from vre_dm.lake.transfer import fetch_files
from vre_dm.lake.transfer.names import claim_path, part_path
from vre_dm.lake.transfer.owner import Owner, myself, nobody
from vre_dm.lake.transfer.verify import Expected

NOISE = random.Random(9).randbytes(50_000)


def left(file: File, folder: Path, owner: Owner | None = None) -> Path:
    """Temporary name under which a run that ended left its bytes."""
    target = folder / file.did.path()
    target.parent.mkdir(exist_ok=True)
    return part_path(target, Expected.of(file), owner or nobody())


def fetch(file: File, folder: Path) -> Path:
    (path,) = fetch_files([file], folder, access=OpenAccess(), policy=CALM, pace=Waits().pace())
    return path


LEFT: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", SIZE),
    "a beginning": (BODY[:HALF], SIZE - HALF),
    "all but a byte": (BODY[:-1], 1),
    "all": (BODY, 0),
    "all, one bit flipped": (FLIPPED, SIZE),
    "a hole of zeros": (BODY[: HALF - 5000] + bytes(5000), 2 * SIZE),
    "zeros at the end": (BODY[:HALF] + bytes(SIZE - HALF), SIZE),
    "more than all": (BODY + NOISE, SIZE),
    "a little more than all": (BODY + b"x", SIZE),
    "another file": (NOISE, 2 * SIZE),
    "zeros": (bytes(SIZE), SIZE),
}
"""Bytes that were left, and the most bytes that may come."""


@pytest.mark.parametrize("ranges", ["given", "refused"])
@pytest.mark.parametrize("what", LEFT)
def test_what_is_left_is_continued_or_begun_again(what: str, ranges: str, server: Breaking, tmp_path: Path):
    bytes_left, most = LEFT[what]
    acts: list[Act] = [status(416)] * (ranges == "refused" and 0 < len(bytes_left) < SIZE)
    file = registered(BODY, server.play("/x", *acts, good(BODY)))
    left(file, tmp_path).write_bytes(bytes_left)
    for _ in range(2):
        assert fetch(file, tmp_path).read_bytes() == BODY
        assert [path.name for path in tmp_path.rglob("*")] == ["test", "data.bin"]
    assert server.sent <= (most if ranges == "given" else max(most, SIZE))


def test_of_several_that_are_left_one_is_taken_and_all_are_gone(server: Breaking, tmp_path: Path):
    file = registered(BODY, server.play("/x", good(BODY)))
    for size in (HALF, HALF, HALF + 10):
        left(file, tmp_path).write_bytes(BODY[:size])
    assert fetch(file, tmp_path).read_bytes() == BODY
    assert partials(tmp_path) == []
    assert server.sent <= SIZE - HALF


def test_bytes_left_for_another_content_of_the_name_are_not_used(server: Breaking, tmp_path: Path):
    old, new = registered(FLIPPED), registered(BODY, server.play("/x", good(BODY)))
    left(old, tmp_path).write_bytes(FLIPPED[:HALF])
    assert fetch(new, tmp_path).read_bytes() == BODY
    assert server.sent == SIZE
    assert partials(tmp_path) == []


TRAPS: dict[str, Callable[[Path, Path], object]] = {
    "link": lambda part, precious: part.symlink_to(precious),
    "hard link": lambda part, precious: part.hardlink_to(precious),
    "pipe": lambda part, _: os.mkfifo(part),
    "folder": lambda part, _: part.mkdir(),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_under_a_temporary_name_costs_nothing(trap: str, server: Breaking, tmp_path: Path):
    precious, folder = tmp_path / "precious", tmp_path / "data"
    precious.write_bytes(BODY[:HALF])
    folder.mkdir()
    file = registered(BODY, server.play("/x", good(BODY)))
    TRAPS[trap](left(file, folder), precious)
    for _ in range(2):
        assert fetch(file, folder).read_bytes() == BODY
    assert precious.read_bytes() == BODY[:HALF]
    assert precious.stat().st_nlink == 1
    assert finals(folder) == [folder / file.did.path()]


@pytest.mark.slow  # tens of seconds, and its like is tried by others
def test_a_file_beyond_four_gigabytes_goes_on_beyond_them(server: Breaking, tmp_path: Path):
    """The beginning is a hole, which costs no disk; only what lies beyond 2**32 bytes comes over the wire."""
    hole, end = (1 << 32) + 5, NOISE
    adler = 1 | (hole % 65521) << 16  # that of zeros only: a stays 1, b counts them
    whole = zlib.adler32(end, adler)

    def act(handler: Handler) -> None:
        start = handler.asked_from()
        handler.answer(
            206,
            Content_Length=len(end),
            Content_Range=f"bytes {start}-{hole + len(end) - 1}/{hole + len(end)}",
        )
        handler.send(end)

    file = registered(b"", server.play("/x", act), size=hole + len(end), adler32=f"{whole:08x}", md5=None)
    with left(file, tmp_path).open("wb") as part:
        part.truncate(hole)
    path = fetch(file, tmp_path)
    assert server.asked[0][1]["range"] == f"bytes={hole}-"
    assert path.stat().st_size == hole + len(end)
    with path.open("rb") as stream:
        stream.seek(hole)
        assert stream.read() == end


def test_bytes_of_files_that_nobody_asks_for_go_after_a_week_and_those_of_the_living_stay(
    server: Breaking, tmp_path: Path
):
    other = registered(NOISE, name="other")
    old, young, living = left(other, tmp_path), left(other, tmp_path), left(other, tmp_path, myself())
    for path in (old, young, living):
        path.write_bytes(NOISE)
    for path in (old, living):
        os.utime(path, (time.time() - 8 * 86400,) * 2)
    fetch(registered(BODY, server.play("/x", good(BODY))), tmp_path)
    assert sorted(partials(tmp_path)) == sorted([young, living])


def test_the_claim_of_a_process_that_ended_goes_with_the_next_run(server: Breaking, tmp_path: Path):
    file = registered(BODY, server.play("/x", good(BODY)))
    path = fetch(file, tmp_path)
    claim = claim_path(path, Expected.of(file))
    claim.write_text(f"{nobody()} 0\n")
    fetch(file, tmp_path)
    assert not claim.exists()


def test_a_hidden_file_of_the_users_that_looks_like_a_claim_is_left_alone(server: Breaking, tmp_path: Path):
    file = registered(BODY, server.play("/x", good(BODY)))
    own = [tmp_path / "test" / name for name in (".work.claim", ".a.notatag1.claim", ".claim")]
    own[0].parent.mkdir()
    for path in own:
        path.write_text("mine")
        os.utime(path, (1.0, 1.0))
    fetch(file, tmp_path)
    assert [path.read_text() for path in own] == ["mine"] * 3
