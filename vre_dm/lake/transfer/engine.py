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
from vre_dm.errors import JobCancelled
from vre_dm.lake.access import Access
from vre_dm.lake.files import File
from vre_dm.lake.transfer.attempts import fetch_one
from vre_dm.lake.transfer.claim import Claims
from vre_dm.lake.transfer.closing import close_folders
from vre_dm.lake.transfer.context import Context
from vre_dm.lake.transfer.events import Cancelled, Failed, Finished, Listener, Planned
from vre_dm.lake.transfer.failures import Failure, Stopped, disk_error
from vre_dm.lake.transfer.forecast import Forecast
from vre_dm.lake.transfer.hosts import Hosts
from vre_dm.lake.transfer.http import Connections
from vre_dm.lake.transfer.inside import Inside
from vre_dm.lake.transfer.item import Item
from vre_dm.lake.transfer.kept import quota_of
from vre_dm.lake.transfer.landing import Landing
from vre_dm.lake.transfer.memory import Memory
from vre_dm.lake.transfer.mounts import Mounts
from vre_dm.lake.transfer.names import Parts
from vre_dm.lake.transfer.outbox import Outbox
from vre_dm.lake.transfer.owner import myself
from vre_dm.lake.transfer.plan import Plan, make_plan
from vre_dm.lake.transfer.policy import Pace, Policy
from vre_dm.lake.transfer.progress import Meter
from vre_dm.lake.transfer.ready import Ready
from vre_dm.lake.transfer.report import fetch_error
from vre_dm.lake.transfer.small import small_source
from vre_dm.lake.transfer.sweep import sweep
from vre_dm.lake.transfer.verified import Ledger

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache

_ROOT = Path("/")
_FAREWELL = 0.8  # seconds a cancelled fetch waits for its threads; a name look-up may take longer
_POLL = 0.2  # seconds between two looks at a file that another fetch has in its hands


def fetch_files(
    files: Iterable[File],
    folder: Path,
    *,
    access: Access,
    progress: Listener | None = None,
    copy: bool = True,
    verify: bool = True,
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
        With False, a file that this machine can read in place is not copied.
    verify
        With False, of a file used in place only the size is compared; else it is read once, and again when it
        changed.
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
    JobCancelled
        Interrupted (a ``KeyboardInterrupt``); what arrived is kept for the next run where that is safe.
    """
    listener, pace, new = progress or (lambda _: None), pace or Pace(), not os.path.lexists(folder)
    cache = cache.for_embargoed() if cache is not None and private else cache
    try:
        plan = make_plan(files, folder, access, copy=copy, cache=cache)
    except OSError as error:  # a folder of another user, a mount that died
        raise disk_error(error, folder / "any") from error
    quota = quota_of(plan, cache, folder, pace)
    if private:
        close_folders(plan.items, folder)
    forecast = Forecast(None if cache is None else cache.folder / "rates.json")
    policy, stop = policy or Policy(), stop or threading.Event()
    outbox = Outbox(stop)
    context = Context(
        connections=Connections(access, policy),
        policy=policy,
        pace=pace,
        meter=Meter(len(plan.items), plan.size, pace.clock),
        hosts=Hosts(policy, pace, memory or Memory()),
        me=myself(),
        claims=Claims(pace.clock),
        inside=Inside(),
        parts=Parts(),
        ledger=Ledger(None, folder) if cache is None else cache.ledger(folder),
        in_place=Ledger(None, _ROOT) if cache is None or copy else cache.ledger(_ROOT),
        mounts=Mounts(policy.stall_timeout, stop),
        cache=cache,
        quota=quota,
        stop=stop,
        tell=outbox.put,
        copy=copy,
        verify=verify,
        recheck=recheck,
        private=private,
    )
    run = _Run(plan, context, outbox)
    try:
        # how much of what is used in place was read before is not known yet
        seconds = forecast.seconds(plan) if copy or not verify else None
        listener(Planned(len(plan.items), plan.size, plan.kept, plan.free, seconds, remarks))
        run.watch(listener)
        if not run.failures:
            forecast.learn(plan, run.seconds)
    except (KeyboardInterrupt, Stopped) as interrupt:
        run.end()
        outbox.pass_on(listener)
        listener(Cancelled(len(run.placed), len(plan.items)))
        raise JobCancelled(run.farewell(folder)) from interrupt
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

    def __init__(self, plan: Plan, context: Context, outbox: Outbox) -> None:
        self.placed: dict[Did, Path] = {}
        self.failures: list[Failure] = []
        self._fatal: BaseException | None = None
        self._plan, self._context, self._outbox = plan, context, outbox
        self._began = context.pace.clock()
        self._waiting, self._elsewhere = deque(plan.items), deque[Item]()
        self._threads: list[threading.Thread] = []
        self._landing = Landing(context, self._keep, self._fail)

    def watch(self, listener: Listener) -> None:
        """Run to the end and tell; the first error that is not one file's own is raised.

        Raises
        ------
        Stopped
            Another thread wants the end.
        """
        context, left = self._context, self._grow()
        while left and not context.stop.is_set():
            self._outbox.wait()
            left -= self._outbox.pass_on(listener)
            context.claims.beat()
            context.quota.beat()
            context.connections.beat()
            listener(context.meter.event())
            left += self._grow()
        self._outbox.pass_on(listener)
        if self._fatal is not None:
            raise self._fatal
        context.check()
        _make_durable({path.parent for path in self.placed.values()})
        listener(context.meter.event())
        listener(Finished(len(self.placed), context.meter.bytes_done, self.seconds, len(self.failures)))

    @property
    def seconds(self) -> float:
        """Time since the start."""
        return self._context.pace.clock() - self._began

    def _grow(self) -> int:
        """Start a thread for each stream that the hosts take; more would only be in each other's way."""
        wanted = min(self._context.hosts.limit, len(self._waiting) + len(self._threads))
        with contextlib.suppress(IndexError):
            if small_source(self._waiting[0], self._context):  # the processor is the limit, not the disk
                wanted = min(wanted, 1)
        # daemons: a look-up that hangs must not keep the interpreter
        fresh = [threading.Thread(target=self._work, daemon=True) for _ in range(len(self._threads), wanted)]
        self._threads += fresh
        for thread in fresh:
            thread.start()
        return len(fresh)

    def end(self) -> None:
        """Stop what still runs and give everything back; harmless after a normal end."""
        self._context.stop.set()
        self._context.connections.cut()
        until = time.monotonic() + _FAREWELL
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(until - time.monotonic(), 0.0))
        self._landing.close(max(until - time.monotonic(), 0.0))
        self._context.claims.release_all()
        self._context.quota.end()
        self._context.connections.close()
        self._context.ledger.save()
        self._context.in_place.save()

    def sweep(self) -> None:
        """Remove what earlier runs left of the files that are here now."""
        sweep(
            (at.target for at in self._plan.items if self.placed.get(at.did) == at.target),
            self._context.claims,
        )

    def farewell(self, folder: Path) -> str:
        """Say what an interrupted fetch leaves behind."""
        done, all_ = len(self.placed), len(self._plan.items)
        return f"fetch stopped: {done} of {all_} files are complete in {folder}; run it again to continue"

    def _work(self) -> None:
        try:
            while not self._context.stop.is_set():
                item, waited = self._next()
                outcome = fetch_one(item, self._context, waited=waited)
                if isinstance(outcome, Ready):
                    self._landing.put(outcome)
                else:
                    self._keep(item, outcome)
        except (IndexError, Stopped):
            pass
        except BaseException as error:
            self._fail(error)
        finally:
            self._outbox.put(None)

    def _next(self) -> tuple[Item, bool]:
        """Take a file: first those that nobody else was seen to have in hands."""
        with contextlib.suppress(IndexError):
            return self._waiting.popleft(), False
        if not self._elsewhere:
            self._landing.drain()
        item = self._elsewhere.popleft()
        self._context.pace.wait(self._context.stop, _POLL)
        return item, True

    def _fail(self, error: BaseException) -> None:
        """Carry an error to the calling thread, and end the others."""
        self._fatal = error
        self._context.stop.set()
        self._context.connections.cut()

    def _keep(self, item: Item, outcome: Path | Failure | None) -> None:
        if outcome is None:
            self._elsewhere.append(item)
            return
        self._context.meter.finish(item.did)
        self._context.quota.given_up(item.did)
        if isinstance(outcome, Failure):
            self.failures.append(outcome)
            self._outbox.put(Failed(item.did, outcome.causes))
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
