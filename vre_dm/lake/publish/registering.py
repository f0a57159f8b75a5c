"""The catalogue's side of an upload: a rehearsal that changes nothing, and one transaction that does all."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from rucio.common.exception import (
    DataIdentifierAlreadyExists,
    DataIdentifierNotFound,
    FileConsistencyMismatch,
    InvalidRSEExpression,
)

from vre_dm.did import Did
from vre_dm.errors import Declined, LoginRefused, NoSpace, NotInLake
from vre_dm.lake.connection import Connection
from vre_dm.lake.failures import one_line
from vre_dm.lake.publish.naming import judged
from vre_dm.lake.publish.plan import ATTACH, UPLOAD, Plan
from vre_dm.lake.publish.sums import Summing, describe

PAGE = 1000
"""Files of one request: as many as Rucio's schema lets pass."""
_NOWHERE = "vre-dm-rehearsal=nowhere"  # an RSE expression that no storage element fits: the rule must fail

Row = dict[str, Any]


def rehearse(connection: Connection, plan: Plan) -> None:
    """Let the server judge names, metadata and rights, in a transaction that cannot succeed.

    The files of the request do not exist and its rule fits nowhere, so Rucio takes everything back; what it
    complains of before is what it would complain of after the bytes were moved.

    Raises
    ------
    Declined, LoginRefused
        The lake would refuse the registration.
    """
    names = [_name(item.did) for item in plan.items(UPLOAD)]
    if not names and not plan.is_new:
        return
    for page in _pages(names) if names else [[]]:
        connection.ask(f"a rehearsal for {plan.wish.did}", _Rehearsal(plan, page))


def register(connection: Connection, plan: Plan, summing: Summing, page: int = PAGE) -> None:
    """Make files, copies, dataset, metadata and rule known: up to `PAGE` files all at once, or none.

    More files follow in requests of as many; the dataset's rule keeps them too.

    Raises
    ------
    Declined, LoginRefused, NoSpace, NotInLake
        The lake refused, and nothing is registered.
    Unreachable
        The answer did not come: it may be registered or not.
    """
    new = [describe(item.did, summing.of(item)) for item in plan.items(UPLOAD)]
    there = [_name(item.did) for item in plan.items(ATTACH)]
    pages = list(_pages(new, page))
    if plan.is_new:
        first = pages.pop(0) if pages else None
        _ask(connection, plan, lambda rucio: _make(rucio, plan, first))
    try:
        for files in pages:
            _attach(connection, plan, files, plan.target.rse)
        for files in _pages(there, page):
            _attach(connection, plan, files, None)
    except (Declined, LoginRefused, NoSpace, NotInLake):
        if plan.is_new:
            _take_back(connection, plan.wish.did)
        raise


class _Rehearsal:
    """The request that must fail."""

    def __init__(self, plan: Plan, names: list[Row]) -> None:
        self._plan, self._names = plan, names

    def __call__(self, rucio: Any) -> None:
        did = self._plan.wish.did
        try:
            with judged():
                self._say(rucio, did)
        except (DataIdentifierNotFound, InvalidRSEExpression):
            return
        if self._plan.is_new:
            rucio.set_metadata(did.scope, did.name, "lifetime", 1)
        msg = (
            f"{did}: the lake keeps what it must take back; upload with the stock client, and tell its admins"
        )
        raise Declined(msg)

    def _say(self, rucio: Any, did: Did) -> None:
        if self._plan.is_new:
            rule = {"account": self._plan.account, "copies": 1, "rse_expression": _NOWHERE}
            meta = dict(self._plan.metadata)
            rucio.add_dataset(did.scope, did.name, meta=meta, rules=[rule], files=self._names or None)
        else:
            rucio.attach_dids_to_dids([_attachment(did, self._names, None)], ignore_duplicate=True)


def _make(rucio: Any, plan: Plan, files: list[Row] | None) -> None:
    did, wish = plan.wish.did, plan.wish
    rule: Row = {
        "account": plan.account,
        "copies": 1,
        "rse_expression": plan.target.rse,
        "grouping": "DATASET",
        "locked": False,
        "purge_replicas": False,
        "comment": wish.comment or None,
        "lifetime": None if plan.until is None else _seconds_until(plan.until),
    }
    rse = plan.target.rse if files else None
    rucio.add_dataset(did.scope, did.name, meta=dict(plan.metadata), rules=[rule], files=files, rse=rse)


def _attach(connection: Connection, plan: Plan, files: list[Row], rse: str | None) -> None:
    attachment = _attachment(plan.wish.did, files, rse)
    _ask(connection, plan, lambda rucio: rucio.attach_dids_to_dids([attachment], ignore_duplicate=True))


def _ask(connection: Connection, plan: Plan, question: Any) -> None:
    def careful(rucio: Any) -> None:
        try:
            question(rucio)
        except (DataIdentifierAlreadyExists, FileConsistencyMismatch) as error:
            msg = f"somebody registered a name of {plan.wish.did} meanwhile: {one_line(error)}; run again"
            raise Declined(msg) from error

    connection.ask(f"the registration of {plan.wish.did}", careful)


def _take_back(connection: Connection, did: Did) -> None:
    """Let a dataset that we made end now; the lake removes it with its rule, its files and their bytes."""

    def question(rucio: Any) -> None:
        rucio.set_metadata(did.scope, did.name, "purge_replicas", True)
        rucio.set_metadata(did.scope, did.name, "lifetime", 1)

    connection.ask(f"the end of {did}", question)


def _attachment(did: Did, files: list[Row], rse: str | None) -> Row:
    return {"scope": did.scope, "name": did.name, "dids": files} | ({"rse": rse} if rse else {})


def _pages(rows: Sequence[Row], page: int = PAGE) -> Iterator[list[Row]]:
    for start in range(0, len(rows), page):
        yield list(rows[start : start + page])


def _name(did: Did) -> Row:
    return {"scope": did.scope, "name": did.name}


def _seconds_until(end: datetime) -> int:
    return max(1, round((end - datetime.now(UTC)).total_seconds()))
