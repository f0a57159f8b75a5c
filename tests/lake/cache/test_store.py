"""Objects by content: shown as links, a source elsewhere, never believed after a change."""

import errno
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lake.cache.conftest import Fetched
from vre_dm.did import Did
from vre_dm.errors import NotWritable, TransferFailed
from vre_dm.lake.cache import Cache
from vre_dm.lake.cache.facts import facts_path
from vre_dm.lake.cache.holding import held
from vre_dm.lake.cache.keys import key_of
from vre_dm.lake.files import File
from vre_dm.lake.transfer.events import Retrying, SourceChanged
from vre_dm.lake.transfer.verify import Expected

Stored = Callable[..., File]
BODY = os.urandom(300_000)
LAKE = "https://lake.example.org"


def gone(file: File) -> File:
    """The same file, of which no replica is left."""
    return replace(file, replicas=())


def the_object(cache: Cache) -> Path:
    (path,) = cache.objects()
    return path


def test_a_file_fetched_without_a_target_is_a_name_of_its_object(fetch: Fetched, stored: Stored):
    (path,) = fetch(stored("a", BODY))
    assert path == fetch.cache.shows / "test" / "a"
    assert path.samefile(the_object(fetch.cache))
    assert path.stat().st_mode & 0o777 == 0o400


def test_what_the_cache_holds_is_shown_again_without_any_replica(fetch: Fetched, stored: Stored):
    file = stored("a", BODY)
    (path,) = fetch(file)
    path.unlink()
    assert fetch(gone(file)) == [path]
    assert path.samefile(the_object(fetch.cache))
    assert fetch.sources == [""]


def test_one_content_of_two_names_is_one_object(fetch: Fetched, stored: Stored):
    first, second = fetch(stored("a", BODY), stored("b", BODY))
    assert first.samefile(second)
    assert len(list(fetch.cache.objects())) == 1
    assert fetch(gone(stored("a", BODY)), gone(stored("b", BODY))) == [first, second]


def test_with_a_target_the_file_is_the_users_own_and_the_cache_a_source(
    fetch: Fetched, stored: Stored, tmp_path: Path
):
    file = stored("a", BODY)
    fetch(file)
    (mine,) = fetch(gone(file), to=tmp_path / "mine")
    assert fetch.sources == ["cache"]
    assert not mine.samefile(the_object(fetch.cache))
    with mine.open("r+b") as stream:
        stream.write(b"changed")
    (path,) = fetch(gone(file))
    assert path.read_bytes() == BODY


def test_with_a_target_nothing_is_put_into_the_cache(fetch: Fetched, stored: Stored, tmp_path: Path):
    fetch(stored("a", BODY), to=tmp_path / "mine")
    assert list(fetch.cache.objects()) == []


def test_adler32_is_no_identity(fetch: Fetched, stored: Stored):
    """Two files of one size and one adler32 that are not the same; nothing better is registered."""
    bodies = [b"\x01\x00\x01" + BODY, b"\x00\x02\x00" + BODY]
    files = [stored(name, body, md5=None) for name, body in zip("ab", bodies, strict=True)]
    assert files[0].adler32 == files[1].adler32
    assert [path.read_bytes() for path in fetch(*files)] == bodies
    assert [path.read_bytes() for path in fetch(*map(gone, files))] == bodies


@given(sums=st.sampled_from([("00000001", None), ("00000001", "0" * 32), (None, "0" * 32)]))
def test_a_key_is_a_plain_file_name_and_says_the_content(sums: tuple[str | None, str | None]):
    one, other = (key_of(Did("s", name), Expected(7, *sums), LAKE) for name in ("a", "b"))
    assert one is not None
    assert other is not None
    assert "/" not in one.name
    assert (one.name == other.name) == (sums[1] is not None)


@pytest.mark.parametrize("expected", [Expected(None, "00000001", None), Expected(7, None, None)])
def test_what_cannot_be_told_from_other_content_is_not_kept(expected: Expected):
    assert key_of(Did("s", "a"), expected, LAKE) is None


def damage(path: Path) -> None:
    path.chmod(0o600)
    with path.open("r+b") as stream:
        stream.seek(1000)
        stream.write(b"\x00\x01\x02")


def test_an_object_that_changed_since_its_last_use_is_read_again_and_dropped(fetch: Fetched, stored: Stored):
    file = stored("a", BODY)
    (path,) = fetch(file)
    damage(path)
    (path,) = fetch(file)
    assert path.read_bytes() == BODY
    assert fetch.sources == ["RSE-1"]
    assert the_object(fetch.cache).read_bytes() == BODY


def causes(fetch: Fetched) -> list[str]:
    """What the user was told went wrong."""
    return [event.cause for event in fetch.told if isinstance(event, Retrying | SourceChanged)]


@pytest.mark.parametrize("to", ["mine", None])
def test_a_damaged_object_is_removed_and_told_once(
    fetch: Fetched, stored: Stored, tmp_path: Path, to: str | None
):
    file, target = stored("a", BODY), tmp_path / to if to else None
    fetch(file)
    damage(the_object(fetch.cache))
    for told in (1, 0):
        (path,) = fetch(file, to=target)
        assert path.read_bytes() == BODY
        assert len(causes(fetch)) == told
        assert all(
            "the copy in the cache was damaged and has been removed" in cause for cause in causes(fetch)
        )
    assert len(list(fetch.cache.objects())) == (to is None)


def test_a_damaged_object_of_somebody_else_is_told_and_left(
    admins: Fetched, cache: Cache, stored: Stored, tmp_path: Path
):
    file = stored("a", BODY)
    admins(file)
    damage(the_object(admins.cache))
    the_object(admins.cache).chmod(0o444)
    mine = Fetched(shared_with(cache, admins.cache.folder))
    (path,) = mine(file, to=tmp_path / "mine")
    assert path.read_bytes() == BODY
    assert "instead of" in causes(mine)[0]
    assert "removed" not in causes(mine)[0]
    assert len(list(admins.cache.objects())) == 1


def test_an_object_that_cannot_be_read_is_not_taken_for_damaged(
    fetch: Fetched, stored: Stored, monkeypatch: pytest.MonkeyPatch
):
    file = stored("a", BODY)
    (path,) = fetch(file)

    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr("vre_dm.lake.cache.store.flaw", refuse)
        assert not fetch.cache.show(file.did, Expected.of(file), path, threading.Event(), recheck=True)
        assert fetch.cache.forget(file.did, Expected.of(file), threading.Event()) is None
    assert the_object(fetch.cache).samefile(path)


def test_damage_that_left_no_trace_is_found_when_all_is_read_again(fetch: Fetched, stored: Stored):
    """As a failing disk does it: other bytes, the same times."""
    file = stored("a", BODY)
    (path,) = fetch(file)
    damage(path)
    for notes in (fetch.cache.folder / "objects").glob("*/*.facts"):
        text = notes.read_text()
        notes.write_text(text.replace(text.split('"stamp": "')[1].split('"')[0], stamp_text(path)))
    (path,) = fetch(file, recheck=True)
    assert path.read_bytes() == BODY


def stamp_text(path: Path) -> str:
    facts = path.stat()
    fields = (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
    return "\\t".join(map(str, fields))


def test_an_object_whose_notes_are_garbled_is_read_again(fetch: Fetched, stored: Stored):
    file = stored("a", BODY)
    (path,) = fetch(file)
    path.unlink()
    for garbled in ("", "[]", '{"did": 1}', "\x00", '{"did": "a", "stamp": 3}'):
        facts_path(the_object(fetch.cache)).write_text(garbled)
        assert fetch(gone(file))[0].read_bytes() == BODY


def test_a_wrong_checksum_in_one_entry_costs_no_other_its_object(fetch: Fetched, stored: Stored):
    """The md5 is right and says the content; the adler32 beside it is not."""
    file = stored("a", BODY)
    fetch(file)
    with pytest.raises(Exception, match="adler32"):
        fetch(stored("b", BODY, adler32="0badbad0"))
    assert fetch(gone(file))[0].read_bytes() == BODY


def test_a_file_from_before_there_was_a_cache_becomes_an_object(fetch: Fetched, stored: Stored):
    file = stored("a", BODY)
    path = fetch.cache.shows / "test" / "a"
    path.parent.mkdir(parents=True)
    path.write_bytes(BODY)
    assert fetch(gone(file)) == [path]
    assert path.samefile(the_object(fetch.cache))


def test_ten_processes_that_fill_one_cache_make_one_object(fetch: Fetched, stored: Stored):
    """Under two names each, so that no claim holds them apart."""
    files = [stored(f"f{at}", BODY) for at in range(10)]
    errors: list[BaseException] = []

    def one(file: File) -> None:
        try:
            Fetched(fetch.cache)(file)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=one, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert {path.read_bytes() for path in fetch(*map(gone, files))} == {BODY}
    assert len(list(fetch.cache.objects())) == 1


def shared_with(cache: Cache, folder: Path) -> Cache:
    return replace(cache, folder=cache.folder / "mine", shared=folder)


@pytest.fixture
def admins(tmp_path: Path) -> Fetched:
    """A cache that everybody may read."""
    folder = tmp_path / "admins"
    folder.mkdir()
    folder.chmod(0o755)
    return Fetched(Cache(folder, folder / "lakes" / "lake", LAKE))


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


def test_a_damaged_shared_object_is_fetched_instead(admins: Fetched, cache: Cache, stored: Stored):
    file = stored("a", BODY)
    (theirs,) = admins(file)
    mine = Fetched(shared_with(cache, admins.cache.folder))
    mine(file)
    damage(theirs)
    theirs.chmod(0o444)
    (path,) = mine(file)
    assert path.read_bytes() == BODY
    assert not path.is_symlink()


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


def test_a_cache_that_vanished_is_made_anew(fetch: Fetched, stored: Stored):
    file = stored("a", BODY)
    fetch(file)
    shutil.rmtree(fetch.cache.folder)
    for _ in range(2):
        (path,) = fetch(file)
        assert path.read_bytes() == BODY
        assert path.samefile(the_object(fetch.cache))


def test_a_cache_that_takes_no_objects_costs_no_file(
    fetch: Fetched, stored: Stored, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(os, "link", refuse)
    (path,) = fetch(stored("a", BODY))
    assert path.read_bytes() == BODY
    assert list(fetch.cache.objects()) == []
