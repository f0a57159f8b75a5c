"""The fetch itself: a plan, a few threads over its files, one stream of events, and an honest end."""

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from vre_dm.did import Did
from vre_dm.lake.access import Access
from vre_dm.lake.files import File
from vre_dm.lake.transfer.attempts import fetch_one
from vre_dm.lake.transfer.claim import Claims
from vre_dm.lake.transfer.closing import close_folders
from vre_dm.lake.transfer.context import Context
from vre_dm.lake.transfer.events import Cancelled, Event, Failed, Finished, Listener, Planned
from vre_dm.lake.transfer.failures import Failure, FetchCancelled, Stopped, disk_error
from vre_dm.lake.transfer.forecast import Forecast
from vre_dm.lake.transfer.hosts import Hosts
from vre_dm.lake.transfer.http import Connections
from vre_dm.lake.transfer.item import Item
from vre_dm.lake.transfer.kept import make_room_for
from vre_dm.lake.transfer.memory import Memory
from vre_dm.lake.transfer.names import Parts
from vre_dm.lake.transfer.plan import Plan, make_plan
from vre_dm.lake.transfer.policy import Pace, Policy
from vre_dm.lake.transfer.progress import Meter
from vre_dm.lake.transfer.report import fetch_error
from vre_dm.lake.transfer.sweep import sweep
from vre_dm.lake.transfer.syncing import Syncs
from vre_dm.lake.transfer.verified import Ledger

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache

_BEAT = 0.1  # seconds between two looks at the counters
_FAREWELL = 0.8  # seconds a cancelled fetch waits for its threads; a name look-up may take longer
_POLL = 0.2  # seconds between two looks at a file that another fetch has in its hands
_AHEAD = 1000  # events that the threads may be ahead of the listener


def fetch_files(
    files: Iterable[File],
    folder: Path,
    *,
    access: Access,
    progress: Listener | None = None,
    copy: bool = True,
    recheck: bool = False,
    stop: threading.Event | None = None,
    policy: Policy | None = None,
    pace: Pace | None = None,
    memory: Memory | None = None,
    cache: "Cache | None" = None,
    private: bool = False,
    remarks: tuple[str, ...] = (),
) -> list[Path]:
    """Have files in a folder, each under ``scope/name``, verified; nothing partial ever has a final name.

    Files that are there with the registered checksum are kept. Each other file is read from its best replica
    into a temporary name beside its target, continued where an earlier run or connection stopped, compared
    with the registered size and checksums as the bytes pass, and renamed. One file's failure stops no other.

    Parameters
    ----------
    files
        What the catalogue says about each; the same file may come twice.
    folder
        Target, made if needed.
    access
        Credentials, trust and local paths.
    progress
        Takes the events, always from the calling thread; the state about ten times a second.
    copy
        With False, a file that this machine can read in place is not copied: its size is compared, and with
        ``recheck`` its checksums.
    recheck
        Read files that are here again, whatever was recorded of them.
    stop
        Set by another thread to end the fetch as an interrupt does; also set when it is over.
    policy, pace
        Limits, and the clock and the waiting; the defaults suit a user.
    memory
        Where something failed in earlier fetches, so that it is asked last.
    cache
        Remembers which files were verified, and keeps files by their content.
    private
        The files are under embargo: only the user may read them, and no shared cache holds them.
    remarks
        Sentences for the user, told with the plan.

    Returns
    -------
    list of Path
        One path a file, in the order given.

    Raises
    ------
    InvalidDid
        Two files would share a path.
    NoSpace, NotWritable
        The disk does not take the files.
    TransferFailed, ChecksumMismatch
        Some files could not be had; the error lists replica and cause, and what is good.
    FetchCancelled
        Interrupted (a ``KeyboardInterrupt``); what arrived is kept for the next run where that is safe.
    """
    listener, pace, new = progress or (lambda _: None), pace or Pace(), not os.path.lexists(folder)
    cache = cache.for_embargoed() if cache is not None and private else cache
    try:
        plan = make_plan(files, folder, access, copy=copy, cache=cache)
    except OSError as error:  # a folder of another user, a mount that died
        raise disk_error(error, folder / "any") from error
    hosts = Hosts(policy := policy or Policy(), pace, memory or Memory())
    if cache is not None and cache.owns(folder):
        make_room_for(plan, cache)
    if private:
        close_folders(plan.items, folder)
    forecast, began = Forecast(None if cache is None else cache.folder / "rates.json"), pace.clock()
    ledger = Ledger(None, folder) if cache is None else cache.ledger(folder)
    run = _Run(
        plan,
        access,
        policy,
        pace,
        hosts,
        ledger,
        cache,
        stop or threading.Event(),
        copy=copy,
        recheck=recheck,
        private=private,
    )
    try:
        listener(Planned(len(plan.items), plan.size, plan.kept, plan.free, forecast.seconds(plan), remarks))
        run.watch(listener)
        if not run.failures:
            forecast.learn(plan, pace.clock() - began)
    except (KeyboardInterrupt, Stopped) as interrupt:
        run.end()
        run.pass_on(listener)
        listener(Cancelled(len(run.placed), len(plan.items)))
        raise FetchCancelled(run.farewell(folder)) from interrupt
    finally:
        run.end()
        run.sweep()
        _remove_empty({item.target.parent for item in plan.items}, folder.parent if new else folder)
    if run.failures:
        raise fetch_error(run.failures, list(run.placed.values()), folder)
    where = {item.target: run.placed[item.did] for item in plan.items}
    return [where[target] for target in plan.targets]


class _Run:
    """Threads over the items of one plan, and what came of each."""

    def __init__(
        self,
        plan: Plan,
        access: Access,
        policy: Policy,
        pace: Pace,
        hosts: Hosts,
        ledger: Ledger,
        cache: "Cache | None",
        stop: threading.Event,
        *,
        copy: bool,
        recheck: bool,
        private: bool,
    ) -> None:
        self.placed: dict[Did, Path] = {}
        self.failures: list[Failure] = []
        self._fatal: BaseException | None = None
        self._plan, self._stop, self._pace = plan, stop, pace
        self._began = pace.clock()
        self._events: deque[Event | None] = deque()
        self._news = threading.Event()
        self._meter = Meter(len(plan.items), plan.size, pace.clock)
        self._connections, self._claims = Connections(access, policy), Claims(pace.clock)
        self._context = Context(
            self._connections,
            policy,
            pace,
            self._meter,
            hosts,
            Syncs(),
            self._claims,
            Parts(),
            ledger,
            cache,
            stop,
            self._tell,
            copy=copy,
            recheck=recheck,
            private=private,
        )
        self._waiting, self._elsewhere = deque(plan.items), deque[Item]()
        self._threads: list[threading.Thread] = []

    def watch(self, listener: Listener) -> None:
        """Run to the end and tell; the first error that is not one file's own is raised.

        Raises
        ------
        Stopped
            Another thread wants the end.
        """
        left = self._grow()
        while left and not self._stop.is_set():
            self._news.wait(_BEAT)
            self._news.clear()
            left -= self.pass_on(listener)
            self._claims.beat()
            self._connections.beat()
            listener(self._meter.event())
            left += self._grow()
        self.pass_on(listener)
        if self._fatal is not None:
            raise self._fatal
        if self._stop.is_set():
            raise Stopped
        _make_durable({path.parent for path in self.placed.values()})
        listener(self._meter.event())
        seconds = self._pace.clock() - self._began
        listener(Finished(len(self.placed), self._meter.bytes_done, seconds, len(self.failures)))

    def _grow(self) -> int:
        """Start a thread for each stream that the hosts take; more would only be in each other's way."""
        wanted = min(self._context.hosts.limit, len(self._waiting) + len(self._threads))
        # daemons: a look-up that hangs must not keep the interpreter
        fresh = [threading.Thread(target=self._work, daemon=True) for _ in range(len(self._threads), wanted)]
        self._threads += fresh
        for thread in fresh:
            thread.start()
        return len(fresh)

    def end(self) -> None:
        """Stop what still runs and give everything back; harmless after a normal end."""
        self._stop.set()
        self._connections.cut()
        until = time.monotonic() + _FAREWELL
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(until - time.monotonic(), 0.0))
        self._claims.release_all()
        self._connections.close()
        self._context.ledger.save()

    def sweep(self) -> None:
        """Remove what earlier runs left of the files that are here now."""
        sweep((at.target for at in self._plan.items if self.placed.get(at.did) == at.target), self._claims)

    def farewell(self, folder: Path) -> str:
        """Say what an interrupted fetch leaves behind."""
        done, all_ = len(self.placed), len(self._plan.items)
        return f"fetch stopped: {done} of {all_} files are complete in {folder}; run it again to continue"

    def pass_on(self, listener: Listener) -> int:
        """Tell the listener what the threads said; returns how many of them ended."""
        ended = 0
        while self._events:
            event = self._events.popleft()
            if event is None:
                ended += 1
            else:
                listener(event)
        return ended

    def _tell(self, event: Event | None) -> None:
        """Leave an event for the listener's thread, which may be slow; when all ends nobody waits for it."""
        self._events.append(event)
        if event is None or len(self._events) > _AHEAD // 2:
            self._news.set()  # else the next beat is soon enough: to wake a thread costs more than an event
        while len(self._events) > _AHEAD and not self._stop.is_set():
            self._stop.wait(_BEAT / 10)

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                item, waited = self._next()
                self._keep(item, fetch_one(item, self._context, waited=waited))
        except (IndexError, Stopped):
            pass
        except BaseException as error:  # carried to the calling thread
            self._fatal = error
            self._stop.set()
            self._connections.cut()
        finally:
            self._tell(None)

    def _next(self) -> tuple[Item, bool]:
        """Take a file: first those that nobody else was seen to have in hands."""
        with contextlib.suppress(IndexError):
            return self._waiting.popleft(), False
        item = self._elsewhere.popleft()
        self._pace.wait(self._stop, _POLL)
        return item, True

    def _keep(self, item: Item, outcome: Path | Failure | None) -> None:
        if outcome is None:
            self._elsewhere.append(item)
            return
        self._meter.finish(item.did)
        if isinstance(outcome, Failure):
            self.failures.append(outcome)
            self._tell(Failed(item.did, outcome.causes))
        else:
            self.placed[item.did] = outcome


def _remove_empty(folders: Iterable[Path], kept: Path) -> None:
    """Take away folders that were made for files that never came."""
    for folder in folders:
        for path in (folder, *folder.parents):
            if path == kept:
                break
            try:
                path.rmdir()
            except OSError:  # holds something, or was never made
                if os.path.lexists(path):
                    break


def _make_durable(folders: Iterable[Path]) -> None:
    """Sync the folders once, so the renames survive a power cut too."""
    for folder in folders:
        with contextlib.suppress(OSError):  # some network file systems refuse
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
