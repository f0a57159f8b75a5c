"""Each state of a rule is one sentence: what, since when, why, who can act, what next, and how long yet."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.did import Did
from vre_dm.lake.rules.arrivals import Forecast
from vre_dm.lake.rules.sentence import Seen, explanation
from vre_dm.lake.rules.state import RuleState, state_of

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
STUCK = {"state": "STUCK", "moving": 0, "stuck": 17}
FULL = (
    "RequestErrMsg.TRANSFER_FAILED:TRANSFER [5] TRANSFER ERROR: Copy failed (3rd pull). Last attempt: "
    "copy HTTP 507 : Insufficient Storage"
)
LEFT = Forecast(timedelta(minutes=17), timedelta(minutes=9), timedelta(minutes=33))


def sentence(changes: dict[str, object], **seen: object) -> str:
    return str(explanation(Seen(replace(STATE, **changes), NOW, **seen)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"state": "OK", "arrived": 20, "moving": 0}, "OK: all 20 files are at CNAF-STORM, kept for ever"),
        (
            {"state": "OK", "arrived": 1, "moving": 0, "expires": NOW + timedelta(hours=1)},
            "OK: the file is at CNAF-STORM, kept until 2026-01-01 13:00 UTC",
        ),
        (
            {"state": "OK", "arrived": 0, "moving": 0},
            "OK: a:b holds no files yet; those to come will be kept at CNAF-STORM",
        ),
        (
            {"state": "OK", "arrived": 1, "moving": 0, "expires": NOW},
            "ended 2026-01-01 12:00 UTC: the lake removes copies that no other rule keeps",
        ),
        (
            {"state": "OK", "arrived": 1, "moving": 0, "expires": NOW, "locked": True},
            "OK: the file is at CNAF-STORM, kept until 2026-01-01 12:00 UTC",
        ),
        (
            {"successor": "1f2e"},
            "REPLICATING: the rule was moved and ends when rule 1f2e is OK",
        ),
        (
            {"arrived": 0, "moving": 20},
            "REPLICATING since 2026-01-01 11:57 UTC: 0 of 20 files are at CNAF-STORM, too early to say "
            "when the "
            "rest comes",
        ),
        (
            {},
            "REPLICATING since 2026-01-01 11:57 UTC: 3 of 20 files are at CNAF-STORM, at best 17 min to go",
        ),
        (
            {"arrived": 0, "moving": 20, "created": NOW - timedelta(hours=2)},
            "REPLICATING since 2026-01-01 10:00 UTC: 0 of 20 files are at CNAF-STORM, none arrived for 2 h",
        ),
        (
            STUCK | {"error": FULL, "stuck_since": NOW},
            "STUCK since 2026-01-01 12:00 UTC: 17 of 20 files did not reach CNAF-STORM: the storage at the "
            "destination is full; the admins of CNAF-STORM can act: ask them for space, or move the rule to "
            "another storage element",
        ),
        (
            STUCK
            | {"error": "RequestErrMsg.TRANSFER_FAILED:Transfer job on FTS is lost", "stuck_since": NOW},
            "STUCK since 2026-01-01 12:00 UTC: 17 of 20 files did not reach CNAF-STORM: the transfer service "
            "lost the order; the lake tries again every 2 to 8 h, or now after a boost; "
            "it gives up on 2026-01-15 12:00 UTC",
        ),
        (
            STUCK | {"moving": 2, "error": "RequestErrMsg.OTHER: 42\nthings \x1b[31m"},
            r"STUCK: 17 of 22 files did not reach CNAF-STORM (2 still move): the lake says: 42 things "
            r"\x1b[31m; "
            "the admins of the lake can act: a boost tries again; if that does not help, send them the "
            "rule's id",
        ),
        (
            {"state": "STUCK", "moving": 0, "error": "RSE Expression resulted in an empty set."},
            "STUCK: the rule for CNAF-STORM cannot be carried out: no storage element fits the rule any "
            "more; "
            "you can act: move the rule to one that exists",
        ),
        (
            {"state": "SUSPENDED"},
            "SUSPENDED: 17 of 20 files are not at CNAF-STORM and the lake no longer tries: it failed for "
            "14 days "
            "or was stopped by an admin; you can act: a boost starts it again",
        ),
        (
            {"state": "SUSPENDED", "arrived": 0, "moving": 0},
            "SUSPENDED: nothing is set up and the lake no longer tries: the quota did not suffice; you "
            "can act: a boost starts it again",
        ),
        (
            {"state": "WAITING_APPROVAL"},
            "WAITING_APPROVAL since 2026-01-01 11:57 UTC: nothing moves until the rule is approved; "
            "those who "
            "approve rules for CNAF-STORM and the admins of the lake can act: ask them",
        ),
        (
            {"state": "INJECT"},
            "INJECT since 2026-01-01 11:57 UTC: the lake is setting the rule up; that takes a minute, "
            "for many "
            "files some more",
        ),
        (
            {"state": "INJECT", "created": NOW + timedelta(hours=1)},
            "INJECT: nothing moves before 2026-01-01 13:00 UTC, as asked for",
        ),
        (
            {"state": "INJECT", "created": NOW - timedelta(hours=1)},
            "INJECT since 2026-01-01 11:00 UTC: the lake is setting the rule up: that takes unusually long: "
            "CNAF-STORM may be switched off for writing, or the lake is busy; the admins of the lake can "
            "act: "
            "ask them, with the rule's id",
        ),
        (
            {"state": "NEW_WORD"},
            "NEW_WORD: the rule for CNAF-STORM has this state, which vre-dm does not know",
        ),
    ],
)
def test_the_state_is_one_sentence(changes: dict[str, object], said: str) -> None:
    assert sentence(changes) == said


def test_a_measured_rate_gives_the_time_to_go_and_how_sure_it_is() -> None:
    assert sentence({}, left=LEFT).endswith(
        "3 of 20 files are at CNAF-STORM, about 17 min to go (80 %: 9 min to 33 min)"
    )
    assert sentence({"expires": NOW + timedelta(minutes=5)}, left=LEFT).endswith(
        "the rule expires before that"
    )


def test_a_rule_that_stands_still_has_no_time_to_go() -> None:
    stopped = sentence({}, left=LEFT, still=timedelta(hours=1))
    assert stopped.endswith("none arrived for 1 h")


def test_what_only_the_owner_can_do_is_said_to_others_as_such() -> None:
    assert "its owner dm can act: a boost" in sentence({"state": "SUSPENDED"}, mine=False)


@given(
    state=st.sampled_from(
        ["OK", "REPLICATING", "STUCK", "SUSPENDED", "WAITING_APPROVAL", "INJECT", "X", "RSE{0}"]
    ),
    error=st.text(max_size=300),
    counts=st.tuples(*[st.integers(0, 10**6)] * 3),
    age=st.integers(-(10**8), 10**8),
    expires=st.none() | st.integers(-(10**8), 10**8),
    rse=st.sampled_from(["A", "region=Italy", "{x}", "a|b"]),
)
def test_every_rule_has_a_sentence(
    state: str, error: str, counts: tuple[int, int, int], age: int, expires: int | None, rse: str
) -> None:
    arrived, moving, stuck = counts
    until = None if expires is None else NOW + timedelta(seconds=expires)
    said = sentence(
        {
            "state": state,
            "error": error,
            "arrived": arrived,
            "moving": moving,
            "stuck": stuck,
            "rse": rse,
            "created": NOW - timedelta(seconds=age),
            "expires": until,
        }
    )
    assert said.startswith("ended " if until is not None and until <= NOW else state)
    assert "\n" not in said
    assert len(said) < 700


def test_a_row_of_a_server_that_says_less_is_read_too() -> None:
    row = {
        "scope": "a",
        "name": "b",
        "rse_expression": "X",
        "copies": 1,
        "account": "dm",
        "state": "OK",
        "locks_ok_cnt": 1,
        "locks_replicating_cnt": 0,
        "locks_stuck_cnt": 0,
        "created_at": datetime(2026, 1, 1),
        "expires_at": None,
    }
    state = state_of(row)
    assert state.created == datetime(2026, 1, 1, tzinfo=UTC)
    assert (state.stuck_since, state.locked, state.successor) == (None, False, "")
