"""What is refused before a byte moves, and what a plan promises."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.world import OpenAccess
from vre_dm.did import Did
from vre_dm.errors import InvalidDid, NoSpace, NotWritable
from vre_dm.lake.files import File
from vre_dm.lake.transfer.names import part_path
from vre_dm.lake.transfer.owner import nobody
from vre_dm.lake.transfer.plan import make_plan
from vre_dm.lake.transfer.verify import Expected

NAMES = st.from_regex(
    r"[A-Za-z0-9_][A-Za-z0-9_.+=@#-]{0,20}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,8}){0,2}", fullmatch=True
)


def plan(files: list[File], folder: Path):
    return make_plan(files, folder, OpenAccess(), copy=True)


def file(name: str, size: int | None = 1, scope: str = "s") -> File:
    return File(Did(scope, name), size, "00000001")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that planning does not change, so that all examples may share it."""
    return tmp_path_factory.mktemp("plan") / "to" / "go"


@given(names=st.lists(NAMES, max_size=8))
def test_every_target_is_inside_the_folder_and_no_two_are_one(folder: Path, names: list[str]):
    try:
        made = plan([file(name) for name in names], folder)
    except InvalidDid:
        return
    assert len({str(path).casefold() for path in made.targets}) == len(set(names))
    for path in made.targets:
        assert path.is_relative_to(folder)
        assert ".." not in path.parts


def test_the_order_of_the_input_is_kept_and_a_file_asked_twice_is_fetched_once(tmp_path: Path):
    made = plan([file("b"), file("a"), file("b")], tmp_path)
    assert [path.name for path in made.targets] == ["b", "a", "b"]
    assert [item.did.name for item in made.items] == ["b", "a"]
    assert made.size == 2


@pytest.mark.parametrize("names", [("Run.root", "run.root"), ("a/B", "A/b")])
def test_names_that_are_one_on_some_disks_are_refused(names: tuple[str, str], tmp_path: Path):
    with pytest.raises(InvalidDid, match="one file on some disks"):
        plan([file(name) for name in names], tmp_path)


@pytest.mark.parametrize("names", [("a", "a/b"), ("a/b/c", "A")])
def test_a_file_that_would_also_be_a_folder_is_refused(names: tuple[str, str], tmp_path: Path):
    with pytest.raises(InvalidDid, match="both a file and the folder"):
        plan([file(name) for name in names], tmp_path)


def test_one_name_in_two_scopes_is_two_files(tmp_path: Path):
    assert len(set(plan([file("x"), file("x", scope="t")], tmp_path).targets)) == 2


def test_the_total_is_unknown_where_one_size_is(tmp_path: Path):
    assert plan([file("a"), file("b", size=None)], tmp_path).size is None


def test_what_a_killed_run_left_counts_towards_the_room_that_is_needed(tmp_path: Path):
    """A half-fetched file must not be refused for lack of the half that is here."""
    size = shutil.disk_usage(tmp_path).free + (1 << 30)
    entry = file("huge", size=size)
    with pytest.raises(NoSpace):
        plan([entry], tmp_path)
    part = part_path(tmp_path / entry.did.path(), Expected.of(entry), nobody())
    part.parent.mkdir()
    with part.open("wb") as stream:
        stream.truncate(2 << 30)  # sparse: takes no room itself
    assert plan([entry], tmp_path).size == size


@pytest.mark.parametrize("folder", ["/proc/x", "/sys/x"])
def test_a_folder_that_takes_no_files_is_not_called_full(folder: str):
    with pytest.raises(NotWritable, match=f"cannot write in {folder}/s: .* choose another folder"):
        plan([file("a")], Path(folder))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else_is_not_called_full(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(NotWritable, match="cannot write in"):
        plan([file("a")], tmp_path / "new")


def test_the_room_that_is_missing_is_said_in_readable_units(tmp_path: Path):
    with pytest.raises(NoSpace, match=r"needs 9 EB|needs 9e\+03 PB|needs \d{4} PB"):
        plan([file("a", size=9 * 10**18)], tmp_path)


def test_nothing_is_written_by_planning(tmp_path: Path):
    plan([file("a/b")], tmp_path / "new")
    assert list(tmp_path.iterdir()) == []
