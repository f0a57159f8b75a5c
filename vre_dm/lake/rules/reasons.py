"""The files of a rule that have not arrived, each with its cause: asked of the lake only when wanted."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, overload

from rucio.common.exception import RequestNotFound

from vre_dm.errors import InvalidDid
from vre_dm.lake.rules.requests import FileCause, failed, under_way
from vre_dm.lake.rules.state import RuleState
from vre_dm.lake.tables import Table, Tabular

_SHOWN = 20
LOOKED_AT = 5
"""Moving files whose transfers are looked at: each costs a request."""


class Causes(Sequence[FileCause], Tabular):
    """Files that have not arrived, with what is known of each.

    Parameters
    ----------
    files
        The files looked at.
    total
        How many there are.
    title
        What the list is.
    """

    def __init__(self, files: Iterable[FileCause], total: int, title: str) -> None:
        self._files, self._total, self._title = tuple(files), total, title

    @overload
    def __getitem__(self, index: int) -> FileCause: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[FileCause]: ...
    def __getitem__(self, index: int | slice) -> FileCause | Sequence[FileCause]:
        return self._files[index]

    def __len__(self) -> int:
        return len(self._files)

    def table(self) -> Table:
        """One row a file, the first of them."""
        rows = [
            (str(file.file), file.rse, file.state, file.cause.why, file.who, file.cause.step)
            for file in self._files[:_SHOWN]
        ]
        more = self._total - len(rows)
        note = f"{more} more have not arrived." if more > 0 else ""
        columns = ("file", "to", "state", "what happens", "who can act", "next")
        return Table(self._title, columns, rows, note, widest=160)


def causes_of(
    state: RuleState,
    identifier: str,
    ask: Callable[[Callable[[Any], Any]], Any],
    looked_at: int = LOOKED_AT,
) -> Causes:
    """Look at the files of a rule that have not arrived.

    One request for a stuck rule; for one that moves one more for each of a few files.

    Parameters
    ----------
    state, identifier
        The rule.
    ask
        Puts a question to Rucio's client.
    looked_at
        Moving files whose transfers are looked at.
    """
    missing = state.total - state.arrived
    title = f"Files of {state.did} that have not arrived at {state.rse}"
    if state.state == "STUCK":
        transfers = ask(lambda rucio: rucio.examine_replication_rule(identifier)).get("transfers", [])
        told = (partial(failed, transfer, state.error) for transfer in transfers)
        return Causes(_safe(told), missing, title)
    if not missing:
        return Causes((), 0, f"Every file of {state.did} is at {state.rse}")
    return Causes(ask(lambda rucio: _moving(rucio, identifier, state.error, looked_at)), missing, title)


def _moving(rucio: Any, identifier: str, error: str, looked_at: int) -> list[FileCause]:
    locks = [lock for lock in rucio.list_replica_locks(identifier) if lock["state"] != "OK"]
    stuck = [partial(failed, lock, error) for lock in locks if lock["state"] == "STUCK"]
    moving = [lock for lock in locks if lock["state"] == "REPLICATING"][:looked_at]
    return _safe([*(partial(under_way, lock, _request(rucio, lock)) for lock in moving), *stuck])


def _safe(told: Iterable[Callable[[], FileCause]]) -> list[FileCause]:
    """Files whose names are safe; the others are counted only."""
    found = []
    for tell in told:
        with suppress(InvalidDid):
            found.append(tell())
    return found


def _request(rucio: Any, lock: dict[str, Any]) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = rucio.list_request_by_did(lock["name"], lock["rse"], lock["scope"])
    except RequestNotFound:
        return None
    return found
