"""The fetch itself: a plan, a few threads over its files, one stream of events, and an honest end."""

import contextlib
import os
import queue
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from vre_dm.did import Did
from vre_dm.lake.access import Access
from vre_dm.lake.files import File
from vre_dm.lake.transfer.attempts import fetch_one
from vre_dm.lake.transfer.context import Context
from vre_dm.lake.transfer.failures import Failure, FetchCancelled, Stopped, fetch_error
from vre_dm.lake.transfer.http import Connections
from vre_dm.lake.transfer.plan import Item, Plan, make_plan
from vre_dm.lake.transfer.policy import Pace, Policy
from vre_dm.lake.transfer.progress import Meter, Progress

_BEAT = 0.1  # seconds between two events
_FAREWELL = 0.8  # seconds a cancelled fetch waits for its threads; a name look-up may take longer


def fetch_files(
    files: Iterable[File],
    folder: Path,
    *,
    access: Access,
    progress: Callable[[Progress], None] | None = None,
    copy: bool = True,
    policy: Policy | None = None,
    pace: Pace | None = None,
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
        Called with the state about ten times a second, always from the calling thread.
    copy
        With False, a file that this machine can read in place is verified there and not copied.
    policy, pace
        Limits, and the clock and the waiting; the defaults suit a user.

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
    plan = make_plan(files, folder, access, copy=copy)
    policy, pace, new = policy or Policy(), pace or Pace(), not folder.exists()
    run = _Run(plan, Connections(access, policy), policy, pace, copy=copy)
    try:
        run.watch(progress or (lambda _: None))
    except KeyboardInterrupt as interrupt:
        run.end()
        raise FetchCancelled(run.farewell(folder)) from interrupt
    finally:
        run.end()
        _remove_empty({item.target.parent for item in plan.items}, folder.parent if new else folder)
    if run.failures:
        raise fetch_error(run.failures, list(run.placed.values()), folder)
    where = {item.target: run.placed[item.did] for item in plan.items}
    return [where[target] for target in plan.targets]


class _Run:
    """Threads over the items of one plan, and what came of each."""

    def __init__(
        self, plan: Plan, connections: Connections, policy: Policy, pace: Pace, *, copy: bool
    ) -> None:
        self.placed: dict[Did, Path] = {}
        self.failures: list[Failure] = []
        self._fatal: BaseException | None = None
        self._plan = plan
        self._notes: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._meter = Meter(len(plan.items), plan.size, pace.clock)
        self._stop = threading.Event()
        self._connections = connections
        self._context = Context(connections, policy, pace, self._meter, self._stop, self._notes.put, copy)
        self._waiting: queue.SimpleQueue[Item] = queue.SimpleQueue()
        for item in plan.items:
            self._waiting.put(item)
        count = min(policy.threads, len(plan.items))
        # daemons: a look-up that hangs must not keep the interpreter
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]

    def watch(self, progress: Callable[[Progress], None]) -> None:
        """Run to the end, telling the state; the first error that is not one file's own is raised."""
        for thread in self._threads:
            thread.start()
        left = len(self._threads)
        while left:
            try:
                note = self._notes.get(timeout=_BEAT)
            except queue.Empty:
                progress(self._meter.event())
                continue
            if note is None:
                left -= 1
            else:
                progress(self._meter.event(note))
        if self._fatal is not None:
            raise self._fatal
        _make_durable({path.parent for path in self.placed.values()})
        progress(self._meter.event())

    def end(self) -> None:
        """Stop what still runs and give everything back; harmless after a normal end."""
        self._stop.set()
        self._connections.cut()
        until = time.monotonic() + _FAREWELL
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(until - time.monotonic(), 0.0))
        self._connections.close()

    def farewell(self, folder: Path) -> str:
        """Say what an interrupted fetch leaves behind."""
        done, all_ = len(self.placed), len(self._plan.items)
        return f"fetch stopped: {done} of {all_} files are complete in {folder}; run it again to continue"

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                item = self._waiting.get_nowait()
                self._keep(item, fetch_one(item, self._context))
        except (queue.Empty, Stopped):
            pass
        except BaseException as error:  # carried to the calling thread
            self._fatal = error
            self._stop.set()
            self._connections.cut()
        finally:
            self._notes.put(None)

    def _keep(self, item: Item, outcome: Path | Failure) -> None:
        if isinstance(outcome, Failure):
            self.failures.append(outcome)
        else:
            self.placed[item.did] = outcome
        self._meter.finish(item.did)


def _remove_empty(folders: Iterable[Path], kept: Path) -> None:
    """Take away folders that were made for files that never came."""
    for folder in folders:
        for path in (folder, *folder.parents):
            if path == kept:
                break
            try:
                path.rmdir()
            except OSError:  # holds something, or was never made
                if path.exists():
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
