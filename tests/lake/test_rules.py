"""A replication rule tells its state, cause and time to go in one sentence, and obeys its owner."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.lake.conftest import Make
from tests.lakes import until
from vre_dm.did import Did
from vre_dm.errors import Declined, LoginRefused, NotInLake
from vre_dm.lake.lake import Lake
from vre_dm.lake.rules import RuleState, duration

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
STATE = RuleState(
    did=Did("a", "b"),
    rse="CNAF-STORM",
    copies=1,
    account="dm",
    state="REPLICATING",
    arrived=3,
    moving=17,
    stuck=0,
    error="",
    created=NOW - timedelta(minutes=3),
    expires=None,
    comment="",
)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "REPLICATING: 3 of 20 files at CNAF-STORM, about 17 min to go"),
        ({"arrived": 0, "moving": 20}, "REPLICATING: 0 of 20 files at CNAF-STORM, none has arrived yet"),
        (
            {"state": "OK", "arrived": 20, "moving": 0},
            "OK: all 20 files at CNAF-STORM, kept for ever",
        ),
        (
            {"state": "OK", "arrived": 1, "moving": 0, "expires": NOW},
            "OK: the file at CNAF-STORM, kept until 2026-01-01 12:00 UTC",
        ),
        (
            {"state": "STUCK", "moving": 0, "stuck": 17, "error": "No space\nleft \x1b[31m"},
            r"STUCK: 17 of 20 files did not reach CNAF-STORM: No space left \x1b[31m; boost() tries again",
        ),
        (
            {"state": "STUCK", "stuck": 1, "arrived": 0, "moving": 0},
            "STUCK: 1 of 1 files did not reach CNAF-STORM: the lake does not say why; boost() tries again",
        ),
        (
            {"state": "WAITING_APPROVAL"},
            "WAITING_APPROVAL: the rule for CNAF-STORM waits for the managers of the storage element "
            "to approve it",
        ),
        ({"state": "NEW_WORD"}, "NEW_WORD: the rule for CNAF-STORM has this state"),
    ],
)
def test_the_state_is_one_sentence(changes: dict[str, object], sentence: str) -> None:
    assert replace(STATE, **changes).sentence(NOW) == sentence  # type: ignore[arg-type]


def test_no_time_to_go_is_invented() -> None:
    assert replace(STATE, arrived=0).remaining(NOW) is None
    assert replace(STATE, moving=0).remaining(NOW) is None
    assert STATE.remaining(STATE.created - timedelta(seconds=5)) is None
    assert STATE.remaining(NOW) == timedelta(minutes=17)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "1 s"), (59.6, "1 min"), (61, "1 min 1 s"), (3600, "1 h"), (7500, "2 h 5 min"), (93_784, "1 d 2 h")],
)
def test_durations_have_their_two_largest_units(seconds: float, text: str) -> None:
    assert duration(timedelta(seconds=seconds)) == text


def test_a_rule_moves_bytes_and_ends_in_ok(lake: Lake) -> None:
    dataset = lake.dataset("xenon:s2only.limits")
    rule = dataset.replicate("DESY-DCACHE", days=1, comment="test of the rules")
    try:
        assert rule.state.comment == "test of the rules"
        until(lambda: rule.refresh().state.state == "OK", 60)
        assert rule.sentence.startswith("OK: the file at DESY-DCACHE, kept until ")
        assert "DESY-DCACHE" in dataset.replicas().complete
        assert rule.identifier in [mine.identifier for mine in lake.rules()]
        assert rule.identifier in [other.identifier for other in dataset.rules()]
        assert lake.rule(rule.identifier).state.did == dataset.did
        with pytest.raises(Declined, match="exists already"):
            dataset.replicate("DESY-DCACHE", days=1)
        kept = rule.state.expires
        assert kept is not None
        assert rule.extend(30).state.expires is not None
        assert (rule.state.expires or kept) - kept > timedelta(days=28)
    finally:
        rule.delete()
    until(lambda: rule.identifier not in [other.identifier for other in dataset.rules()], 60)
    with pytest.raises(NotInLake, match="expired or was deleted"):
        rule.refresh()


def test_a_rule_without_sources_is_stuck_with_its_cause_and_can_be_boosted(lake: Lake, make: Make) -> None:
    dataset = lake.dataset(make("ghost", files=2))  # registered, but no bytes at the storage
    rule = dataset.replicate("DESY-DCACHE", days=1)
    try:
        until(lambda: rule.refresh().state.stuck == 2, 90)
        assert rule.sentence.startswith("STUCK: 2 of 2 files did not reach DESY-DCACHE: ")
        assert rule.state.error
        causes = rule.causes()
        assert len(causes) == 2
        assert all("to DESY-DCACHE from CNAF-STORM" in cause for cause in causes)
        assert repr(rule).startswith(f"Rule({dataset.did}, STUCK")
        rule.boost()
    finally:
        rule.delete()


def test_rules_that_make_no_sense_never_reach_the_lake(lake: Lake) -> None:
    dataset = lake.dataset("xenon:s2only.limits")
    for wrong in ({"days": 0}, {"days": -1}, {"days": float("nan")}, {"copies": 0}):
        with pytest.raises(Declined, match="at least one copy and a positive number"):
            dataset.replicate("DESY-DCACHE", **wrong)  # type: ignore[arg-type]
    with pytest.raises(NotInLake):
        dataset.replicate("NOWHERE")


def test_another_accounts_rule_is_not_ours_to_change(lake: Lake) -> None:
    seeded = next(
        rule for dataset in lake.search("xenon:*") for rule in dataset.rules() if rule.state.account != "dm"
    )
    with pytest.raises(LoginRefused, match="ask the owner"):
        seeded.extend(1)
    with pytest.raises(Declined, match="positive number of days"):
        seeded.extend(0)


def test_rule_lists_show_their_states(lake: Lake) -> None:
    rules = lake.rules()
    assert repr(rules).startswith(("no rules of dm", f"{len(rules)} rule"))
