"""The threads of a fetch over the files of its plan, and what came of each."""

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from vre_dm.did import Did
from vre_dm.lake.tables import plural
from vre_dm.lake.transfer.attempts import fetch_one
from vre_dm.lake.transfer.context import Context
from vre_dm.lake.transfer.events import Cancelled, Failed, Finished, Listener
from vre_dm.lake.transfer.failures import Failure, Stopped
from vre_dm.lake.transfer.item import Item
from vre_dm.lake.transfer.landing import Landing
from vre_dm.lake.transfer.outbox import Outbox
from vre_dm.lake.transfer.plan import Plan
from vre_dm.lake.transfer.ready import Ready
from vre_dm.lake.transfer.small import small_source
from vre_dm.lake.transfer.sweep import sweep

_FAREWELL = 0.8  # seconds a cancelled fetch waits for its threads; a name look-up may take longer
_POLL = 0.2  # seconds between two looks at a file that another fetch has in its hands


class Run:
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
        _make_durable({item.folder for item in self._arrived()})
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
        sweep(self._arrived(), self._context.claims)

    def _arrived(self) -> Iterator[Item]:
        """Files that are at their names now; others are used in place, or did not come."""
        return (item for item in self._plan.items if self.placed.get(item.did) == item.target)

    def cancelled(self, listener: Listener, folder: Path) -> str:
        """End what still runs and tell it; says what an interrupted fetch leaves behind."""
        self.end()
        self._outbox.pass_on(listener)
        done, all_ = len(self.placed), len(self._plan.items)
        listener(Cancelled(done, all_))
        if done == all_:
            return f"fetch stopped: all files are complete in {folder}"
        complete = f"{done} of {plural(all_, 'file')} complete in {folder}"
        return f"fetch stopped: {complete}; run it again to continue"

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
        self._context.quota.given_up(item.did)
        if isinstance(outcome, Failure):
            self._context.meter.give_up(item.did, item.expected.size)
            self.failures.append(outcome)
            self._outbox.put(Failed(item.did, outcome.causes))
        else:
            self._context.meter.finish(item.did)
            self.placed[item.did] = outcome


def _make_durable(folders: Iterable[Path]) -> None:
    """Sync the folders once, so the renames survive a power cut too."""
    for folder in folders:
        with contextlib.suppress(OSError):  # some network file systems refuse
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
