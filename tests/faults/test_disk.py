"""The user's disk: full, too small, read-only, in the way; what was there stays, no replica is blamed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.disks import files_no_longer_than
from tests.faults.server import Act, Breaking, Handler, good
from tests.faults.world import CALM, OpenAccess, Waits, finals, partials, registered
from vre_dm.errors import NoSpace, NotWritable
from vre_dm.lake.files import File
from vre_dm.lake.transfer import fetch_files

BODY = os.urandom(3_000_000)
DAMAGED = BODY[:-1] + bytes([BODY[-1] ^ 1])


def fetch(file: File, folder: Path) -> list[Path]:
    return fetch_files([file], folder, access=OpenAccess(), policy=CALM, pace=Waits().pace())


def test_a_disk_that_fills_up_leaves_the_old_file_and_no_partial(server: Breaking, tmp_path: Path):
    file = registered(BODY, server.play("/1", good(BODY)), server.play("/2", good(BODY)))
    target = tmp_path / file.did.path()
    target.parent.mkdir()
    target.write_bytes(b"an older version")
    with files_no_longer_than(2_000_000), pytest.raises(NoSpace, match="free some space"):
        fetch(file, tmp_path)
    assert target.read_bytes() == b"an older version"
    assert partials(tmp_path) == []
    assert [path for path, _ in server.asked] == ["/1"]
    assert fetch(file, tmp_path) == [target]
    assert target.read_bytes() == BODY


def test_files_that_cannot_fit_are_refused_before_a_byte_moves(server: Breaking, tmp_path: Path):
    file = registered(BODY, server.play("/x", good(BODY)), size=1 << 60)
    with pytest.raises(NoSpace, match="nothing was written"):
        fetch(file, tmp_path / "new")
    assert server.asked == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_folder_is_said_in_one_line(server: Breaking, tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(NotWritable, match="takes no files from you; choose another folder"):
        fetch(registered(BODY, server.play("/x", good(BODY))), tmp_path)
    tmp_path.chmod(0o700)


def test_a_folder_that_is_no_folder_is_said_in_one_line(server: Breaking, tmp_path: Path):
    file = registered(BODY, server.play("/x", good(BODY)))
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(NotWritable, match="is a file where a folder is needed"):
        fetch(file, tmp_path / "taken" / "deeper")
    (tmp_path / file.did.path()).mkdir(parents=True)
    with pytest.raises(NotWritable, match=r"is a folder where test:data\.bin should be"):
        fetch(file, tmp_path)
    assert server.asked == []


def test_a_link_that_leads_out_of_the_folder_is_not_followed(server: Breaking, tmp_path: Path):
    folder, elsewhere = tmp_path / "mine", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "test").symlink_to(elsewhere)
    with pytest.raises(NotWritable, match="leads out of"):
        fetch(registered(BODY, server.play("/x", good(BODY))), folder)
    assert list(elsewhere.iterdir()) == []


def test_a_wrong_file_is_replaced_only_by_the_good_one(server: Breaking, tmp_path: Path):
    file = registered(BODY, server.play("/x", good(BODY, stop_after=1_500_000), good(BODY)))
    target = tmp_path / file.did.path()
    target.parent.mkdir()
    target.write_bytes(DAMAGED)
    seen = []

    def look(_: object) -> None:
        seen.append(target.read_bytes())

    fetch_files([file], tmp_path, access=OpenAccess(), policy=CALM, pace=Waits().pace(), progress=look)
    assert set(seen) <= {DAMAGED, BODY}
    assert target.read_bytes() == BODY


def test_a_link_at_the_final_name_is_replaced_not_followed(server: Breaking, tmp_path: Path):
    file = registered(BODY, server.play("/x", good(BODY)))
    target, precious = tmp_path / file.did.path(), tmp_path / "precious"
    precious.write_text("keep me")
    target.parent.mkdir()
    target.symlink_to(precious)
    fetch(file, tmp_path)
    assert precious.read_text() == "keep me"
    assert not target.is_symlink()
    assert [path.name for path in finals(tmp_path)] == ["precious", "data.bin"] or target.read_bytes() == BODY


def test_a_name_of_the_greatest_length_fits(server: Breaking, tmp_path: Path):
    file = registered(BODY, server.play("/x", good(BODY)), name="n" * 250)
    assert fetch(file, tmp_path)[0].read_bytes() == BODY


def exchanging(folder: Path, *, make: Callable[[Path, Path], object]) -> Act:
    """A server whose friend on the user's machine exchanges the temporary file before the last bytes."""

    def act(handler: Handler) -> None:
        handler.answer(200, Content_Length=len(BODY))
        handler.send(BODY[:1_500_000])
        forged = folder / "forged"
        forged.write_bytes(b"forged")
        for part in partials(folder):
            part.rename(folder / "true bytes")
            make(forged, part)
        handler.send(BODY[1_500_000:])

    return act


@pytest.mark.parametrize("make", [os.rename, lambda forged, part: part.symlink_to(forged)])
def test_a_temporary_file_that_somebody_exchanged_is_not_placed(
    server: Breaking, tmp_path: Path, make: Callable[[Path, Path], object]
):
    file = registered(BODY, server.play("/x", exchanging(tmp_path, make=make)))
    target = tmp_path / file.did.path()
    target.parent.mkdir()
    target.write_bytes(b"an older version")
    with pytest.raises(NotWritable, match="somebody exchanged"):
        fetch(file, tmp_path)
    assert target.read_bytes() == b"an older version"
    assert partials(tmp_path) == []
