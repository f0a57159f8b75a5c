"""Rules on a real lake: every state that can be brought about tells itself, and obeys its owner."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from tests.lake.conftest import Make
from tests.lake.rules.conftest import put, undoing
from tests.lakes import admin, until
from vre_dm.did import Did
from vre_dm.errors import Declined, LoginRefused, NotInLake
from vre_dm.lake.lake import Lake
from vre_dm.lake.rules import Rule
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

Ask = Callable[..., Rule]


@pytest.fixture(scope="module")
def root(embedded_lake: LakeStatus) -> Any:
    """The lake's administrator."""
    return admin(embedded_lake)


@pytest.fixture
def ask(lake: Lake, rucio: Any) -> Iterator[Ask]:
    """Make a rule with any of Rucio's options; it is deleted at the end."""
    made: list[str] = []

    def one(did: Did, rse: str = "DESY-DCACHE", **options: Any) -> Rule:
        asked = [{"scope": did.scope, "name": did.name}]
        made.append(rucio.add_replication_rule(asked, 1, rse, **options)[0])
        return lake.rule(made[-1])

    yield one
    for identifier in made:
        rucio.update_replication_rule(identifier, {"lifetime": 0})


def is_now(rule: Rule, state: str) -> Callable[[], bool]:
    return lambda: rule.refresh().state.state == state


@contextmanager
def switched_off(root: Any, rse: str, right: str) -> Iterator[None]:
    root.update_rse(rse, {f"availability_{right}": False})
    try:
        yield
    finally:
        root.update_rse(rse, {f"availability_{right}": True})


def test_a_rule_moves_bytes_and_ends_in_ok(lake: Lake) -> None:
    dataset = lake.dataset("xenon:s2only.limits")
    rule = dataset.replicate("DESY-DCACHE", days=1, comment="test of the rules")
    try:
        assert rule.state.comment == "test of the rules"
        until(is_now(rule, "OK"), 60)
        assert rule.sentence.startswith("OK: the file is at DESY-DCACHE, kept until ")
        assert re.search(r"^you can +extend, move, delete$", str(rule), re.MULTILINE)
        assert list(rule.causes()) == []
        assert "DESY-DCACHE" in dataset.replicas().complete
        assert rule.identifier in [mine.identifier for mine in lake.rules()]
        assert rule.identifier in [other.identifier for other in dataset.rules()]
        assert lake.rule(rule.identifier).state.did == dataset.did
        with pytest.raises(Declined, match="exists already"):
            dataset.replicate("DESY-DCACHE", days=1)
        kept = rule.state.expires
        assert kept is not None
        until_then = rule.extend(30).state.expires
        assert until_then is not None
        assert (until_then - kept).days >= 28
    finally:
        rule.delete()
    until(lambda: rule.identifier not in [other.identifier for other in dataset.rules()], 60)
    with pytest.raises(NotInLake, match="expired or was deleted"):
        rule.refresh()


def test_a_rule_on_its_way_tells_what_its_files_wait_for(
    make: Make, ask: Ask, root: Any, embedded_lake: LakeStatus, rucio: Any
) -> None:
    root.add_rse_attribute("DESY-DCACHE", "vre_dm_bandwidth", 1)
    try:
        until(lambda: "vre_dm_bandwidth" in root.list_rse_attributes("DESY-DCACHE"))
        did = make("slow", files=1, rse="CERN-EOSPILOT", size=20)  # seconds that it takes
        put(embedded_lake, rucio, did, "CERN-EOSPILOT", b"0".ljust(20))
        rule = ask(did)
        assert rule.sentence.startswith("REPLICATING since ")
        assert "0 of 1 files are at DESY-DCACHE, too early to say" in rule.sentence
        (cause,) = rule.causes()
        assert cause.rse == "DESY-DCACHE"
        assert cause.cause.why
        assert str(did) in str(cause)
    finally:
        root.delete_rse_attribute("DESY-DCACHE", "vre_dm_bandwidth")


def test_files_missing_at_the_source_make_a_rule_stuck_and_boost_tries_again(lake: Lake, make: Make) -> None:
    dataset = lake.dataset(make("ghost", files=2))  # registered, but no bytes at the storage
    rule = dataset.replicate("DESY-DCACHE", days=1)
    try:
        until(lambda: rule.refresh().state.stuck == 2, 90)
        assert "2 of 2 files did not reach DESY-DCACHE: the file is not at the source" in rule.sentence
        assert rule.explanation.who == "the admins of the storage that holds the file"
        causes = rule.causes()
        assert {str(cause.file.name) for cause in causes} == {file.did.name for file in dataset.files}
        assert all("to DESY-DCACHE from CNAF-STORM: the file is not" in str(cause) for cause in causes)
        assert all((cause.state, cause.attempts) == ("FAILED", 4) for cause in causes)
        assert repr(rule).startswith(f"Rule({dataset.did}, STUCK")
        assert "the lake says  the source answered 404" in str(rule)
        until(lambda: rule.refresh().state.stuck_since, 60)  # the lake's repair has looked at it
        assert rule.sentence.startswith("STUCK since 20")
        rule.boost()
        until(lambda: rule.refresh().state.moving, 60)
        assert rule.state.state == "REPLICATING"
    finally:
        rule.delete()


def test_a_damaged_source_is_told_from_a_lost_one(
    make: Make, ask: Ask, embedded_lake: LakeStatus, rucio: Any
) -> None:
    did = make("damaged", files=1)
    put(embedded_lake, rucio, did, "CNAF-STORM", b"X")
    rule = ask(did)
    until(is_now(rule, "STUCK"), 90)
    assert "the file at the source is not the registered one" in rule.sentence


@contextmanager
def full(lake: LakeStatus, rucio: Any, did: Did, rse: str) -> Iterator[None]:
    """Let the first file of a dataset meet a full disk; what its copy removes after a failure comes back."""
    name = f"{did.scope}:{did.name}.00000.txt"
    path = Layout(lake.root).storage(rse) / rucio.lfns2pfns(rse, [name])[name].split(f"/{rse}/", 1)[1]
    path.parent.mkdir(parents=True, exist_ok=True)
    done = threading.Event()

    def keep() -> None:
        while not done.wait(0.005):
            with suppress(FileExistsError):
                path.with_name(f"{path.name}.part").symlink_to("/dev/full")

    keeper = threading.Thread(target=keep)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def test_a_full_destination_is_told(make: Make, ask: Ask, embedded_lake: LakeStatus, rucio: Any) -> None:
    did = make("full", files=1)
    put(embedded_lake, rucio, did, "CNAF-STORM")
    with full(embedded_lake, rucio, did, "CERN-EOSPILOT"):
        rule = ask(did, "CERN-EOSPILOT")
        until(is_now(rule, "STUCK"), 90)
    assert "No space left" in rule.state.error
    assert "the storage at the destination is full; the admins of CERN-EOSPILOT can act" in rule.sentence


def test_a_source_that_is_switched_off_is_told(make: Make, ask: Ask, root: Any) -> None:
    def once_noticed() -> Rule | None:
        """Try until the lake has noticed: it looks at its storages every few seconds."""
        rule = ask(make("unreadable", files=1, rse="CERN-EOSPILOT"), "CNAF-STORM")
        until(is_now(rule, "STUCK"), 90)
        return rule if "NO_SOURCES" in rule.state.error else None

    with switched_off(root, "CERN-EOSPILOT", "read"):
        rule = until(once_noticed, 120)
        assert "no copy can be read now" in rule.sentence
        assert [cause.state for cause in rule.causes()] == ["NO_SOURCES"]


def test_a_source_that_has_no_copy_is_told(make: Make, ask: Ask) -> None:
    rule = ask(make("elsewhere", files=1), source_replica_expression="CERN-EOSPILOT")
    assert rule.state.error == "MissingSourceReplica"
    assert "where the rule wants to copy from there is no copy of some files" in rule.sentence


def test_files_without_any_copy_are_told(make: Make, ask: Ask, root: Any) -> None:
    did = make("lost", files=1, rse="CERN-EOSPILOT")
    file = {"scope": did.scope, "name": f"{did.name}.00000.txt", "state": "U"}
    root.update_replicas_states("CERN-EOSPILOT", [file])
    rule = ask(did)
    until(is_now(rule, "STUCK"), 90)
    assert "no copy can be read now: there is none" in rule.sentence


def test_a_destination_that_is_switched_off_is_told(make: Make, ask: Ask, root: Any) -> None:
    rule = ask(make("closed", files=1))
    until(is_now(rule, "STUCK"), 90)
    with switched_off(root, "DESY-DCACHE", "write"):
        until(lambda: "not available for writing" in rule.refresh().state.error, 60)
        assert "the storage is switched off for writing; the admins of DESY-DCACHE can act" in rule.sentence


def test_a_quota_that_is_used_up_suspends_a_rule_and_boost_starts_it_again(
    make: Make, ask: Ask, root: Any
) -> None:
    root.set_local_account_limit("dm", "PIC-DCACHE", 1000)
    try:
        rule = ask(make("large", files=1, size=5000), "PIC-DCACHE", asynchronous=True)
        until(is_now(rule, "SUSPENDED"), 60)
        assert rule.sentence == (
            "SUSPENDED: nothing is set up and the lake no longer tries: the quota did not suffice; "
            "you can act: a boost starts it again"
        )
    finally:
        root.set_local_account_limit("dm", "PIC-DCACHE", 10 << 20)
    rule.boost()
    until(lambda: rule.refresh().state.total, 60)


def test_a_quota_that_shrank_stops_the_repair(make: Make, ask: Ask, root: Any) -> None:
    rule = ask(make("shrunk", files=1), "PIC-DCACHE")
    until(is_now(rule, "STUCK"), 90)
    root.set_local_account_limit("dm", "PIC-DCACHE", 0)
    try:
        until(lambda: "quota" in rule.refresh().state.error, 60)
        assert "your quota there is used up; you can act: delete rules you no longer need" in rule.sentence
    finally:
        root.set_local_account_limit("dm", "PIC-DCACHE", 10 << 20)


def test_a_rule_that_waits_for_approval_is_approved_by_an_admin_alone(
    make: Make, ask: Ask, root: Any
) -> None:
    rule = ask(make("approval", files=1), ask_approval=True)
    assert rule.sentence.startswith("WAITING_APPROVAL since ")
    assert "those who approve rules for DESY-DCACHE and the admins of the lake can act" in rule.sentence
    for refused in (rule.approve, rule.deny):
        with pytest.raises(LoginRefused, match="can not approve/deny"):
            refused()
    root.approve_replication_rule(rule.identifier)
    until(lambda: rule.refresh().state.state in {"REPLICATING", "STUCK"}, 60)
    with pytest.raises(Declined, match="does not wait for approval"):
        rule.approve()


def test_a_rule_for_later_says_when(make: Make, ask: Ask) -> None:
    rule = ask(make("later", files=1), delay_injection=3600)
    assert rule.sentence.startswith("INJECT: nothing moves before 20")


def test_a_rule_moves_to_another_storage_and_the_old_one_says_so(make: Make, ask: Ask) -> None:
    old = ask(make("moving", files=1))
    new = old.move("PIC-DCACHE")
    try:
        assert new.identifier != old.identifier
        assert new.state.rse == "PIC-DCACHE"
        assert old.refresh().sentence.endswith(
            f"the rule was moved and ends when rule {new.identifier} is OK"
        )
        with pytest.raises(NotInLake, match="to NOWHERE: no storage element fits; name one of CERN-EOSPILOT"):
            new.move("NOWHERE")
        with pytest.raises(Declined, match="child rule"):
            old.move("CERN-EOSPILOT")
    finally:
        new.delete()


def test_a_change_that_the_lakes_database_undoes_each_time_says_so_and_changes_nothing(
    make: Make, ask: Ask, embedded_lake: LakeStatus
) -> None:
    old = ask(make("undone", files=1), lifetime=3600)
    with undoing(embedded_lake, old.state.did):
        with pytest.raises(
            Declined, match=r"database undid this three times.*; nothing has changed: try again"
        ):
            old.move("PIC-DCACHE")
        with pytest.raises(Declined, match="database undid this three times"):
            old.extend(1)
    assert not old.refresh().state.successor
    old.move("PIC-DCACHE").delete()


def test_a_locked_rule_is_not_said_to_be_deleted(make: Make, root: Any, lake: Lake) -> None:
    did = make("locked", files=1)
    asked = [{"scope": did.scope, "name": did.name}]
    (identifier,) = root.add_replication_rule(asked, 1, "DESY-DCACHE", locked=True, account="dm")
    try:
        with pytest.raises(Declined, match="is locked and cannot be deleted"):
            lake.rule(identifier).delete()
    finally:
        root.update_replication_rule(identifier, {"locked": False, "lifetime": 0})


def test_rules_that_make_no_sense_never_reach_the_lake(lake: Lake) -> None:
    dataset = lake.dataset("xenon:s2only.limits")
    for wrong in ({"days": 0}, {"days": -1}, {"days": float("nan")}, {"days": 1e9}, {"copies": 0}):
        with pytest.raises(Declined, match="at least one copy, for up to 36500 days"):
            dataset.replicate("DESY-DCACHE", **wrong)  # type: ignore[arg-type]
    with pytest.raises(NotInLake, match="at NOWHERE: no storage element fits; name one of CERN-EOSPILOT, "):
        dataset.replicate("NOWHERE")


def test_another_accounts_rule_is_not_ours_to_change(lake: Lake) -> None:
    seeded = next(
        rule for dataset in lake.search("xenon:*") for rule in dataset.rules() if rule.state.account != "dm"
    )
    for change in (
        lambda: seeded.shorten(1),
        seeded.boost,
        lambda: seeded.move("DESY-DCACHE"),
        seeded.delete,
    ):
        with pytest.raises(LoginRefused, match="ask the owner"):
            change()
    for days in (0, -1, float("nan"), float("inf"), 1e12, "9", None):
        for change in (seeded.extend, seeded.shorten):
            with pytest.raises(Declined, match="can be kept for up to"):
                change(days)


def test_a_rule_that_is_kept_longer_is_not_shortened_by_extending_it(lake: Lake, make: Make) -> None:
    dataset = lake.dataset(make("kept", files=1))
    rule = dataset.replicate("DESY-DCACHE", days=30)
    seen_before = lake.rule(rule.identifier)
    for late in (rule, dataset):
        with pytest.raises(Declined, match=r"until 20.* UTC, which is longer than 3 days; .* shorten it$"):
            late.extend(3)
    assert lake.rule(rule.identifier).state.expires == rule.state.expires
    assert not rule.extend(60).ends_within(59)
    with pytest.raises(Declined, match="longer than 40 days"):
        seen_before.extend(40)  # what this window knew has changed since
    assert rule.shorten(2).ends_within(3)
    with pytest.raises(Declined, match=r"no longer than 9 days; to keep it longer, extend it"):
        rule.shorten(9)
    rule.delete()


def test_a_rule_for_ever_stays_for_ever_unless_it_is_shortened(lake: Lake, make: Make) -> None:
    dataset = lake.dataset(make("ever", files=1))
    for_ever = dataset.replicate("DESY-DCACHE", days=None)
    soon = dataset.replicate("PIC-DCACHE", days=1)
    with pytest.raises(Declined, match=f"keeps {dataset.did} for ever, which is longer than 9 days"):
        for_ever.extend(9)
    dataset.extend(9)  # of several rules only those that end sooner
    assert not soon.refresh().ends_within(8)
    assert for_ever.refresh().state.expires is None
    assert for_ever.shorten(9).state.expires is not None
    for rule in dataset.rules():
        rule.delete()


def test_rule_lists_show_their_states(lake: Lake) -> None:
    rules = lake.rules()
    assert repr(rules).startswith(("no rules of dm", f"{len(rules)} rule"))
