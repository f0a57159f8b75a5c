"""A shared cache is used where nobody else can change it, and what others could have put into ours is not."""

import os
import threading
from pathlib import Path

import pytest

from tests.lake.cache.conftest import BODY, Fetched, Stored, gone, shared_with, the_object
from vre_dm.errors import NotWritable, TransferFailed
from vre_dm.lake.cache import Cache
from vre_dm.lake.cache.holding import held
from vre_dm.lake.transfer.verify import Expected


def test_a_shared_cache_is_used_in_place(admins: Fetched, cache: Cache, stored: Stored):
    file = stored("a", BODY)
    (theirs,) = admins(file)
    assert theirs.stat().st_mode & 0o777 == 0o444
    mine = Fetched(shared_with(cache, admins.cache.folder))
    for _ in range(2):
        (path,) = mine(gone(file))
        assert path.is_symlink()
        assert path.samefile(theirs)
    assert list(mine.cache.objects()) == []


def test_a_shared_cache_that_others_can_change_is_not_used(admins: Fetched, cache: Cache, stored: Stored):
    file = stored("a", BODY)
    (theirs,) = admins(file)
    shard = the_object(admins.cache).parent
    mine = Fetched(shared_with(cache, admins.cache.folder))
    for path, mode in ((theirs, 0o666), (shard, 0o777), (shard.parent, 0o775), (admins.cache.folder, 0o1777)):
        before = path.stat().st_mode & 0o7777
        path.chmod(mode)
        with pytest.raises(Exception, match="no replica"):
            mine(gone(file))
        path.chmod(before)
    assert len(mine(gone(file))) == 1


def test_files_under_embargo_are_neither_in_nor_from_a_cache_that_others_read(
    admins: Fetched, cache: Cache, stored: Stored
):
    file = stored("a", BODY)
    (path,) = admins(file, private=True)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(admins.cache.objects()) == []
    mine = Fetched(shared_with(cache, admins.cache.folder))
    mine.cache.folder.mkdir(mode=0o700)
    admins(stored("b", BODY[::-1]))
    (path,) = mine(stored("b", BODY[::-1]), private=True)
    assert not path.is_symlink()
    assert path.stat().st_mode & 0o77 == 0


def test_folders_of_objects_are_closed_to_the_writing_of_others_whatever_the_umask(
    fetch: Fetched, stored: Stored
):
    fetch.cache.folder.chmod(0o755)
    before = os.umask(0)
    try:
        fetch(stored("a", BODY))
        fetch(stored("b", BODY))
    finally:
        os.umask(before)
    path = the_object(fetch.cache)
    assert [each.stat().st_mode & 0o777 for each in path.parents[:2]] == [0o755, 0o755]


@pytest.mark.parametrize("depth", [0, 1])
def test_an_object_that_others_could_have_planted_is_not_believed(fetch: Fetched, stored: Stored, depth: int):
    file = stored("a", BODY)
    (path,) = fetch(file)
    path.unlink()
    the_object(fetch.cache).parents[depth].chmod(0o775)
    with pytest.raises(TransferFailed):
        fetch(gone(file))
    assert fetch(file) == [path]
    assert fetch.sources != [""]


@pytest.mark.parametrize("place", ["", "objects", "objects/ab"])
def test_in_no_folder_of_the_cache_that_others_can_write_a_name_is_made(cache: Cache, place: str):
    folder = cache.folder / place
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o770)
    with pytest.raises(OSError, match="other users can change it"), held(cache.folder, "objects", "ab"):
        pass


@pytest.mark.parametrize("place", ["objects", "objects/ab"])
def test_a_link_in_the_place_of_a_folder_of_the_cache_is_not_followed(
    cache: Cache, tmp_path: Path, place: str
):
    (tmp_path / "elsewhere").mkdir()
    (cache.folder / place).parent.mkdir(exist_ok=True)
    (cache.folder / place).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotADirectoryError), held(cache.folder, "objects", "ab"):
        pass
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_that_was_exchanged_since_it_was_verified_is_not_adopted(fetch: Fetched, stored: Stored):
    file = stored("a", BODY)
    (path,) = fetch(file)
    verified = path.lstat()
    fetch.cache.drop(the_object(fetch.cache))
    path.write_bytes(b"somebody else's")
    fetch.cache.adopt(file.did, Expected.of(file), path, verified, threading.Event())
    assert list(fetch.cache.objects()) == []
    assert path.read_bytes() == b"somebody else's"


def test_a_name_that_is_given_to_another_file_while_it_is_adopted_is_not_adopted(
    fetch: Fetched, stored: Stored, monkeypatch: pytest.MonkeyPatch
):
    link = os.link

    def race(source: str, *words: object, **more: object) -> None:
        (fetch.cache.shows / "test" / "a").unlink()
        (fetch.cache.shows / "test" / "a").write_bytes(b"somebody else's")
        link(source, *words, **more)

    monkeypatch.setattr(os, "link", race)
    fetch(stored("a", BODY))
    assert list(fetch.cache.objects()) == []


def test_a_link_that_takes_the_place_of_a_folder_leads_no_object_out(
    fetch: Fetched, stored: Stored, tmp_path: Path
):
    file = stored("a", BODY)
    (path,) = fetch(file)
    path.unlink()
    path.parent.rmdir()
    (tmp_path / "elsewhere").mkdir()
    path.parent.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotWritable, match="leads out of"):
        fetch.cache.show(file.did, Expected.of(file), path, threading.Event(), recheck=False)
    assert list((tmp_path / "elsewhere").iterdir()) == []
