"""Whether a file is here already, by what was recorded of it, by the cache, and by its bytes last."""

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from vre_dm.lake.transfer.context import Context
from vre_dm.lake.transfer.events import Placed, Retrying, Verified
from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.item import Item
from vre_dm.lake.transfer.part import Part
from vre_dm.lake.transfer.plan import Plan
from vre_dm.lake.transfer.policy import Pace
from vre_dm.lake.transfer.pulse import Pulse
from vre_dm.lake.transfer.reading import reading
from vre_dm.lake.transfer.verified import stamp
from vre_dm.lake.transfer.verify import holds

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache
    from vre_dm.lake.cache.quota import Quota

_REMOVED = "the copy in the cache was damaged and has been removed"


def kept(item: Item, context: Context) -> Path | None:
    """Path of a file that needs no transfer, told as `Placed`; None where it has to be moved.

    Raises
    ------
    NoSpace
        The cache has no room for it, as others filled it meanwhile.
    Stopped
        The fetch was cancelled meanwhile.
    """
    here = _mounted(item, context) or (item.target if _at_target(item, context) else None)
    if here is not None:
        size = item.expected.size
        context.meter.at(item.did, here.stat().st_size if size is None else size)
        context.tell(Placed(item.did, here, ""))
    elif _cache(item, context):
        context.quota.reserve(item.did, item.expected)
    return here


def quota_of(plan: Plan, cache: "Cache | None", folder: Path, pace: Pace) -> "Quota":
    """Have the cache's quota take what is coming into a folder that it manages.

    Raises
    ------
    NoSpace
        It cannot, though nothing of what is here already makes way.
    """
    from vre_dm.lake.cache.quota import Quota  # the cache knows the engine, not the engine the cache

    quota = Quota(cache if cache and cache.owns(folder) else None, pace.clock)
    coming = {item.did for item in plan.coming}
    here = ((item.did, item.expected) for item in plan.items if item.did not in coming)
    quota.begin(here, plan.bytes_coming)
    return quota


def remember(item: Item, context: Context, part: Part) -> None:
    """Record a file that was just verified and placed; the cache takes it if it manages the folder."""
    if cache := _cache(item, context):
        _managed(item, context, cache, part.facts)
        context.quota.added(item.did, item.expected)
    else:
        context.ledger.record(item.target, item.expected, part.facts)


def forgotten(item: Item, context: Context) -> str:
    """Remove a copy in the user's cache that proved to be damaged, and say so; empty where there is none."""
    removed = context.cache and context.cache.forget(item.did, item.expected, context.stop)
    return f"; {_REMOVED}" if removed else ""


def _mounted(item: Item, context: Context) -> Path | None:
    """Copy of the lake that is used in place, where that is wanted: the first that is what is registered."""
    for path in (
        source.path for source in item.sources if source.path is not None and not context.manner.copy
    ):
        with suppress(SourceFailed):  # it is told when the file is copied from there, or from elsewhere
            if _is_sound(path, item, context):
                return path
    return None


def _is_sound(path: Path, item: Item, context: Context) -> bool:
    """Whether a file in place is the registered one: read where that is wanted, and was not done before."""
    with reading(path, context.mounts) as file:
        if item.expected.size not in (None, file.facts.st_size):
            return False
        if not (context.manner.verify or context.manner.recheck) or not item.expected.has_checksum:
            return item.expected.size is not None
        if not context.manner.recheck and file.do(lambda: context.in_place.holds(path, item.expected)):
            return True
        digest = item.expected.digest()
        with Pulse(
            context.policy,
            context.pace.clock,
            lambda size: context.meter.at(item.did, digest.size, moved=size),
        ) as beat:
            for chunk in file.chunks():
                context.check()
                digest.update(chunk)
                beat(len(chunk))
        if item.expected.fault(digest) is not None:
            return False
        if stamp(file.do(path.lstat)) == stamp(file.facts):
            context.in_place.record(path, item.expected, file.facts)
    context.tell(Verified(item.did, digest.size))
    return True


def _at_target(item: Item, context: Context) -> bool:
    cache, facts = _cache(item, context), _facts(item.target)
    if facts is not None and not context.manner.recheck and context.ledger.holds(item.target, item.expected):
        if cache is not None and not cache.use(item.did, item.expected):
            _managed(item, context, cache, facts)
        return True

    def told(path: Path) -> None:
        context.tell(Retrying(item.did, f"cache ({path})", _REMOVED, 0.0))

    if cache is not None and cache.show(
        item.did, item.expected, item.target, context.stop, recheck=context.manner.recheck, told=told
    ):
        _record_link(item, context)
        return True
    found = None if facts is None else _read(item, context)
    if found is not None and cache is not None:
        _managed(item, context, cache, found)
    return found is not None


def _facts(path: Path) -> os.stat_result | None:
    """State of what has this name, if anything has."""
    try:
        return path.lstat()
    except OSError:
        return None


def _cache(item: Item, context: Context) -> "Cache | None":
    """Give the cache, if the target is one of its names and not its user's own."""
    return context.cache if context.cache is not None and context.cache.owns(item.target) else None


def _read(item: Item, context: Context) -> os.stat_result | None:
    """State of the target, if its bytes are the registered ones; remembered if it did not change then."""
    try:
        before = item.target.lstat()
        if not holds(item.target, item.expected, context.stop):
            return None
        if stamp(item.target.lstat()) == stamp(before):
            context.ledger.record(item.target, item.expected, before)
    except OSError:
        return None
    return before


def _managed(item: Item, context: Context, cache: "Cache", verified: os.stat_result) -> None:
    """Let the cache manage a good file that lies in its folder."""
    cache.adopt(item.did, item.expected, item.target, verified, context.stop)
    _record_link(item, context)


def _record_link(item: Item, context: Context) -> None:
    """Record a name in the cache's folder, closed to others, once a new link has changed its times."""
    with suppress(OSError):
        context.ledger.record(item.target, item.expected, item.target.lstat())
