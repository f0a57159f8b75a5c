"""Each state of one file's transfer is told in words, also those that no small lake reaches."""

from datetime import datetime

import pytest

from vre_dm.lake.rules.causes import Who
from vre_dm.lake.rules.requests import failed, under_way

LOCK = {"scope": "a", "name": "b", "rse": "X", "state": "REPLICATING"}
THEN = datetime(2026, 1, 1)


@pytest.mark.parametrize(
    ("request_", "why", "who"),
    [
        ({"state": "QUEUED"}, "waits for its turn in the lake", Who.NOBODY),
        ({"state": "PREPARING"}, "the lake chooses where to copy it from", Who.NOBODY),
        ({"state": "WAITING"}, "its storages take only so many", Who.NOBODY),
        ({"state": "SUBMITTING"}, "is being handed to the transfer service", Who.NOBODY),
        ({"state": "SUBMITTED"}, "waits for its turn in the transfer service", Who.NOBODY),
        ({"state": "SUBMITTED", "started_at": THEN}, "is being copied", Who.NOBODY),
        ({"state": "SUBMITTED", "request_type": "STAGEIN"}, "from tape to disk", Who.NOBODY),
        ({"state": "SUBMITTED", "staging_started_at": THEN}, "from tape to disk", Who.NOBODY),
        (
            {
                "state": "SUBMITTED",
                "staging_started_at": THEN,
                "staging_finished_at": THEN,
                "started_at": THEN,
            },
            "is being copied",
            Who.NOBODY,
        ),
        ({"state": "RequestState.SUSPEND"}, "the order was suspended", Who.LAKE),
        ({"state": "DONE"}, "has arrived and is being booked", Who.NOBODY),
        ({"state": "QUEUED", "retry_count": 2}, "in the lake (attempt 3 of 4)", Who.NOBODY),
        (
            {"state": "FAILED", "retry_count": 1, "err_msg": "RequestErrMsg.TRANSFER_FAILED:HTTP 507 : x"},
            "attempt 2 of 4 failed: the storage at the destination is full",
            Who.DESTINATION,
        ),
        ({"state": "LOST", "err_msg": "Transfer job on FTS is lost"}, "lost the order", Who.NOBODY),
        ({"state": "SUBMISSION_FAILED"}, "did not take the order", Who.LAKE),
        ({"state": "NO_SOURCES"}, "no copy can be read now", Who.SOURCE),
        ({"state": "ONLY_TAPE_SOURCES"}, "the only copies are on tape", Who.LAKE),
        ({"state": "MISMATCH_SCHEME"}, "share no protocol", Who.LAKE),
        ({"state": "A_NEW_STATE"}, "the lake says: A_NEW_STATE", Who.LAKE),
        (None, "its transfer has just ended", Who.NOBODY),
    ],
)
def test_a_state_is_told(request_: dict[str, object] | None, why: str, who: Who) -> None:
    found = under_way(LOCK, request_)
    assert why in found.cause.why
    assert found.cause.who is who
    assert str(found).startswith("a:b to X")


def test_every_state_that_rucio_knows_has_words_of_its_own() -> None:
    known = "QUEUED SUBMITTING SUBMITTED FAILED DONE LOST NO_SOURCES ONLY_TAPE_SOURCES SUBMISSION_FAILED"
    for state in f"{known} MISMATCH_SCHEME SUSPEND WAITING PREPARING".split():
        told = under_way(
            LOCK, {"state": state, "err_msg": "HTTP 507" if state in {"FAILED", "LOST"} else None}
        )
        assert "the lake says" not in told.cause.why, state


def test_a_stuck_file_says_from_where_how_often_and_when() -> None:
    transfer = {
        "scope": "a",
        "name": "b",
        "rse": "X",
        "last_error": "RequestState.FAILED",
        "attempts": 4,
        "last_time": THEN,
        "sources": [["A", True], ["B", False]],
    }
    told = str(failed(transfer, "Transfer job on FTS is lost"))
    said = "the transfer service lost the order after 4 attempts since 2026-01-01 00:00 UTC"
    assert told == f"a:b to X from A: {said}"


def test_a_file_that_was_never_tried_is_told_too() -> None:
    bare = {"scope": "a", "name": "b", "rse": "X", "last_error": None, "attempts": 0, "sources": []}
    assert str(failed(bare, "MissingSourceReplica")).startswith("a:b to X: where the rule wants to copy from")
