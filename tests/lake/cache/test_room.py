"""The quota: the longest unused goes first, what is open or was used lately never."""

import itertools
import mmap
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lake.cache.conftest import Fetched, unused
from vre_dm.errors import NoSpace
from vre_dm.lake.cache import Cache, opened, room
from vre_dm.lake.cache.facts import facts_path
from vre_dm.lake.cache.opened import Opened
from vre_dm.lake.cache.room import entries, make_room
from vre_dm.lake.files import File

Stored = Callable[..., File]
SIZE = 100_000


@pytest.fixture
def full(fetch: Fetched, stored: Stored) -> Fetched:
    """Four objects, unused since long, of which a is the oldest."""
    for at, name in enumerate("abcd"):
        fetch(stored(name, bytes([at]) * SIZE))
    unused(fetch.cache)
    for at, name in enumerate("abcd"):
        (notes,) = (facts_path(e.path) for e in entries(fetch.cache) if e.did == f"test:{name}")
        os.utime(notes, (1, 1000 + at))
    fetch.cache = replace(fetch.cache, quota=4 * SIZE)
    return fetch


def names(cache: Cache) -> list[str]:
    return [entry.did.removeprefix("test:") for entry in entries(cache)]


def test_the_longest_unused_goes_first_with_the_names_that_show_it(full: Fetched):
    assert make_room(full.cache, SIZE + 1) == 2 * SIZE
    assert names(full.cache) == ["c", "d"]
    assert [path.name for path in sorted((full.cache.shows / "test").iterdir())] == ["c", "d"]


def test_a_fetch_makes_its_own_room(full: Fetched, stored: Stored):
    full(stored("e", b"e" * SIZE))
    assert names(full.cache) == ["b", "c", "d", "e"]


def test_what_a_fetch_finds_there_is_not_removed_to_make_its_room(full: Fetched, stored: Stored):
    full(stored("a", bytes([0]) * SIZE), stored("e", b"e" * SIZE))
    assert sorted(names(full.cache)) == ["a", "c", "d", "e"]


def test_without_a_quota_nothing_is_removed(full: Fetched):
    assert make_room(replace(full.cache, quota=None), 1 << 60) == 0


def test_what_does_not_fit_is_refused_and_nothing_removed(full: Fetched, stored: Stored):
    with pytest.raises(NoSpace, match="the cache may hold 400 kB, this needs 500 kB"):
        full(stored("e", b"e" * 5 * SIZE))
    assert names(full.cache) == ["a", "b", "c", "d"]


def test_what_was_used_lately_stays(full: Fetched, stored: Stored):
    full(stored("a", bytes([0]) * SIZE), stored("b", bytes([1]) * SIZE))
    with pytest.raises(NoSpace, match="used in the last minutes"):
        make_room(full.cache, 3 * SIZE)
    assert make_room(full.cache, 2 * SIZE) == 2 * SIZE
    assert sorted(names(full.cache)) == ["a", "b"]


@contextmanager
def mapped(path: Path) -> Iterator[None]:
    with path.open("rb") as stream:
        memory = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        yield
    finally:
        memory.close()


@contextmanager
def in_another_process(path: Path) -> Iterator[None]:
    code = f"import sys; f = open({str(path)!r}); print('ready', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.communicate()


@pytest.mark.parametrize("leases", [True, False])
@pytest.mark.parametrize("hold", [lambda path: path.open("rb"), mapped, in_another_process])
def test_an_open_file_is_never_removed(
    full: Fetched, monkeypatch: pytest.MonkeyPatch, hold: Callable, leases: bool
):
    """Also where the file system knows no leases, and /proc is looked into."""
    if not leases:
        monkeypatch.setattr(opened, "_leased", lambda _: Opened.UNKNOWN)
    with ExitStack() as stack:
        stack.enter_context(hold(full.cache.shows / "test" / "a"))
        assert make_room(full.cache, SIZE) == SIZE
        assert names(full.cache) == ["a", "c", "d"]
    assert make_room(full.cache, 2 * SIZE) == SIZE
    assert names(full.cache) == ["c", "d"]


def test_where_it_cannot_be_told_who_has_it_open_a_days_use_counts(
    full: Fetched, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(opened, "_leased", lambda _: Opened.UNKNOWN)
    with pytest.raises(NoSpace):
        make_room(full.cache, SIZE, clock=lambda: 1003 + room.RECENT + 1)
    assert make_room(full.cache, SIZE, clock=lambda: 1000 + room.RECENT_ELSEWHERE + 1) == SIZE


def test_who_opens_a_file_while_it_is_judged_waits_and_nobody_dies(full: Fetched):
    """The kernel signals who holds the lease; the default answer to its usual signal is death."""
    path, said = full.cache.shows / "test" / "a", []
    with opened.opened(path) as answer:
        assert answer is Opened.NO
        reader = threading.Thread(target=lambda: said.append(path.read_bytes()))
        reader.start()
        reader.join(0.2)
        assert said == []
    reader.join()
    assert said == [bytes([0]) * SIZE]


def test_two_processes_that_fill_and_evict_at_once_lose_nothing_and_mix_nothing(
    fetch: Fetched, stored: Stored, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(room, "RECENT", -1.0)  # the harshest case: nothing is protected by its last use
    cache = replace(fetch.cache, quota=5 * SIZE)
    bodies = {f"f{at}": bytes([at]) * SIZE for at in range(12)}
    files = {name: stored(name, body) for name, body in bodies.items()}
    faults: list[str] = []

    def work(start: int) -> None:
        mine = Fetched(cache)
        for name in itertools.islice(itertools.cycle(bodies), start, start + 40):
            try:
                path = mine(files[name])[0]
                with path.open("rb") as stream:
                    if stream.read() != bodies[name]:
                        faults.append(f"{name} holds other bytes")
            except FileNotFoundError:
                pass  # removed by the other before it was opened
            except NoSpace:
                pass  # the other has the rest open
            except BaseException as error:
                faults.append(repr(error))

    threads = [threading.Thread(target=work, args=(start,)) for start in (0, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    for path in cache.objects():
        assert path.read_bytes() in bodies.values()
