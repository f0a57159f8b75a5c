"""Objects by content: shown as links, and a source elsewhere."""

import errno
import os
import shutil
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lake.cache.conftest import BODY, LAKE, Fetched, Stored, gone, the_object
from vre_dm.did import Did
from vre_dm.lake.cache.keys import key_of
from vre_dm.lake.files import File
from vre_dm.lake.transfer.verify import Expected


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
