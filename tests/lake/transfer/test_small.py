"""A small file on a local disk is copied in one go and verified like any; what is odd goes the usual way."""

import os
import threading
from pathlib import Path

import pytest

from tests.faults.world import OpenAccess, fetch, finals, stored
from vre_dm.errors import ChecksumMismatch, TransferFailed
from vre_dm.lake.transfer import Event, Policy, fetch_files
from vre_dm.lake.transfer.events import Placed, Progress, Started, Verified

BODY = os.urandom(20_000)
MANY = 250  # more than wait for a sync at once


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_many_small_files_come_whole_each_with_its_story(tmp_path: Path, folder: Path):
    bodies = {f"{at % 3}/f{at}": BODY[: at * 50] for at in range(MANY)}
    files = [stored(tmp_path / "store", name, body) for name, body in bodies.items()]
    heard: list[Event] = []
    paths = fetch(files, folder, progress=heard.append)
    assert [path.read_bytes() for path in paths] == list(bodies.values())
    assert len(list(folder.rglob("*"))) == MANY + 4, "nothing but the files and their folders"
    first = [event for event in heard if getattr(event, "file", None) == files[7].did]
    told = [type(event) for event in first if not isinstance(event, Progress)]
    assert told == [Started, Verified, Placed]


@pytest.mark.parametrize("changes", [{"adler32": "00000001"}, {"md5": "0" * 32}])
def test_a_small_file_with_other_bytes_than_registered_is_not_placed(
    changes: dict[str, str], tmp_path: Path, folder: Path
):
    with pytest.raises(ChecksumMismatch, match="instead of"):
        fetch([stored(tmp_path / "store", "f", BODY, **changes)], folder)
    assert finals(folder) == []


@pytest.mark.parametrize("size", [len(BODY) - 1, len(BODY) + 1, 0])
def test_a_small_file_of_another_size_than_registered_is_not_placed(size: int, tmp_path: Path, folder: Path):
    file = stored(tmp_path / "store", "f", BODY)
    (tmp_path / "store" / "f").write_bytes((BODY + b"x")[:size])
    with pytest.raises(TransferFailed, match=f"{size} bytes are offered where {len(BODY)} are registered"):
        fetch([file], folder)
    assert finals(folder) == []


def test_a_small_file_that_stands_for_an_older_one_replaces_it(tmp_path: Path, folder: Path):
    file = stored(tmp_path / "store", "f", BODY)
    target = folder / file.did.path()
    target.parent.mkdir(parents=True)
    target.write_bytes(BODY[::-1])
    assert fetch([file], folder) == [target]
    assert target.read_bytes() == BODY
    assert [path.name for path in target.parent.iterdir()] == ["f"]


def test_small_files_that_several_fetch_at_once_come_whole(tmp_path: Path, folder: Path):
    files = [stored(tmp_path / "store", f"f{at}", BODY[at:]) for at in range(40)]
    threads = [
        threading.Thread(target=fetch_files, args=(files, folder), kwargs={"access": OpenAccess()})
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(folder / file.did.path()).read_bytes() for file in files] == [BODY[at:] for at in range(40)]
    assert len(list(folder.rglob("*"))) == 41


def test_a_small_file_under_embargo_is_closed_to_others(tmp_path: Path, folder: Path):
    (path,) = fetch([stored(tmp_path / "store", "f", BODY)], folder, private=True)
    assert path.stat().st_mode & 0o777 == 0o600


def test_one_thread_copies_small_files_whatever_the_policy_allows(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    from vre_dm.lake.transfer import run

    true, threads = run.fetch_one, set()

    def noting(*words: object, **more: object) -> object:
        threads.add(threading.get_ident())
        return true(*words, **more)

    monkeypatch.setattr(run, "fetch_one", noting)
    fetch([stored(tmp_path / "store", f"f{at}", BODY) for at in range(30)], folder, policy=Policy(threads=8))
    assert len(threads) == 1
