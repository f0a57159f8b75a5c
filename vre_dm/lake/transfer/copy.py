"""From one source into a temporary file."""

from collections.abc import Callable
from pathlib import Path

from vre_dm.lake.transfer.answers import (
    RangesIgnored,
    align,
    ask_rest,
    gives_ranges,
    refuse,
    refuse_less,
    refuse_more,
    refuse_size,
)  # fmt: skip
from vre_dm.lake.transfer.context import Context
from vre_dm.lake.transfer.part import Part
from vre_dm.lake.transfer.pulse import Pulse
from vre_dm.lake.transfer.reading import reading
from vre_dm.lake.transfer.segments import Filling, ObjectChanged, Rate, is_worth_splitting
from vre_dm.lake.transfer.sources import Source


def copy_path(path: Path, part: Part, context: Context, moved: Callable[[int], None]) -> None:
    """Copy a file of this machine, from where the part ends.

    Raises
    ------
    SourceFailed
        It is not there, not a plain file, of another size than registered, or its mount died or is too slow.
    """
    with reading(path, context.mounts) as source:
        refuse_size(source.facts.st_size, part)
        part.settle(context.stop)
        if part.size == 0 and source.facts.st_size and part.clone(source.descriptor, context.stop):
            moved(part.size)
            return
        with Pulse(context.policy, context.pace.clock, moved) as beat:
            for chunk in source.chunks(part.size):
                context.check()
                part.write(chunk)
                beat(len(chunk))


def copy_url(source: Source, part: Part, context: Context, moved: Callable[[int], None]) -> None:
    """Copy an object from a server, from where the part ends if it is provably the same object.

    A large file whose end is far off gets further streams while they pay.

    Raises
    ------
    SourceFailed
        The server refused, sent something else, or stopped before the end.
    """
    if part.blocks is not None:
        try:
            Filling(source, part, context, moved).finish()
        except ObjectChanged:
            part.restart()
            raise
        except RangesIgnored:
            part.one_stream = True
            part.settle(context.stop)
        else:
            return
    if filling := _one_stream(source, part, context, moved):
        filling.finish()


def _one_stream(source: Source, part: Part, context: Context, moved: Callable[[int], None]) -> Filling | None:
    """Copy in one stream to the end, or until others are worth trying: those have what is left."""
    url = source.url or ""
    headers = ask_rest(url, part)
    if not headers and part.size:
        part.restart()
    with context.connections.request("GET", url, headers, alone=not part.expected.has_checksum) as response:
        refuse(response, part)
        align(url, response, part)
        rate, body = Rate(context.pace.clock, part.size), response.iter_raw()
        with Pulse(context.policy, context.pace.clock, moved) as beat:
            for chunk in body:
                context.check()
                part.write(chunk)
                refuse_more(part)
                now = rate.ended(part.size) if beat(len(chunk)) else None
                if now is None or not gives_ranges(response):
                    continue
                if is_worth_splitting(part, now, context.policy.block):
                    filling = Filling(source, part, context, moved)
                    break
            else:
                refuse_less(response, part)
                return None
        filling.go_on(body, now)
    return filling
