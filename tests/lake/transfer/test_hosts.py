"""A host gets as many streams as it can take, is left alone when it asks, and comes last after a failure."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.server import Breaking, breaking, good, status
from tests.faults.world import OpenAccess, Waits, registered
from vre_dm.lake.files import File
from vre_dm.lake.transfer import Pace, Policy, fetch_files
from vre_dm.lake.transfer.failures import SourceFailed, Stopped
from vre_dm.lake.transfer.hosts import Hosts
from vre_dm.lake.transfer.memory import Memory
from vre_dm.lake.transfer.sources import Source

ONE, TWO = Source("A", url="https://one:1/x"), Source("B", url="https://two/x")
HERE = Source("C", path=Path("/x"))
GO = threading.Event()
BODY = b"bytes" * 100


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now

    def wait(self, stop: threading.Event, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hosts(clock: Clock) -> Hosts:
    return Hosts(Policy(streams=2, threads=5), Pace(clock=clock, wait=clock.wait), Memory())


@pytest.fixture
def server() -> Iterator[Breaking]:
    with breaking() as play:
        yield play


def fail(hosts: Hosts, source: Source, **facts: object) -> None:
    error = SourceFailed("why", **facts)
    with pytest.raises(SourceFailed), hosts.stream(source, GO):
        raise error


def streams(hosts: Hosts, source: Source) -> int:
    """How many further streams there is room for now."""
    with hosts.further(source) as room:
        return 1 + streams(hosts, source) if room else 0


def test_a_host_has_no_more_streams_than_it_may(hosts: Hosts):
    assert (streams(hosts, ONE), streams(hosts, TWO)) == (2, 2)
    with hosts.stream(ONE, GO), hosts.stream(ONE, GO):
        assert (streams(hosts, ONE), streams(hosts, TWO)) == (0, 2)


def test_all_hosts_together_have_no_more_streams_than_the_policy_says(clock: Clock):
    hosts = Hosts(Policy(streams=3, threads=4), Pace(clock=clock), Memory())
    with hosts.stream(ONE, GO), hosts.stream(ONE, GO), hosts.stream(ONE, GO):
        assert streams(hosts, TWO) == 1


def test_who_waits_for_a_host_gets_its_turn_or_is_stopped(hosts: Hosts):
    stop, had = threading.Event(), []

    def wait(name: str, until: threading.Event) -> None:
        try:
            with hosts.stream(ONE, until):
                had.append(name)
        except Stopped:
            had.append(f"{name} stopped")

    with hosts.stream(ONE, GO):
        with hosts.stream(ONE, GO):
            stopped = threading.Thread(target=wait, args=("first", stop))
            stopped.start()
            stop.set()
            stopped.join()
            second = threading.Thread(target=wait, args=("second", GO))
            second.start()
        second.join()
    assert had == ["first stopped", "second"]


def test_an_overloaded_host_gets_half_and_recovers(hosts: Hosts):
    fail(hosts, ONE, of_host=True)
    assert streams(hosts, ONE) == 1
    fail(hosts, ONE, of_host=True)
    assert streams(hosts, ONE) == 1
    assert streams(hosts, TWO) == 2


def test_a_missing_file_says_nothing_of_its_host(hosts: Hosts):
    fail(hosts, ONE)
    assert streams(hosts, ONE) == 2
    assert hosts.ranked([ONE, TWO]) == [ONE, TWO]


def test_a_host_that_pays_for_more_streams_gets_them(hosts: Hosts, clock: Clock):
    for _ in range(8):
        with hosts.stream(ONE, GO):
            hosts._hosts[ONE.place].full = True  # somebody waits
            clock.now += 1.0
            hosts.moved(ONE, 1000 * hosts._hosts[ONE.place].climb.limit)
    assert streams(hosts, ONE) == 5


def test_an_idle_host_is_not_judged(hosts: Hosts, clock: Clock):
    for _ in range(8):
        clock.now += 1.0
        hosts.moved(ONE, 1000)
    assert streams(hosts, ONE) == 2


def test_retry_after_holds_the_whole_host(hosts: Hosts, clock: Clock):
    fail(hosts, ONE, of_host=True, wait=7.0)
    assert hosts.held(ONE) == 7.0
    assert hosts.held(TWO) == 0.0
    assert hosts.ranked([ONE, TWO]) == [TWO, ONE]
    with hosts.stream(ONE, GO):
        assert clock.now == 7.0
    assert hosts.held(ONE) == 0.0


def test_who_asks_for_longer_than_anybody_waits_holds_nobody(hosts: Hosts):
    fail(hosts, ONE, of_host=True, wait=100_000.0)
    assert hosts.held(ONE) == 0.0


@pytest.mark.parametrize("source", [ONE, HERE])
def test_what_failed_comes_last_until_it_works(hosts: Hosts, source: Source):
    fail(hosts, source, of_host=True)
    assert hosts.ranked([source, TWO]) == [TWO, source]
    with hosts.stream(source, GO):
        pass
    assert hosts.ranked([source, TWO]) == [source, TWO]


def test_a_place_holds_no_credentials():
    assert Source("A", url="https://user:hunter2@Host:1/a@b").place == "host:1"
    assert HERE.place == "C on this machine"


def located(server: Breaking, *names: str) -> list[File]:
    """Files with a copy that fails on one address of the server, and a good one on another."""
    files = []
    for name in names:
        bad = server.play(f"/bad/{name}", status(503)).replace("localhost", "127.0.0.1")
        files.append(registered(BODY, bad, server.play(f"/good/{name}", good(BODY)), name=name))
    return files


def test_the_next_file_and_the_next_fetch_begin_where_it_works(server: Breaking, tmp_path: Path):
    options = {"access": OpenAccess(), "policy": Policy(threads=1), "pace": Waits().pace()}
    first, second, third = located(server, "1", "2", "3")
    fetch_files([first, second], tmp_path / "a", memory=Memory(tmp_path / "m"), **options)
    fetch_files([third], tmp_path / "b", memory=Memory(tmp_path / "m"), **options)
    assert [path for path, _ in server.asked] == ["/bad/1", "/good/1", "/good/2", "/good/3"]


def test_three_hundred_files_come_with_few_streams_at_once(server: Breaking, tmp_path: Path):
    busy, most, lock = [0], [0], threading.Lock()

    def watched(handler: object) -> None:
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        time.sleep(0.001)
        with lock:
            busy[0] -= 1
        good(BODY)(handler)

    files = [registered(BODY, server.play(f"/{at}", watched), name=str(at)) for at in range(100)]
    policy = Policy(streams=3, threads=3)
    assert len(fetch_files(files, tmp_path, access=OpenAccess(), policy=policy)) == 100
    assert 1 <= most[0] <= 3
