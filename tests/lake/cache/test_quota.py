"""The quota holds while a fetch runs and after it, and never at the price of the fetch's own files."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.world import CALM, OpenAccess
from tests.lake.cache.conftest import Fetched, unused
from vre_dm.errors import NoSpace
from vre_dm.lake.cache import Cache, room
from vre_dm.lake.cache.facts import facts_path
from vre_dm.lake.cache.quota import Quota
from vre_dm.lake.cache.room import entries
from vre_dm.lake.files import File
from vre_dm.lake.transfer import Pace, fetch_files
from vre_dm.lake.transfer.events import Event, Planned
from vre_dm.lake.transfer.verify import Expected

Stored = Callable[..., File]
SIZE = 100_000


class Clock:
    """Seconds that pass where the test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def small(fetch: Fetched) -> Fetched:
    """A cache for three files."""
    fetch.cache = replace(fetch.cache, quota=3 * SIZE)
    return fetch


@pytest.fixture
def body(stored: Stored) -> Callable[[str], File]:
    return lambda name: stored(name, name.encode() * SIZE)


Body = Callable[[str], File]


def named(file: File) -> tuple:
    return file.did, Expected.of(file)


def held(cache: Cache) -> str:
    return "".join(sorted(entry.did.removeprefix("test:") for entry in entries(cache)))


def test_what_another_fetch_adds_meanwhile_makes_way_if_it_is_not_in_use(
    small: Fetched, body: Body, clock: Clock
):
    quota = Quota(small.cache, clock)
    quota.begin([], SIZE)
    small(body("a"), body("b"), body("c"))
    unused(small.cache)
    clock.now = 11.0
    quota.reserve(*named(body("e")))
    assert len(held(small.cache)) == 2


def test_what_others_use_does_not_make_way_and_nothing_more_comes(small: Fetched, body: Body):
    """The plan found an empty cache; before a file moved, another fetch had filled it."""

    def meanwhile(event: Event) -> None:
        if isinstance(event, Planned):
            Fetched(small.cache)(body("a"), body("b"))

    ticking = Pace(clock=itertools.count(0, 20).__next__)
    with pytest.raises(NoSpace, match="the cache may hold 300 kB"):
        fetch_files(
            [body("x"), body("y"), body("z")],
            small.cache.shows,
            access=OpenAccess(),
            policy=CALM,
            pace=ticking,
            cache=small.cache,
            progress=meanwhile,
        )
    assert small.cache.size() <= 3 * SIZE
    assert set("ab") <= set(held(small.cache))


def test_files_of_a_fetch_stay_however_long_it_lasts(
    small: Fetched, body: Body, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(room, "RECENT", -1.0)  # as if all had been used long ago
    small(body("a"), body("b"))
    quota = Quota(small.cache, clock)
    quota.begin([named(body("a"))], 0)
    small(body("c"))
    quota.added(*named(body("c")))
    clock.now = 11.0
    quota.reserve(*named(body("d")))
    assert held(small.cache) == "ac"
    with pytest.raises(NoSpace):
        quota.reserve(*named(replace(body("e"), size=2 * SIZE)))
    assert held(small.cache) == "ac"


def test_room_for_a_file_that_did_not_come_is_given_to_another(small: Fetched, body: Body, clock: Clock):
    quota = Quota(small.cache, clock)
    quota.begin([], 0)
    lost = replace(body("l"), size=2 * SIZE)
    quota.reserve(*named(lost))
    with pytest.raises(NoSpace):
        quota.reserve(*named(replace(body("m"), size=2 * SIZE)))
    quota.given_up(lost.did)
    quota.reserve(*named(replace(body("n"), size=2 * SIZE)))


def test_other_processes_see_that_the_files_of_a_long_fetch_are_in_use(
    small: Fetched, body: Body, clock: Clock
):
    small(body("a"))
    quota = Quota(small.cache, clock)
    quota.begin([named(body("a"))], 0)
    unused(small.cache)
    (notes,) = (facts_path(entry.path) for entry in entries(small.cache))
    before = notes.stat().st_mtime
    quota.beat()
    assert notes.stat().st_mtime == before
    clock.now = 301.0
    quota.beat()
    assert notes.stat().st_mtime > before


def test_what_is_too_much_at_the_end_goes_as_far_as_it_is_not_in_use(
    small: Fetched, body: Body, clock: Clock
):
    quota = Quota(small.cache, clock)
    quota.begin([], 0)
    Fetched(replace(small.cache, quota=None))(*map(body, "abcd"))
    quota.end()
    assert held(small.cache) == "abcd"
    unused(small.cache)
    quota.end()
    assert len(held(small.cache)) == 3


def test_a_folder_of_the_users_own_takes_nothing_from_the_quota(small: Fetched, body: Body, tmp_path: Path):
    small(*map(body, "abc"))
    assert len(small(*map(body, "uvwxyz"), to=tmp_path / "mine")) == 6
    assert held(small.cache) == "abc"


def test_many_threads_that_reserve_at_once_promise_no_byte_twice(small: Fetched, body: Body, clock: Clock):
    quota, refused = Quota(small.cache, clock), list[str]()
    quota.begin([], 0)
    files = [body(name) for name in "abcdefgh"]
    start = threading.Barrier(len(files))

    def reserve(file: File) -> None:
        start.wait()
        try:
            quota.reserve(*named(file))
        except NoSpace:
            refused.append(file.did.name)

    threads = [threading.Thread(target=reserve, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == len(files) - 3
    assert list(small.cache.objects()) == []
