"""Whether a file is here already, by what was recorded of it, by the cache, and by its bytes last."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from vre_dm.lake.transfer.context import Context
from vre_dm.lake.transfer.events import Placed
from vre_dm.lake.transfer.item import Item
from vre_dm.lake.transfer.part import Part
from vre_dm.lake.transfer.plan import Plan
from vre_dm.lake.transfer.verified import stamp
from vre_dm.lake.transfer.verify import holds

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache


def kept(item: Item, context: Context) -> Path | None:
    """Path of a file that needs no transfer, told as `Placed`; None where it has to be moved.

    Raises
    ------
    Stopped
        The fetch was cancelled meanwhile.
    """
    here = _mounted(item, context) or (item.target if _at_target(item, context) else None)
    if here is not None:
        context.meter.at(item.did, here.stat().st_size)
        context.tell(Placed(item.did, here, ""))
    return here


def make_room_for(plan: Plan, cache: "Cache") -> int:
    """Have the cache's quota take what is coming, and none of what is here make way; gives the bytes removed.

    Raises
    ------
    NoSpace
        It cannot.
    """
    from vre_dm.lake.cache.room import make_room  # the cache knows the engine, not the engine the cache

    coming = {item.did for item in plan.coming}
    for item in plan.items:
        if item.did not in coming:
            cache.use(item.did, item.expected)
    return make_room(cache, plan.bytes_coming)


def remember(item: Item, context: Context, part: Part) -> None:
    """Record a file that was just verified and placed; the cache takes it if it manages the folder."""
    if cache := _cache(item, context):
        _managed(item, context, cache)
    else:
        context.ledger.record(item.target, item.expected, part.facts)


def _mounted(item: Item, context: Context) -> Path | None:
    """Copy of the lake that can be read in place, where that is wanted: its size is compared."""
    if context.copy:
        return None
    for path in (source.path for source in item.sources if source.path is not None):
        if context.recheck or item.expected.size is None:
            if holds(path, item.expected, context.stop):
                return path
        elif path.is_file() and path.stat().st_size == item.expected.size:
            return path
    return None


def _at_target(item: Item, context: Context) -> bool:
    cache = _cache(item, context)
    if not context.recheck and context.ledger.holds(item.target, item.expected):
        if cache is not None and not cache.use(item.did, item.expected):
            _managed(item, context, cache)
        return True
    if cache is not None and cache.show(
        item.did, item.expected, item.target, context.stop, recheck=context.recheck
    ):
        _record_link(item, context)
        return True
    if not _read(item, context):
        return False
    if cache is not None:
        _managed(item, context, cache)
    return True


def _cache(item: Item, context: Context) -> "Cache | None":
    """Give the cache, if the target is one of its names and not its user's own."""
    return context.cache if context.cache is not None and context.cache.owns(item.target) else None


def _read(item: Item, context: Context) -> bool:
    """Whether the target's bytes are the registered ones; remembered if it did not change meanwhile."""
    try:
        before = item.target.lstat()
        good = holds(item.target, item.expected, context.stop)
        if good and stamp(item.target.lstat()) == stamp(before):
            context.ledger.record(item.target, item.expected, before)
    except OSError:
        return False
    return good


def _managed(item: Item, context: Context, cache: "Cache") -> None:
    """Let the cache manage a good file that lies in its folder."""
    cache.adopt(item.did, item.expected, item.target, context.stop)
    _record_link(item, context)


def _record_link(item: Item, context: Context) -> None:
    """Record a name in the cache's folder, closed to others, once a new link has changed its times."""
    with suppress(OSError):
        context.ledger.record(item.target, item.expected, item.target.lstat())
