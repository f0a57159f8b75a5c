"""The catalogue's side of an upload: a rehearsal that changes nothing, and one transaction that does all."""

from collections.abc import Callable, Iterator, Sequence
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
from vre_dm.lake.publish.fates import ATTACH, UPLOAD
from vre_dm.lake.publish.naming import judged
from vre_dm.lake.publish.plan import Plan
from vre_dm.lake.publish.sums import Summing, describe
from vre_dm.lake.tables import plural

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
    for page in _pages(names, PAGE) if names else [[]]:
        connection.ask(f"the upload to {plan.wish.did}", _Rehearsal(plan, page))


class Registration:
    """Files, copies, dataset, metadata and rule become known: up to `PAGE` files all at once, or none.

    More files follow in requests of as many; the dataset's rule keeps them too.

    Parameters
    ----------
    connection, plan, summing
        Where, what, and the checksums.
    page
        Files of one request.

    Attributes
    ----------
    added
        Files that the dataset has got so far.
    """

    def __init__(self, connection: Connection, plan: Plan, summing: Summing, page: int = PAGE) -> None:
        self._connection, self._plan, self._summing, self._page = connection, plan, summing, page
        self.added = 0

    def run(self) -> None:
        """Register; a new dataset of which a later request is refused is ended.

        Raises
        ------
        Declined, LoginRefused, NoSpace, NotInLake
            The lake refused; `aftermath` says what it knows nevertheless.
        Unreachable
            The answer did not come: it may be registered or not.
        """
        plan, rse = self._plan, self._plan.target.rse
        pages = list(_pages([describe(i.did, self._summing.of(i)) for i in plan.items(UPLOAD)], self._page))
        if plan.is_new:
            first = pages.pop(0) if pages else []
            self._ask(first, lambda rucio: _make(rucio, plan, first))
        try:
            for files in pages:
                self._attach(files, rse)
            for files in _pages([_name(item.did) for item in plan.items(ATTACH)], self._page):
                self._attach(files, None)
        except (Declined, LoginRefused, NoSpace, NotInLake):
            if plan.is_new:
                _end(self._connection, plan.wish.did)
            raise

    @property
    def aftermath(self) -> str:
        """What the lake knows of an upload that was refused."""
        if not self.added:
            return "nothing is registered"
        files = plural(self.added, "file")
        if self._plan.is_new:
            return f"{files} were registered before; the lake removes them with the dataset within its time"
        return f"{files} were added before and stay; run again to add the others"

    def _attach(self, files: list[Row], rse: str | None) -> None:
        attachment = _attachment(self._plan.wish.did, files, rse)
        self._ask(files, lambda rucio: rucio.attach_dids_to_dids([attachment], ignore_duplicate=True))

    def _ask(self, files: list[Row], question: Callable[[Any], object]) -> None:
        did = self._plan.wish.did

        def careful(rucio: Any) -> None:
            try:
                question(rucio)
            except (DataIdentifierAlreadyExists, FileConsistencyMismatch) as error:
                msg = f"somebody registered a name of {did} meanwhile: {one_line(error)}; run again"
                raise Declined(msg) from error

        self._connection.ask(f"the registration of {did}", careful)
        self.added += len(files)


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


def _make(rucio: Any, plan: Plan, files: list[Row]) -> None:
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
    meta = dict(plan.metadata)
    rucio.add_dataset(did.scope, did.name, meta=meta, rules=[rule], files=files or None, rse=rse)


def _end(connection: Connection, did: Did) -> None:
    """Let a dataset that we made end now; the lake removes it with its rule, its files and their bytes."""

    def question(rucio: Any) -> None:
        rucio.set_metadata(did.scope, did.name, "purge_replicas", True)
        rucio.set_metadata(did.scope, did.name, "lifetime", 1)

    connection.ask(f"the end of {did}", question)


def _attachment(did: Did, files: list[Row], rse: str | None) -> Row:
    return {"scope": did.scope, "name": did.name, "dids": files} | ({"rse": rse} if rse else {})


def _pages(rows: Sequence[Row], page: int) -> Iterator[list[Row]]:
    for start in range(0, len(rows), page):
        yield list(rows[start : start + page])


def _name(did: Did) -> Row:
    return {"scope": did.scope, "name": did.name}


def _seconds_until(end: datetime) -> int:
    return max(1, round((end - datetime.now(UTC)).total_seconds()))
