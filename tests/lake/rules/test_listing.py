"""Lists of rules and of causes stand hostile names and say what they leave out."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest

from tests.lake.answering import answering
from vre_dm.lake.connection import Connection
from vre_dm.lake.instances import from_settings
from vre_dm.lake.rules.listing import RuleList, rules_for
from vre_dm.lake.rules.reasons import causes_of
from vre_dm.lake.rules.state import state_of
from vre_dm.lake.tokens import VariableToken

ROW = {
    "id": "1f" * 16,
    "scope": "a",
    "name": "b",
    "rse_expression": "X<script>",
    "copies": 1,
    "account": "dm",
    "state": "STUCK",
    "error": "<img src=x onerror=alert(1)>",
    "locks_ok_cnt": 0,
    "locks_replicating_cnt": 0,
    "locks_stuck_cnt": 2,
    "created_at": "Thu, 01 Jan 2026 00:00:00 UTC",
    "expires_at": None,
}
KNOWN = ROW | {"created_at": datetime(2026, 1, 1)}  # as Rucio's client gives it
STUCK = {"scope": "a", "rse": "X", "last_error": "RequestState.FAILED", "attempts": 4, "sources": []}


@contextmanager
def saying(*rows: dict[str, Any]) -> Iterator[RuleList]:
    """Rules of a catalogue that no real server would let in, over HTTP."""
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    with answering(lines, headers={"Content-Type": "application/x-json-stream"}) as server:
        instance = from_settings(server.url, {"account": "dm", "tokens": VariableToken("SOME_TOKEN")})
        yield rules_for(Connection(instance), "dm")


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "a.b.c")


def test_a_rule_on_an_unsafe_name_spoils_no_list() -> None:
    rows = (ROW, ROW | {"name": "../../etc/passwd"}, ROW | {"name": "x\x00"})
    with saying(*rows) as listed:
        assert [str(rule.state.did) for rule in listed] == ["a:b"]
        assert "2 names are left out because they are not safe" in str(listed)


def test_a_rule_shows_what_there_is_and_its_end_once_in_a_list() -> None:
    fine = ROW | {"state": "OK", "error": None, "locks_ok_cnt": 2, "locks_stuck_cnt": 0}
    with saying(fine | {"expires_at": "Mon, 01 Jan 2035 12:00:00 UTC"}) as listed:
        assert str(listed).count("2035-01-01 12:00 UTC") == str(listed).count("2035") == 1
        rows = [line.split("  ")[0] for line in str(listed[0]).splitlines()[1:]]
        assert rows == ["keeps", "at", "for", "since (UTC)", "until (UTC)", "id", "you can"]


def test_what_a_lake_says_is_never_html() -> None:
    with saying(ROW) as listed:
        shown = listed._repr_html_()
    assert "<script" not in shown
    assert "<img" not in shown
    assert "&lt;img" in shown


def test_a_file_with_an_unsafe_name_is_counted_only() -> None:
    transfers = [STUCK | {"name": "f"}, STUCK | {"name": "../f"}]
    causes = causes_of(state_of(KNOWN), "1f", lambda _: {"transfers": transfers})
    assert [str(cause.file) for cause in causes] == ["a:f"]
    assert "1 more have not arrived" in str(causes)


@pytest.mark.parametrize("state", ["OK", "REPLICATING", "WAITING_APPROVAL"])
def test_a_rule_without_missing_files_asks_nothing(state: str) -> None:
    done = state_of(KNOWN | {"state": state, "locks_ok_cnt": 2, "locks_stuck_cnt": 0})
    assert list(causes_of(done, "1f", lambda _: pytest.fail("asked"))) == []
