"""One file to its place on the storage: a temporary name, a look at what arrived, then the rename."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vre_dm.errors import Declined, UploadInterrupted
from vre_dm.lake.publish import target
from vre_dm.lake.publish.record import FOREIGN, MOVING, PLACED, PUT, Record
from vre_dm.lake.publish.sources import Item
from vre_dm.lake.publish.store import Seen, Store, StoreFailed
from vre_dm.lake.publish.sums import Summing, read
from vre_dm.lake.transfer.advice import advice, known
from vre_dm.lake.transfer.events import Event, Placed, Retrying, Started, Verified
from vre_dm.lake.transfer.failures import Stopped
from vre_dm.lake.transfer.policy import Pace, Policy, backoff
from vre_dm.lake.transfer.progress import Meter


@dataclass(frozen=True, slots=True)
class Yard:
    """What all files of one upload share."""

    store: Store
    record: Record
    summing: Summing
    meter: Meter
    policy: Policy
    pace: Pace
    stop: threading.Event
    tell: Callable[[Event], None]
    where: str


def place(item: Item, address: str, yard: Yard) -> None:
    """Have a file, verified, at its final address; what an earlier run placed there is not sent again.

    Raises
    ------
    Declined
        Other bytes lie at the address.
    UploadInterrupted
        The storage did not take it, however often it was tried.
    InvalidUpload
        The file here changed.
    NoSpace, LoginRefused
        The storage is full, or refuses.
    Stopped
        The upload was cancelled.
    """
    yard.tell(Started(item.did, yard.where))
    for round_ in range(yard.policy.rounds):
        if yard.stop.is_set():
            raise Stopped
        try:
            _attempt(item, address, yard)
        except StoreFailed as error:
            if yard.stop.is_set():
                raise Stopped from error
            if not error.passing or round_ + 1 == yard.policy.rounds:
                raise _given_up(item, error, yard) from error
            wait = error.wait or backoff(yard.policy, round_, yard.pace.chance())
            yard.tell(Retrying(item.did, yard.where, str(error), wait))
            yard.pace.wait(yard.stop, wait)
        else:
            yard.meter.at(item.did, item.size)
            yard.tell(Verified(item.did, item.size))
            yard.tell(Placed(item.did, item.path, yard.where))
            return


def _attempt(item: Item, address: str, yard: Yard) -> None:
    before = yard.record.traces.get(item.did)
    if before is not None and before.is_ours and yard.store.seen(address) == _wanted(item, yard):
        yard.store.remove(before.temporary)
        yard.record.step(item.did, PLACED)
        return
    if before is not None and before.step == MOVING and yard.store.exists(before.temporary):
        yard.record.step(item.did, PUT)  # never renamed: what lies at the address may be another's
    temporary = before.temporary if before is not None else target.temporary(address)
    yard.record.put(item.did, temporary, address)
    yard.store.put(temporary, _reading(item, yard), item.size)
    item.check_unchanged()
    wanted, arrived = _wanted(item, yard), yard.store.seen(temporary)
    if arrived != wanted:
        raise StoreFailed(_difference(arrived, wanted), passing=True)
    _rename(item, temporary, address, wanted, yard)


def _rename(item: Item, temporary: str, address: str, wanted: Seen, yard: Yard) -> None:
    ours = yard.record.traces[item.did].is_ours
    yard.record.step(item.did, MOVING)
    if yard.store.move(temporary, address, over=ours):
        yard.record.step(item.did, PLACED)
        return
    yard.record.step(item.did, FOREIGN)
    yard.store.remove(temporary)
    if yard.store.seen(address) != wanted:
        msg = (
            f"{yard.where} holds other bytes for {item.did}, which nobody registered ({address}); "
            "choose another name, or ask the admins of the storage to remove them"
        )
        raise Declined(msg)


def _reading(item: Item, yard: Yard) -> Callable[[], Iterator[memoryview]]:
    def begin() -> Iterator[memoryview]:
        sent = 0
        yard.meter.at(item.did, 0)
        for chunk in yard.summing.along(item, read(item, yard.stop)):
            yield chunk
            sent += len(chunk)
            yard.meter.at(item.did, sent, moved=len(chunk))

    return begin


def _wanted(item: Item, yard: Yard) -> Seen:
    sums = yard.summing.of(item, yard.stop)
    return Seen(sums.size, sums.adler32)


def _difference(arrived: Seen | None, wanted: Seen) -> str:
    if arrived is None:
        return "the storage does not have what it took"
    if arrived.size != wanted.size:
        return f"{arrived.size} bytes arrived instead of {wanted.size}"
    return f"other bytes arrived: adler32 {arrived.adler32} instead of {wanted.adler32}"


def _given_up(item: Item, error: StoreFailed, yard: Yard) -> Exception:
    if not error.passing:
        cause, rse = str(error), yard.where.partition(" ")[0]
        step = advice(cause, rse).step if known(cause) else "choose another storage element"
        return Declined(f"{item.did} cannot be written to {yard.where}: {cause}; {step}")
    msg = f"{item.did} did not reach {yard.where}: {error}"
    return UploadInterrupted(f"{msg}; what arrived is kept, run again to continue, or discard it")
