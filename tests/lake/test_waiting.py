"""Replica mode on a real lake: a rule brings the files to the mount, and who waits is told, and never "
"for ever."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.lake.conftest import Make
from tests.lake.rules.conftest import put
from tests.lakes import admin, until
from vre_dm.did import Did
from vre_dm.errors import (
    Declined,
    FetchError,
    InvalidConfiguration,
    JobCancelled,
    NoSpace,
    NotInLake,
    Unreachable,
)
from vre_dm.lake.connection import Connection
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.instance import Mount
from vre_dm.lake.instances import from_rucio_cfg
from vre_dm.lake.lake import Lake
from vre_dm.lake.rules import Rule
from vre_dm.lake.transfer.events import (
    Cancelled,
    Event,
    Placed,
    Planned,
    Replicating,
    Verified,
    from_json,
    to_json,
)
from vre_dm.lake.transfer.policy import Pace
from vre_dm.lake.waiting import Patience, bring, wait_for
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

RSE = "CERN-EOSPILOT"


@pytest.fixture(scope="module")
def vre(embedded_lake: LakeStatus, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The lake as a VRE configures it: replica mode, with the storage of one element mounted."""
    folder = Layout(embedded_lake.root).storage(RSE)
    mount = Mount(RSE, folder, begins_at=len(folder.parts) - 1)
    instance = replace(from_rucio_cfg(embedded_lake.rucio_config, {}), mount=mount, replicate=True)
    return Lake(replace(instance, embedded=False), tmp_path_factory.mktemp("vre"))


@pytest.fixture
def connection(vre: Lake) -> Connection:
    return Connection(vre.instance)


@pytest.fixture
def published(
    make: Make, embedded_lake: LakeStatus, rucio: Any, request: pytest.FixtureRequest
) -> Iterator[Did]:
    """Two files with bytes, at another element than the mounted one; rules on them end with the test."""
    size = getattr(request, "param", None)
    did = make("published", files=2, size=size)
    put(embedded_lake, rucio, did, "CNAF-STORM", size and bytes(size))
    yield did
    for rule in rucio.list_did_rules(did.scope, did.name):
        rucio.update_replication_rule(rule["id"], {"lifetime": 0})


class Clock:
    """Time that passes only where it is waited for; remembers every wait."""

    def __init__(self) -> None:
        self.now = 0.0

    def pace(self) -> Pace:
        return Pace(clock=lambda: self.now, wait=self._wait, chance=lambda: 0.5)

    def _wait(self, _stop: threading.Event, seconds: float) -> None:
        self.now += seconds


def sentences(events: list[Event]) -> list[str]:
    return [event.sentence for event in events if isinstance(event, Replicating)]


def test_a_fetch_in_replica_mode_returns_paths_on_the_mount(vre: Lake, published: Did) -> None:
    events: list[Event] = []
    dataset = vre.dataset(published)
    paths = dataset.fetch(progress=events.append)
    mount = vre.instance.mount
    assert mount is not None
    assert all(path.is_relative_to(mount.folder) for path in paths)
    assert [path.read_bytes() for path in paths] == [b"0", b"1"]
    assert sentences(events)[-1].startswith(f"OK: all 2 files are at {RSE}, kept")
    assert len([event for event in events if isinstance(event, Placed)]) == 2
    (rule,) = dataset.rules()
    assert dataset.fetch() == paths  # at once, by the same rule
    assert [again.identifier for again in dataset.rules()] == [rule.identifier]


def test_a_file_that_is_damaged_in_place_is_not_handed_out(vre: Lake, published: Did) -> None:
    dataset = vre.dataset(published)
    damaged, good = dataset.fetch()
    damaged.chmod(0o600)
    damaged.write_bytes(b"!")
    copied, same = dataset.fetch()
    assert same == good
    assert copied != damaged
    assert copied.read_bytes() == b"0"


def test_who_wants_the_paths_at_once_is_told_that_nobody_read_the_files(vre: Lake, published: Did) -> None:
    events: list[Event] = []
    paths = vre.dataset(published).make_available(verify=False, progress=events.append)
    (plan,) = [event for event in events if isinstance(event, Planned)]
    assert plan.remarks == (
        "used in place: sizes are compared, checksums are not; fetch() reads each file once for that",
    )
    assert not [event for event in events if isinstance(event, Verified)]
    assert vre.dataset(published).make_available(progress=events.append) == paths
    assert len([event for event in events if isinstance(event, Verified)]) == 2


def test_a_mount_that_is_gone_is_no_empty_result(vre: Lake, published: Did, tmp_path: Path) -> None:
    gone = replace(vre.instance, mount=Mount(RSE, tmp_path / "not mounted", begins_at=5))
    with pytest.raises(Unreachable, match=r"cannot be read .*remount it"):
        Lake(gone, tmp_path / "cache").dataset(published).fetch()


def test_a_fetch_into_a_folder_copies_as_ever(vre: Lake, published: Did, folder: Path) -> None:
    (path,) = vre.dataset(published).fetch(folder, files="*00001.txt")
    assert path.is_relative_to(folder)
    assert list(vre.dataset(published).rules()) == []


@pytest.mark.parametrize("whose", ["the dataset", "one of its files"])
def test_what_is_under_embargo_is_not_brought_to_a_place_that_others_read(
    vre: Lake, published: Did, rucio: Any, folder: Path, whose: str
) -> None:
    dataset = vre.dataset(published)
    dated = published if whose == "the dataset" else dataset.files[1].did
    rucio.set_metadata(dated.scope, dated.name, "embargo_until", "2999-01-01")
    match = f"^{dated} is under embargo until 2999-01-01: .* {RSE} .*; fetch into a folder$"
    for ask in (dataset.fetch, partial(dataset.fetch, files="*00000.txt"), dataset.make_available):
        with pytest.raises(Declined, match=match):
            ask()
    assert list(dataset.rules()) == []
    assert len(dataset.fetch(folder)) == 2


def test_files_are_brought_to_an_element_that_is_not_mounted(vre: Lake, published: Did) -> None:
    dataset = vre.dataset(published)
    assert dataset.make_available("DESY-DCACHE", days=1) == []
    assert "DESY-DCACHE" in dataset.replicas().complete


def test_without_a_mount_the_element_has_to_be_named(lake: Lake, published: Did) -> None:
    with pytest.raises(InvalidConfiguration, match="name one"):
        lake.dataset(published).make_available()
    with pytest.raises(NotInLake):
        lake.dataset(published).make_available("NOWHERE")


def test_a_rule_that_another_window_made_meanwhile_is_reused(
    connection: Connection, vre: Lake, published: Did, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = vre.dataset(published).replicate(RSE, days=1)
    from vre_dm.lake.rules import making

    seen = making._usable
    blind = iter([None])
    monkeypatch.setattr(making, "_usable", lambda *args: next(blind, "look") and seen(*args))
    rule = bring(connection, published, RSE, days=1, tell=lambda _: None, stop=threading.Event())
    assert rule.identifier == first.identifier


def test_who_stops_before_the_rule_is_made_has_none(
    connection: Connection, vre: Lake, published: Did
) -> None:
    stop, events = threading.Event(), list[Event]()
    stop.set()
    with pytest.raises(
        JobCancelled, match=f"stopped before the lake was asked to bring {published} to {RSE}"
    ):
        bring(connection, published, RSE, days=1, tell=events.append, stop=stop)
    assert events == [Cancelled(0, 0)]
    assert list(vre.dataset(published).rules()) == []


def test_a_rule_of_somebody_else_is_relied_on_when_it_is_ok(vre: Lake) -> None:
    dataset = vre.dataset("fermi:dsph.jfactors")
    (theirs,) = [rule for rule in dataset.rules() if rule.state.account != "dm"][:1]
    events: list[Event] = []
    paths = dataset.make_available(theirs.state.rse, progress=events.append)
    assert [e.rule for e in events if isinstance(e, Replicating)] == [theirs.identifier]
    assert bool(paths) == (theirs.state.rse == RSE)


def test_a_quota_that_does_not_suffice_is_one_line(vre: Lake, make: Make, embedded_lake: LakeStatus) -> None:
    root = admin(embedded_lake)
    root.set_local_account_limit("dm", "PIC-DCACHE", 1000)
    try:
        with pytest.raises(
            NoSpace, match=r"insufficient quota.*; delete rules that you no longer need, or ask for more"
        ):
            vre.dataset(make("heavy", files=1, size=5000)).make_available("PIC-DCACHE")
    finally:
        root.set_local_account_limit("dm", "PIC-DCACHE", 10 << 20)


def test_a_wait_for_lost_files_ends_with_the_cause_and_the_next_one_tries_again(
    connection: Connection, vre: Lake, make: Make, embedded_lake: LakeStatus, rucio: Any
) -> None:
    did = make("lost", files=1)
    with pytest.raises(
        FetchError, match=r"is not at CERN-EOSPILOT yet: STUCK.*not at the source.*stays"
    ) as caught:
        vre.dataset(did).fetch()
    assert "\n" not in str(caught.value)
    put(embedded_lake, rucio, did, "CNAF-STORM")
    until(lambda: vre.dataset(did).rules()[0].state.stuck_since)  # a boost may not meet a repair
    (path,) = vre.dataset(did).fetch()  # boosts the rule
    assert path.read_bytes() == b"0"
    vre.dataset(did).rules()[0].delete()


def rule_that_waits(dataset: Dataset, rucio: Any, **options: Any) -> Rule:
    did = {"scope": dataset.did.scope, "name": dataset.did.name}
    (identifier,) = rucio.add_replication_rule([did], 1, RSE, **options)
    return next(rule for rule in dataset.rules() if rule.identifier == identifier)


def test_nobody_waits_for_an_approval(vre: Lake, published: Did, rucio: Any) -> None:
    rule_that_waits(vre.dataset(published), rucio, ask_approval=True)
    with pytest.raises(FetchError, match=r"WAITING_APPROVAL since .* can act: ask them.*stays"):
        vre.dataset(published).fetch()


def test_a_rule_that_is_deleted_while_it_is_waited_for_is_said(
    connection: Connection, vre: Lake, published: Did, rucio: Any
) -> None:
    rule = rule_that_waits(vre.dataset(published), rucio, delay_injection=3600)
    rule.delete()
    until(lambda: rule.identifier not in [r.identifier for r in vre.dataset(published).rules()])
    with pytest.raises(FetchError, match="expired, was refused or was deleted while it was waited for"):
        wait_for(rule, connection, tell=lambda _: None, stop=threading.Event())


def test_a_wait_without_any_progress_ends_and_asks_the_lake_seldom(
    connection: Connection, vre: Lake, published: Did, rucio: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = rule_that_waits(vre.dataset(published), rucio, delay_injection=3600)
    clock, asked, events = Clock(), [], list[Event]()
    ask = Connection.ask

    def count(self: Connection, what: str, question: Any) -> Any:
        asked.append(clock.now)
        return ask(self, what, question)

    monkeypatch.setattr(Connection, "ask", count)
    with pytest.raises(FetchError, match=r"INJECT: nothing moves before .*stays"):
        wait_for(
            rule,
            connection,
            tell=events.append,
            stop=threading.Event(),
            patience=Patience(still=3600),
            pace=clock.pace(),
        )
    ten_minutes = [at for at in asked if at <= 600]
    assert (
        len(ten_minutes) <= 600 / 10 * 3 / 5
    )  # files, rules and replicas each 10 s: what the VRE's panel asks
    assert len(asked) <= 3700 / 10 / 5  # over the hour even a fifth of one request each 10 s
    assert clock.now < 3700
    told = len([event for event in events if isinstance(event, Replicating)])
    assert told >= 3600 / 5  # meanwhile who waits is told


def test_an_interrupt_leaves_the_rule_and_says_so(
    connection: Connection, vre: Lake, published: Did, rucio: Any
) -> None:
    rule = rule_that_waits(vre.dataset(published), rucio, delay_injection=3600)
    stop, events = threading.Event(), list[Event]()

    def tell(event: Event) -> None:
        events.append(event)
        stop.set()

    with pytest.raises(JobCancelled, match=f"the rule {rule.identifier} stays"):
        wait_for(rule, connection, tell=tell, stop=stop)
    assert isinstance(events[-1], Cancelled)
    assert rule.refresh().state.state == "INJECT"


def test_a_job_in_replica_mode_is_cancelled_while_it_waits(vre: Lake, published: Did, rucio: Any) -> None:
    rule_that_waits(vre.dataset(published), rucio, delay_injection=3600)
    job = vre.dataset(published).start_fetch()
    assert isinstance(next(job.events()), Replicating)
    job.cancel()
    with pytest.raises(JobCancelled):
        job.result(30)
    assert job.state == "cancelled"


@pytest.mark.parametrize("published", [20], indirect=True)  # seconds that each takes
def test_files_on_tape_are_not_waited_for(
    connection: Connection, vre: Lake, published: Did, rucio: Any, embedded_lake: LakeStatus
) -> None:
    root = admin(embedded_lake)
    root.add_rse_attribute(RSE, "vre_dm_bandwidth", 1)
    root.update_rse("CNAF-STORM", {"rse_type": "TAPE"})
    try:
        with pytest.raises(
            FetchError, match=r"come from tape \(CNAF-STORM\), which takes hours; the rule .* stays"
        ):
            bring(
                connection,
                published,
                RSE,
                days=1,
                tell=lambda _: None,
                stop=threading.Event(),
                patience=Patience(tape=0),
            )
    finally:
        root.update_rse("CNAF-STORM", {"rse_type": "DISK"})
        root.delete_rse_attribute(RSE, "vre_dm_bandwidth")


def test_a_lake_that_is_away_for_a_while_ends_no_wait(
    connection: Connection, vre: Lake, published: Did, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = vre.dataset(published).replicate(RSE, days=1)
    refresh, away = Rule.refresh, iter([True, True])

    def sometimes(self: Rule) -> Rule:
        if next(away, False):
            raise Unreachable
        return refresh(self)

    monkeypatch.setattr(Rule, "refresh", sometimes)
    wait_for(rule, connection, tell=lambda _: None, stop=threading.Event())
    assert rule.state.state == "OK"


def test_the_event_goes_through_a_journal() -> None:
    event = Replicating("1f", "X", "STUCK", "STUCK: …", 1, 2, None)
    assert from_json(to_json(event, 0.0)) == event


@pytest.mark.parametrize("left", [None, 1e9, 0.0])
def test_looks_grow_rarer_whatever_the_forecast(left: float | None) -> None:
    patience = Patience()
    pauses = [patience.until_next(elapsed, left) for elapsed in (0, 1, 10, 100, 1000, 1e6)]
    assert pauses == sorted(pauses)
    assert pauses[0] >= patience.first
    assert pauses[-1] == patience.longest


def test_declined_for_another_reason_stays_declined(
    connection: Connection, published: Did, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Declined, match="asked for: 1 for -1 days"):
        bring(connection, published, RSE, days=-1, tell=lambda _: None, stop=threading.Event())
