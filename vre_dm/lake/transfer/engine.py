"""The fetch itself: a plan, a run over its files, one stream of events, and an honest end."""

import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from vre_dm.errors import JobCancelled
from vre_dm.lake.access import Access
from vre_dm.lake.files import File
from vre_dm.lake.transfer.closing import close_folders
from vre_dm.lake.transfer.context import Context, Manner
from vre_dm.lake.transfer.events import Listener, Planned
from vre_dm.lake.transfer.failures import Stopped, disk_error
from vre_dm.lake.transfer.forecast import Forecast
from vre_dm.lake.transfer.kept import quota_of
from vre_dm.lake.transfer.memory import Memory
from vre_dm.lake.transfer.outbox import Outbox
from vre_dm.lake.transfer.plan import make_plan
from vre_dm.lake.transfer.policy import Pace, Policy
from vre_dm.lake.transfer.report import fetch_error
from vre_dm.lake.transfer.run import Run

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache


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
    listener, stop, new = progress or (lambda _: None), stop or threading.Event(), not os.path.lexists(folder)
    manner, policy, pace = Manner(copy, verify, recheck, private), policy or Policy(), pace or Pace()
    cache = cache.for_embargoed() if cache is not None and private else cache
    try:
        plan = make_plan(files, folder, access, copy=copy, cache=cache)
    except OSError as error:  # a folder of another user, a mount that died
        raise disk_error(error, folder / "any") from error
    quota = quota_of(plan, cache, folder, pace)
    if private:
        close_folders(plan.items, folder)
    outbox = Outbox(stop)
    context = Context.begin(
        plan, folder, access, manner, policy=policy, pace=pace, memory=memory or Memory(),
        cache=cache, quota=quota, stop=stop, tell=outbox.put,
    )  # fmt: skip
    run = Run(plan, context, outbox)
    forecast = Forecast(None if cache is None else cache.folder / "rates.json")
    try:
        # how much of what is used in place was read before is not known yet
        seconds = forecast.seconds(plan) if copy or not verify else None
        listener(Planned(len(plan.items), plan.size, plan.kept, plan.free, seconds, remarks))
        run.watch(listener)
        if not run.failures:
            forecast.learn(plan, run.seconds)
    except (KeyboardInterrupt, Stopped) as interrupt:
        raise JobCancelled(run.cancelled(listener, folder)) from interrupt
    finally:
        run.end()
        run.sweep()
        _remove_empty({item.folder for item in plan.items}, folder.parent if new else folder)
    if run.failures:
        raise fetch_error(run.failures, list(run.placed.values()), folder)
    where = {item.target: run.placed[item.did] for item in plan.items}
    return [where[target] for target in plan.targets]


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
