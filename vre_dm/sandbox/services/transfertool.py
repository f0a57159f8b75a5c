"""The lake's transfer tool: to Rucio's conveyor what FTS is on a grid, but it moves the bytes itself."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event, local
from typing import Any, ClassVar

import requests
from rucio.core import transfer as rucio_transfer
from rucio.db.sqla.constants import RequestState
from rucio.transfertool.transfertool import TransferStatusReport, Transfertool, TransferToolBuilder

from vre_dm.sandbox.services import copying, storage_login
from vre_dm.sandbox.services.copying import CopyError, Registered
from vre_dm.sandbox.services.transfer_book import DONE, FAILED, Entry, Order, Source, TransferBook

NAME = "local"
PARALLEL = 4
# RSE attribute: bytes a second at which an RSE gives and takes, for those who want to see a rule replicate.
BANDWIDTH = "vre_dm_bandwidth"
_STATES = {DONE: RequestState.DONE, FAILED: RequestState.FAILED}
_LONGEST_ERROR = 255


class Movers:
    """Threads that carry out the orders of a book, beginning with those left by a process that is gone."""

    def __init__(self, book: TransferBook, stop: Event) -> None:
        self.book, self._stop = book, stop
        self._pool = ThreadPoolExecutor(PARALLEL, thread_name_prefix="mover")
        self._of_thread = local()
        self.take(book.unfinished())

    def take(self, orders: Iterable[Order]) -> None:
        """Queue orders that stand in the book."""
        for order in orders:
            self._pool.submit(self._carry_out, order)

    def close(self) -> None:
        """Leave what is queued for the next process and wait for what is moving."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _carry_out(self, order: Order) -> None:
        if self.book.entry(order.request_id) is None:
            return  # cancelled meanwhile
        self.book.begin(order.request_id)
        causes = []
        for source in order.sources:
            try:
                self._copy(source, order)
            except Exception as error:
                causes.append(
                    str(error) if isinstance(error, CopyError) else f"{type(error).__name__}: {error}"
                )
            else:
                self.book.finish(order.request_id, source.rse_id)
                return
        if self._stop.is_set():
            return  # the storages end too: the next process copies it
        self.book.fail(order.request_id, "; ".join(causes)[:_LONGEST_ERROR] or "no source")

    def _copy(self, source: Source, order: Order) -> None:
        copying.copy(
            source.pfn,
            order.target,
            Registered(order.size, order.adler32),
            session=self._session(),
            bytes_per_second=order.bytes_per_second,
            moved=lambda size: self.book.progress(order.request_id, size),
        )

    def _session(self) -> requests.Session:
        if not hasattr(self._of_thread, "session"):
            self._of_thread.session = storage_login.session()
        session: requests.Session = self._of_thread.session
        return session


class Report(TransferStatusReport):
    """What the conveyor is told of one request."""

    supported_db_fields: ClassVar[list[str]] = [
        "state",
        "external_id",
        "started_at",
        "transferred_at",
        "source_rse_id",
        "err_msg",
    ]

    def __init__(self, request_id: str, job: str, entry: Entry) -> None:
        super().__init__(request_id)
        self.state = _STATES.get(entry.state, RequestState.SUBMITTED)
        self.external_id = job
        self.started_at, self.transferred_at = entry.started, entry.ended
        self.source_rse_id, self.err_msg = entry.source_rse_id, entry.error

    def initialize(self, session: Any, logger: Any = None) -> None:
        """Nothing is missing: the book knew it all."""

    def get_monitor_msg_fields(self, session: Any, logger: Any = None) -> dict[str, Any]:
        """Cause of a failure, for Rucio's own messages."""
        return {"protocol": NAME, "reason": self.err_msg}


class LocalTransfertool(Transfertool):
    """Submits to and asks the movers of this process; see `register`."""

    external_name = NAME
    supported_schemes: ClassVar[set[str]] = {"file", "https"}
    movers: ClassVar[Movers]

    @classmethod
    def submission_builder_for_path(
        cls, transfer_path: list[Any], logger: Callable[..., Any] | None = None
    ) -> tuple[list[Any], TransferToolBuilder]:
        """Take one hop at a time."""
        return transfer_path[:1], TransferToolBuilder(cls, external_host=NAME)

    def group_into_submit_jobs(self, transfer_paths: Iterable[list[Any]]) -> list[dict[str, Any]]:
        """One job a path."""
        return [{"transfers": path, "job_params": {}} for path in transfer_paths]

    def submit(self, transfers: Iterable[Any], job_params: dict[str, str], timeout: int | None = None) -> str:
        """Write the orders down, then start them: a kill in between loses nothing."""
        job = str(uuid.uuid4())
        orders = [_order(transfer, job) for transfer in transfers]
        self.movers.book.add(orders)
        self.movers.take(orders)
        return job

    def bulk_query(
        self, requests_by_eid: Mapping[str, Mapping[str, Any]], timeout: int | None = None
    ) -> dict[str, dict[str, Report] | None]:
        """State of each request; ``None`` for a job unknown to the book, which Rucio then submits anew."""
        return {job: self._reports(job, list(wanted)) for job, wanted in requests_by_eid.items()}

    def cancel(self, transfer_ids: Sequence[str], timeout: int | None = None) -> bool:
        """Forget queued requests; one that is being copied ends by itself."""
        self.movers.book.forget(transfer_ids)
        return True

    def update_priority(self, transfer_id: str, priority: int, timeout: int | None = None) -> bool:
        """All requests are served in the order they came."""
        return True

    def _reports(self, job: str, request_ids: list[str]) -> dict[str, Report] | None:
        entries = {name: self.movers.book.entry(name) for name in request_ids}
        reports = {name: Report(name, job, entry) for name, entry in entries.items() if entry}
        return reports if len(reports) == len(entries) else None


def register(movers: Movers) -> None:
    """Make the conveyor of this process know the tool by its name."""
    LocalTransfertool.movers = movers
    rucio_transfer.TRANSFERTOOL_CLASSES_BY_NAME[NAME] = LocalTransfertool


def _order(transfer: Any, job: str) -> Order:
    for source in transfer.sources:
        source.rse.ensure_loaded(load_info=True, load_attributes=True)
    transfer.dst.rse.ensure_loaded(load_info=True, load_attributes=True)
    rates = [rse.attributes.get(BANDWIDTH) for rse in (transfer.dst.rse, *(s.rse for s in transfer.sources))]
    known = [float(rate) for rate in rates if rate]
    return Order(
        request_id=transfer.rws.request_id,
        job=job,
        sources=tuple(Source(source.rse.id, transfer.source_url(source)) for source in transfer.sources),
        target=transfer.dest_url,
        size=transfer.rws.byte_count,
        adler32=transfer.rws.adler32,
        bytes_per_second=min(known) if known else None,
    )
