"""A small file on a disk of this machine: read whole and written in one go.

A claim and a look for what others left would cost more than such a copy, so there are none: two who copy it
at once each place the same bytes. Whatever is odd about it is left to the usual way, which also says so.
"""

import os
import stat
from contextlib import ExitStack

from vre_dm.lake.transfer.context import Context
from vre_dm.lake.transfer.events import Started, Verified
from vre_dm.lake.transfer.item import Item
from vre_dm.lake.transfer.place import Place
from vre_dm.lake.transfer.ready import Ready
from vre_dm.lake.transfer.sources import Source

_SMALL = 1 << 20  # bytes


def small_source(item: Item, context: Context) -> Source | None:
    """Where to copy a file from in one go; None if that is no way for it."""
    size, first = item.expected.size, next(iter(item.sources), None)
    if size is None or size > _SMALL or not item.expected.has_checksum or first is None or first.path is None:
        return None
    return None if context.hosts.memory.is_bad(first.place) or context.mounts.may_hang(first.path) else first


def copy_small(item: Item, context: Context) -> Ready | None:
    """Have the verified bytes of a small file beside its target; None where the usual way has to be gone.

    Raises
    ------
    NoSpace, NotWritable
        The user's disk refused.
    """
    source = small_source(item, context)
    data = None if source is None else _read(source, item.expected.size or 0)
    if source is None or data is None:
        return None
    with ExitStack() as held:
        with context.inside.opened(item.folder, item.root) as folder:
            place = Place(item.target, item.expected, folder, context.me)
            part = held.enter_context(place.open_part((), context.stop))
        if context.manner.private:
            os.fchmod(part.descriptor, 0o600)
        part.write(data)
        if not part.complete:
            return None
        part.finish()
        name = str(source)
        context.meter.at(item.did, part.size, moved=part.size)
        context.tell(Started(item.did, name))
        context.tell(Verified(item.did, part.size))
        return Ready(item, part, None, name, held.pop_all())


def _read(source: Source, size: int) -> bytes | None:
    """All bytes of a plain file that has so many."""
    try:
        descriptor = os.open(source.path or "", os.O_RDONLY | os.O_NONBLOCK)  # a pipe must not hold us
    except OSError:
        return None
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size != size:
            return None
        data = os.read(descriptor, size + 1)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return data if len(data) == size else None
