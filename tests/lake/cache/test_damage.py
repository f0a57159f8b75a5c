"""Objects of the cache that are not what they were: found, told, and never given to anybody."""

import errno
import os
import threading
from pathlib import Path

import pytest

from tests.lake.cache.conftest import BODY, Fetched, Stored, damage, gone, shared_with, the_object
from vre_dm.lake.cache import Cache
from vre_dm.lake.cache.facts import facts_path
from vre_dm.lake.transfer.events import Retrying, SourceChanged
from vre_dm.lake.transfer.verify import Expected


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
