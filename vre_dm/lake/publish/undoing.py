"""What an upload left on the storage and nobody registered, removed again."""

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Sequence

from vre_dm.did import Did
from vre_dm.errors import VreDmError
from vre_dm.lake.connection import Connection
from vre_dm.lake.metadata import metadata_of
from vre_dm.lake.publish.record import MOVING, PLACED, Record, Trace
from vre_dm.lake.publish.store import Store, StoreFailed

_THREADS = 4


def undo(record: Record, connection: Connection, store: Store, keep: frozenset[Did] = frozenset()) -> int:
    """Remove what was placed and is not registered.

    Parameters
    ----------
    keep
        Files that are still to be uploaded.

    Returns
    -------
    int
        Files that are left, since they could not be removed now.
    """
    dids = [did for did in record.traces if did not in keep]
    with contextlib.suppress(VreDmError):
        registered = metadata_of(connection, dids, "DID_COLUMN")

        def one(did: Did) -> None:
            with contextlib.suppress(VreDmError, StoreFailed):
                _remove(record.traces[did], store, registered=did in registered)
                record.forget(did)

        _each(dids, one)
    return sum(did not in keep for did in record.traces)


def _remove(trace: Trace, store: Store, *, registered: bool) -> None:
    """Remove what lies at the temporary and, if it is ours, at the final address."""
    moved = trace.step == PLACED or (trace.step == MOVING and not store.exists(trace.temporary))
    store.remove(trace.temporary)
    if moved and not registered:
        store.remove(trace.final)


def _each(dids: Sequence[Did], work: Callable[[Did], None]) -> None:
    """Do it in a few threads; daemons, which an interpreter that ends does not wait for."""
    waiting = deque(dids)

    def go_on() -> None:
        with contextlib.suppress(IndexError):
            while True:
                did = waiting.popleft()
                work(did)

    threads = [threading.Thread(target=go_on, daemon=True) for _ in range(min(_THREADS, len(dids)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
