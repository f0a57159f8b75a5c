"""Files looked at before they are cut into chunks: for a moment here, then by the workers, all at once."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from typing import Any, TypeVar

from vre_dm.compute.backend import Backend
from vre_dm.compute.facts import Facts, facts_of, first_facts
from vre_dm.compute.inputs import Input
from vre_dm.compute.plan import Chunk
from vre_dm.compute.preparing import Draft
from vre_dm.compute.work import Work
from vre_dm.errors import ChunkFailed, JobCancelled, VreDmError
from vre_dm.lake.transfer.events import Listener, Planning

T = TypeVar("T")
Ask = Callable[[Callable[[], T]], T]

HERE = 1.0
"""Seconds of looking at files in one process, until the workers help or it is told how far it is."""
_STOPPED = "stopped before the first chunk; run it again"


def facts_for(
    draft: Draft,
    ask: Ask[list[Facts]],
    place: Callable[[], Backend] | None,
    tell: Listener,
    stop: threading.Event,
) -> list[Facts]:
    """Look at all files of a map. A file with thousands of columns takes half a second of the processor.

    Parameters
    ----------
    ask
        Calls what may hang, and what it gives is given.
    place
        Gives the workers; ``None`` where there are none. Not asked where few files are left after a second,
        or where one is read from a server: of that this process has to know what it was.
    tell
        Hears how far it is, where it takes long.

    Raises
    ------
    UnreadableInput, MissingColumn, …
        As `vre_dm.compute.facts.facts_of`.
    JobCancelled
        It was stopped.
    ChunkFailed
        A file could not be looked at by any worker.
    NoCluster, ClusterLost, …
        As those of ``place``.
    """
    if draft.whole:
        return []
    known, begun = list[Facts](), time.monotonic()
    tree, columns = draft.work.tree, draft.columns

    def count(before: int, more: int = 0) -> None:
        done = before + more
        remaining = (time.monotonic() - begun) * (len(draft.inputs) - done) / done
        tell(Planning(0, None, done, len(draft.inputs), 0.0, remaining))

    while left := draft.inputs[len(known) :]:
        if known:
            count(len(known))
        if known and place is not None and len(left) > 1 and all(source.away is None for source in left):
            look, more = partial(_seen, tree, columns), partial(count, len(known))
            known += _by_workers(_opened(place, stop), left, look, stop, more)
        else:
            known += ask(partial(first_facts, left, tree, columns, HERE))
    return known


def _opened(place: Callable[[], Backend], stop: threading.Event) -> Backend:
    try:
        return place()
    except VreDmError as error:
        if stop.is_set():  # it was not waited for
            raise JobCancelled(_STOPPED) from error
        raise


def _by_workers(
    backend: Backend,
    inputs: Sequence[Input],
    look: Callable[[Input], Facts | VreDmError],
    stop: threading.Event,
    count: Callable[[int], None],
) -> list[Facts]:
    """Look at files by the workers of a place; ``count`` is told now and then how many were looked at."""
    work = Work(look, "input", reduce=_unmerged)
    calls = [(source, Chunk(i, i, 0, 1, source.size or 0)) for i, source in enumerate(inputs)]
    seen: dict[int, Facts] = {}
    due = time.monotonic() + HERE
    with closing(backend.run(work, calls, stop)) as came:  # type: ignore[type-var]
        for position, part in came:
            found = part if isinstance(part, ChunkFailed) else part.value
            if isinstance(found, VreDmError):
                raise found
            seen[position] = found
            if time.monotonic() > due:
                count(len(seen))
                due = time.monotonic() + HERE
    if len(seen) < len(inputs):
        raise JobCancelled(_STOPPED)
    return [facts for _, facts in sorted(seen.items())]


def _seen(tree: str, columns: Sequence[str] | None, source: Input) -> Facts | VreDmError:
    """Facts of a file, or what is wrong with it: an error of ours arrives as it was raised."""
    try:
        return facts_of(source, tree, columns)
    except VreDmError as error:
        return error


def _unmerged(one: Any, other: Any) -> Any:
    """Stand for a way to merge: values are taken as they are, and nobody merges them."""
    raise NotImplementedError
