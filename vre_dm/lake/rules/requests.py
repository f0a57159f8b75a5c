"""What happens to one file of a rule: the state of its transfer request in words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from vre_dm.did import Did
from vre_dm.lake.rules.causes import Cause, Who
from vre_dm.lake.rules.known import explain
from vre_dm.lake.spans import moment

TRIES = 4  # a request is made anew three times before its file counts as stuck (Rucio's should_retry_request)
_WAITS = "wait"

# Rucio's RequestState of a transfer that has not ended -> what it means.
_UNDER_WAY = {
    "QUEUED": Cause("waits for its turn in the lake", Who.NOBODY, _WAITS),
    "PREPARING": Cause("the lake chooses where to copy it from", Who.NOBODY, _WAITS),
    "WAITING": Cause("is held back: its storages take only so many transfers at a time", Who.NOBODY, _WAITS),
    "SUBMITTING": Cause("is being handed to the transfer service", Who.NOBODY, _WAITS),
    "SUBMITTED": Cause("waits for its turn in the transfer service", Who.NOBODY, _WAITS),
    "SUSPEND": Cause("the order was suspended in the lake", Who.LAKE, "ask them, with the rule's id"),
    "DONE": Cause("has arrived and is being booked", Who.NOBODY, _WAITS),
}
_MOVES = Cause("is being copied", Who.NOBODY, _WAITS)
_STAGED = Cause("is being brought from tape to disk", Who.NOBODY, "wait: that takes hours")
_GONE = Cause("its transfer has just ended", Who.NOBODY, "look again")


@dataclass(frozen=True, slots=True)
class FileCause:
    """One file of a rule that has not arrived.

    Attributes
    ----------
    file, rse
        The file, and where it should go.
    state
        Rucio's word for its transfer; empty where there is none.
    cause
        What happens, or why it failed.
    since
        When its last transfer was asked for, in UTC, if known.
    attempts
        Transfers that were tried, if known.
    sources
        Storage elements with a copy that can be read, where Rucio said so.
    """

    file: Did
    rse: str
    state: str
    cause: Cause
    since: datetime | None = None
    attempts: int | None = None
    sources: tuple[str, ...] = ()

    @property
    def who(self) -> str:
        """Who can act; empty where nobody has to."""
        return "" if self.cause.who is Who.NOBODY else self.cause.who.value.format(rse=self.rse)

    def document(self) -> dict[str, object]:
        """Give what a program reads."""
        return {
            "file": str(self.file),
            "rse": self.rse,
            "state": self.state,
            "why": self.cause.why,
            "who": self.who,
            "next": self.cause.step,
            "since": self.since and self.since.isoformat(),
            "attempts": self.attempts,
            "sources": list(self.sources),
        }

    def __str__(self) -> str:
        tried = f" after {self.attempts} attempts" if self.attempts else ""
        since = f" since {moment(self.since)}" if self.since else ""
        origin = f" from {', '.join(self.sources)}" if self.sources else ""
        return f"{self.file} to {self.rse}{origin}: {self.cause.why}{tried}{since}"


def under_way(lock: Mapping[str, Any], request: Mapping[str, Any] | None) -> FileCause:
    """Say what happens to a file that is replicating; ``request`` is its transfer, if there is one."""
    file, rse = Did(lock["scope"], lock["name"]), lock["rse"]
    if request is None:
        return FileCause(file, rse, "", _GONE)
    state = _word(request.get("state"))
    return FileCause(
        file,
        rse,
        state,
        _cause(state, request),
        _utc(request.get("created_at")),
        1 + (request.get("retry_count") or 0),
        (request["source_rse"],) if request.get("source_rse") else (),
    )


def failed(transfer: Mapping[str, Any], error: str) -> FileCause:
    """Say why a file is stuck, from Rucio's analysis of a rule and the rule's own ``error``.

    The analysis tells the kind of a file's last failure; its text is kept for the last file of the rule only.
    """
    state = _word(transfer.get("last_error"))
    text = state if state in {"NO_SOURCES", "ONLY_TAPE_SOURCES", "MISMATCH_SCHEME"} else error
    return FileCause(
        Did(transfer["scope"], transfer["name"]),
        transfer["rse"],
        state,
        explain(text),
        _utc(transfer.get("last_time")),
        transfer.get("attempts"),
        tuple(rse for rse, readable in transfer.get("sources") or [] if readable),
    )


def _cause(state: str, request: Mapping[str, Any]) -> Cause:
    if state == "SUBMITTED" and _from_tape(request):
        return _STAGED
    if state == "SUBMITTED" and request.get("started_at"):
        return _MOVES
    retries = request.get("retry_count") or 0
    if state in _UNDER_WAY:
        found = _UNDER_WAY[state]
        return replace(found, why=f"{found.why} (attempt {1 + retries} of {TRIES})") if retries else found
    found = explain(request.get("err_msg") or state)
    return Cause(f"attempt {1 + retries} of {TRIES} failed: {found.why}", found.who, found.step)


def _from_tape(request: Mapping[str, Any]) -> bool:
    if _word(request.get("request_type")) == "STAGEIN":
        return True
    return bool(request.get("staging_started_at")) and not request.get("staging_finished_at")


def _word(state: object) -> str:
    """Name of a state, which Rucio writes as ``DONE`` or as ``RequestState.DONE``."""
    return str(state or "").rpartition(".")[2]


def _utc(when: object) -> datetime | None:
    return when.replace(tzinfo=UTC) if isinstance(when, datetime) else None
