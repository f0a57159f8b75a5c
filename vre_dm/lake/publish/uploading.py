"""An upload from its plan to the registration: threads over files, one stream of events, an honest end."""

import contextlib
import queue
import threading
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from vre_dm.errors import JobCancelled, Unreachable, UploadInterrupted, VreDmError
from vre_dm.lake.publish.fates import UPLOAD
from vre_dm.lake.publish.placing import Yard, place
from vre_dm.lake.publish.plan import Plan
from vre_dm.lake.publish.record import Record
from vre_dm.lake.publish.registering import PAGE, Registration
from vre_dm.lake.publish.sources import Item
from vre_dm.lake.publish.store import Store
from vre_dm.lake.publish.sums import Summing
from vre_dm.lake.publish.undoing import undo
from vre_dm.lake.site import Site
from vre_dm.lake.tables import plural
from vre_dm.lake.transfer.events import Cancelled, Event, Finished, Listener, Planned
from vre_dm.lake.transfer.failures import Stopped
from vre_dm.lake.transfer.policy import Pace, Policy
from vre_dm.lake.transfer.progress import Meter

_THREADS = 4
_BEAT = 0.1  # seconds between two looks at the counters
_FAREWELL = 0.8  # seconds a cancelled upload waits for its threads


@dataclass(frozen=True, slots=True)
class Shipping:
    """How an upload reaches its lake, and how patient it is."""

    site: Site
    policy: Policy = field(default_factory=Policy)
    pace: Pace = field(default_factory=Pace)
    page: int = PAGE


def upload(
    plan: Plan, record: Record, summing: Summing, shipping: Shipping, tell: Listener, stop: threading.Event
) -> list[Path]:
    """Place, verify, register.

    Returns
    -------
    list of Path
        The files here, in the order given.

    Raises
    ------
    Declined, NoSpace, LoginRefused, NotInLake, InvalidUpload
        Refused; what was placed is removed, and the text says what is registered nevertheless.
    UploadInterrupted, Unreachable, JobCancelled
        It could not go on, or was stopped; what was placed stays for the next run.
    """
    connection, store = shipping.site.connection, plan.target.store(shipping.site.access, shipping.policy)
    run = _Run(plan, record, summing, shipping, store, stop)
    registration = Registration(connection, plan, summing, shipping.page)
    try:
        undo(record, connection, store, keep=frozenset(item.did for item in plan.items(UPLOAD)))
        run.place_all(tell)
        registration.run()
    except (KeyboardInterrupt, Stopped) as interrupt:
        tell(Cancelled(run.done, len(plan.steps)))
        raise JobCancelled(run.farewell()) from interrupt
    except (UploadInterrupted, Unreachable):
        raise
    except VreDmError as error:
        msg = f"{error}{_aftermath(registration, undo(record, connection, store))}"
        raise type(error)(msg) from error
    finally:
        run.end()
        store.close()
    for did in list(record.traces):
        record.forget(did)
    tell(run.finished())
    return [item.path for item, _ in plan.steps]


def _aftermath(registration: Registration, left: int) -> str:
    if left:
        return f" ({registration.aftermath}; {plural(left, 'file')} on the storage could not be removed yet)"
    if registration.added:
        return f" ({registration.aftermath})"
    return f" ({registration.aftermath}, nothing is left on the storage)"


class _Run:
    """Threads over the files of one plan."""

    def __init__(
        self,
        plan: Plan,
        record: Record,
        summing: Summing,
        shipping: Shipping,
        store: Store,
        stop: threading.Event,
    ) -> None:
        self.done = 0
        self._plan, self._stop, self._pace = plan, stop, shipping.pace
        self._store, self._connection = store, shipping.site.connection
        self._items = plan.items(UPLOAD)
        self._events: queue.Queue[Event | None] = queue.Queue()
        self._meter = Meter(len(self._items), plan.size, shipping.pace.clock)
        self._began = shipping.pace.clock()
        self._yard = Yard(
            store, record, summing, self._meter, shipping.policy, shipping.pace, stop, self._events.put,
            str(plan.target),
        )  # fmt: skip
        self._fatal: BaseException | None = None
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Item, str]] = deque()
        self._threads: list[threading.Thread] = []

    def place_all(self, tell: Listener) -> None:
        """Place every file; the first error ends the others.

        Raises
        ------
        Stopped
            Another thread wants the end.
        """
        kept = len(self._plan.steps) - len(self._items)
        tell(_planned(self._plan, kept))
        addresses = self._plan.target.addresses(self._connection, [item.did for item in self._items])
        self._waiting.extend((item, addresses[item.did]) for item in self._items)
        count = min(_THREADS, len(self._waiting))
        self._threads = [
            threading.Thread(target=self._work, name="upload", daemon=True) for _ in range(count)
        ]
        for thread in self._threads:
            thread.start()
        self._follow(tell)
        if self._fatal is not None:
            raise self._fatal
        if self._stop.is_set():
            raise Stopped

    def end(self) -> None:
        """Stop what still runs; harmless after a normal end."""
        if any(thread.is_alive() for thread in self._threads):
            self._stop.set()
            self._store.stop()
        until = self._pace.clock() + _FAREWELL
        for thread in self._threads:
            thread.join(max(until - self._pace.clock(), 0.0))

    def farewell(self) -> str:
        """Say what a stopped upload leaves behind."""
        whole = f"{self.done} of {plural(len(self._items), 'file')} arrived"
        return f"upload stopped: {whole}, nothing is registered; run it again to continue, or discard it"

    def finished(self) -> Finished:
        """Say that all is done."""
        return Finished(len(self._plan.steps), self._plan.size, self._pace.clock() - self._began)

    def _follow(self, tell: Listener) -> None:
        left, due = len(self._threads), self._pace.clock()
        while left and not (self._stop.is_set() and self._fatal is None):
            with contextlib.suppress(queue.Empty):
                event = self._events.get(timeout=_BEAT)
                left -= event is None
                if event is not None:
                    tell(event)
            if self._pace.clock() >= due:
                tell(self._meter.event())
                due = self._pace.clock() + _BEAT
        tell(self._meter.event())

    def _work(self) -> None:
        try:
            while True:
                item, address = self._waiting.popleft()
                place(item, address, self._yard)
                self._meter.finish(item.did)
                with self._lock:
                    self.done += 1
        except IndexError:
            pass
        except BaseException as error:  # carried to the calling thread
            self._fail(error)
        finally:
            self._events.put(None)

    def _fail(self, error: BaseException) -> None:
        with self._lock:
            if self._fatal is None and not (self._stop.is_set() and isinstance(error, Stopped)):
                self._fatal = error
        self._stop.set()
        self._store.stop()


def _planned(plan: Plan, kept: int) -> Planned:
    said = ("every file is in the dataset already: nothing is uploaded",) if plan.is_done else ()
    return Planned(len(plan.steps), plan.size, kept, free=plan.left, seconds=None, remarks=said)
