"""Every Rucio daemon a small lake needs, in one process: the stock passes, driven by one loop.

Rucio's own command lines start a process a daemon and sleep for seconds between the passes of each; here
one pass over all of them costs milliseconds when there is nothing to do.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from vre_dm.sandbox.layout import Layout
from vre_dm.sandbox.services import rucio_patches
from vre_dm.sandbox.services.transfer_book import TransferBook

rucio_patches.any_pair_of_protocols()

from rucio.core.request import TransferStatsManager  # noqa: E402
from rucio.core.topology import ExpiringObjectCache, Topology  # noqa: E402
from rucio.daemons.abacus import account, collection_replica, rse  # noqa: E402
from rucio.daemons.badreplicas import necromancer  # noqa: E402
from rucio.daemons.common import HeartbeatHandler  # noqa: E402
from rucio.daemons.conveyor import finisher, poller, submitter  # noqa: E402
from rucio.daemons.judge import cleaner, evaluator, injector, repairer  # noqa: E402
from rucio.daemons.reaper import reaper  # noqa: E402
from rucio.daemons.undertaker import undertaker  # noqa: E402
from rucio.db.sqla.constants import RequestType  # noqa: E402
from rucio.db.sqla.models import Heartbeat  # noqa: E402
from rucio.db.sqla.session import get_engine  # noqa: E402
from sqlalchemy import delete, text  # noqa: E402
from sqlalchemy.exc import SQLAlchemyError  # noqa: E402

from vre_dm.sandbox.services import transfertool  # noqa: E402

PERIOD = 0.5  # seconds between two passes
RESTING = 3.0  # the same, where nothing was written since: lifetimes end by themselves
SELDOM = 5.0  # seconds between two passes of what nobody waits for
RARELY = 15.0  # the same, where nothing was written since
REMEMBERED = 24 * 3600  # seconds a finished transfer stays in the book
_SCHEMES = ["file", "https"]
_log = logging.getLogger("vre_dm.lake.daemons")


class Heart(HeartbeatHandler):
    """A heartbeat that time alone renews: the reaper would write down each storage element it looks at."""

    def live(self, force_renew: bool = False, payload: str | None = None) -> Any:
        """What the stock one answers."""
        return super().live(force_renew)


class Daemons:
    """The daemons' passes, and their heartbeats kept for as long as the process lives."""

    def __init__(self, book: TransferBook, hearts: ExitStack) -> None:
        self._book, self._hearts_stack = book, hearts
        self._hearts: dict[str, Any] = {}
        self._topology = ExpiringObjectCache(ttl=5, new_obj_fnc=Topology)
        self._stats = hearts.enter_context(TransferStatsManager())
        self._paused: dict[str, dict[Any, Any]] = {}

    def often(self) -> None:
        """What somebody waits for: rules, transfers, accounting, deletion of DIDs."""
        self._try(injector.run_once, "judge-injector", paused_rules=self._pause("injector"))
        self._try(evaluator.run_once, "judge-evaluator", paused_dids=self._pause("evaluator"), did_limit=1000)
        self._try(self._submit, "conveyor-submitter")
        self._try(self._poll, "conveyor-poller")
        self._try(self._finish, "conveyor-finisher")
        self._try(account.run_once, "abacus-account")
        self._try(rse.run_once, "abacus-rse")
        self._try(collection_replica.run_once, "abacus-collection-replica", limit=1000)
        self._try(undertaker.run_once, "undertaker", paused_dids=self._pause("undertaker"), chunk_size=100)
        self._try(cleaner.run_once, "judge-cleaner", paused_rules=self._pause("cleaner"))

    def seldom(self) -> None:
        """Repair of stuck rules, deletion of files, lost replicas."""
        self._try(repairer.run_once, "judge-repairer", paused_rules=self._pause("repairer"), delta=-1)
        self._try(
            reaper.run_once,
            "reaper",
            rses=[],
            include_rses=None,
            exclude_rses=None,
            vos=None,
            chunk_size=500,
            greedy=False,
            scheme=None,
            delay_seconds=0,
            auto_exclude_threshold=100,
            auto_exclude_timeout=60,
        )
        self._try(necromancer.run_once, "necromancer", bulk=500)
        self._book.forget_older_than(REMEMBERED)

    def _try(self, run: Callable[..., Any], name: str, **options: Any) -> None:
        try:
            run(heartbeat_handler=self._heart(name), **options)
        except Exception:
            _log.exception("%s failed; the next pass tries again", name)

    def _heart(self, name: str) -> Any:
        if name not in self._hearts:
            heart = Heart(executable=name, renewal_interval=60)
            self._hearts[name] = self._hearts_stack.enter_context(heart)
        return self._hearts[name]

    def _pause(self, name: str) -> dict[Any, Any]:
        return self._paused.setdefault(name, {})

    def _submit(self, heartbeat_handler: Any) -> None:
        _, (topology, requests) = submitter._fetch_requests(
            partition_hash_var=None,
            bulk=500,
            activity=None,
            rse_ids=None,
            request_type=[RequestType.TRANSFER],
            ignore_availability=False,
            filter_transfertool=None,
            metrics=submitter.METRICS,
            cached_topology=self._topology,
            set_last_processed_by=False,
            heartbeat_handler=heartbeat_handler,
        )
        if requests:
            submitter._handle_requests(
                (topology, requests),
                transfertools=[transfertool.NAME],
                schemes=_SCHEMES,
                failover_schemes=[],
                max_sources=4,
                timeout=None,
                transfertool_kwargs={},
                metrics=submitter.METRICS,
            )

    def _poll(self, heartbeat_handler: Any) -> None:
        _, requests = poller._fetch_requests(
            db_bulk=1000,
            older_than=0,
            activity_shares=None,
            transfertool=transfertool.NAME,
            filter_transfertool=None,
            cached_topology=self._topology,
            activity=None,
            set_last_processed_by=False,
            heartbeat_handler=heartbeat_handler,
        )
        if requests:
            poller._handle_requests(
                requests,
                fts_bulk=500,
                multi_vo=False,
                timeout=None,
                transfertool=transfertool.NAME,
                transfer_stats_manager=self._stats,
                oidc_support=False,
            )

    def _finish(self, heartbeat_handler: Any) -> None:
        _, (requests, topology) = finisher._fetch_requests(
            db_bulk=1000,
            set_last_processed_by=False,
            cached_topology=self._topology,
            heartbeat_handler=heartbeat_handler,
            activity=None,
        )
        if requests:
            batch = (requests, topology)
            finisher._handle_requests(
                batch, bulk=100, suspicious_patterns=[], retry_protocol_mismatches=False
            )


def main() -> None:
    """Run until told to end; what is being copied is finished first."""
    # Rucio warns at each pass of what a small lake does not have.
    logging.basicConfig(level=logging.ERROR, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    stop = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stop.set())
    rucio_patches.check_connections_out()
    layout = Layout(Path(os.environ["VRE_DM_LAKE"]))
    book = TransferBook(layout.transfers)
    _forget_killed_daemons()
    movers = transfertool.Movers(book, stop)
    transfertool.register(movers)
    with ExitStack() as hearts:
        hearts.callback(book.close)
        hearts.callback(movers.close)
        _run(Daemons(book, hearts), stop, layout, book)


def _forget_killed_daemons() -> None:
    """Drop the heartbeats of a process that was killed: it would own half of the requests for ten minutes.

    Rucio's own check takes a zombie for alive; a lake has one process of daemons, this one.
    """
    with get_engine().begin() as connection:
        connection.execute(delete(Heartbeat))


def _run(daemons: Daemons, stop: threading.Event, layout: Layout, book: TransferBook) -> None:
    last, known = 0.0, ("", 0)
    while not stop.is_set():
        before = _written(book)
        daemons.often()
        if time.monotonic() - last > (RARELY if before == known else SELDOM):
            last, known = time.monotonic(), before
            daemons.seldom()
            if book.moving():  # a lake that moves bytes is in use
                layout.activity.touch()
        _rest(stop, book, before)


def _written(book: TransferBook) -> tuple[str, int]:
    """What has been written so far, to tell whether a pass could find anything new.

    PostgreSQL's snapshot names the transactions whose rows are seen: it is another one after each that wrote.
    """
    try:
        with get_engine().connect() as connection:
            snapshot = connection.execute(text("SELECT pg_current_snapshot()::text")).scalar_one()
    except SQLAlchemyError:  # it is starting again
        snapshot = ""
    return snapshot, book.changes


def _rest(stop: threading.Event, book: TransferBook, seen: tuple[str, int]) -> None:
    """Wait until something new was written, or for `RESTING` seconds."""
    end = time.monotonic() + RESTING
    while not stop.wait(PERIOD) and time.monotonic() < end and _written(book) == seen:
        pass


if __name__ == "__main__":
    main()
