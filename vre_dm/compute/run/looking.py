"""Files looked at before they are cut into chunks: for a moment here, then by the workers, all at once."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from typing import Protocol, TypeVar

from vre_dm.compute.backend import Backend
from vre_dm.compute.facts import Facts, facts_of, first_facts, seen_by_worker
from vre_dm.compute.plan import Chunk, check_alike
from vre_dm.compute.preparing import Draft
from vre_dm.compute.run.remembered import Remembered
from vre_dm.compute.work import Work
from vre_dm.errors import ChunkFailed, JobCancelled, VreDmError
from vre_dm.lake.apart import Apart, Hung
from vre_dm.lake.transfer.events import Listener, Planning
from vre_dm.pool import Pool

T = TypeVar("T")


class Ask(Protocol):
    """Calls what may hang, and gives what it gives."""

    def __call__(self, call: Callable[[], T], /) -> T:
        """Call it; raises what it raises, and where it is not waited for."""
        ...


HERE = 1.0
"""Seconds of looking at files in one process, until the workers help or it is told how far it is."""
_FAR = 8
"""Files that are looked at at once where any is on a server: what takes time is the way there and back."""
_KEEP = 10.0
"""Seconds between two times at which it is written down what was seen so far."""
_SHARE = 20
"""So many times longer than that took it is looked at files before it is done again."""
_PATIENCE = 2.0
"""Seconds that writing it down is waited for; it is done beside the map then, or hangs."""
STOPPED = "stopped before the first chunk; run it again"
"""What is said of a map that was stopped while it was planned."""


def facts_for(
    draft: Draft,
    remembered: Remembered,
    ask: Ask,
    place: Callable[[], Backend] | None,
    tell: Listener,
    stop: threading.Event,
) -> list[Facts]:
    """Look at all files of a map. A file with thousands of columns takes half a second of the processor.

    Parameters
    ----------
    remembered
        What is known of them already; gets what is seen, also where it ends before all were.
    ask
        Through which files are touched: a mount may hang.
    place
        Gives the workers; ``None`` where there are none yet. Not asked where the rest takes a second or less,
        or where a file is read from a server: of that this process has to know what it was.
    tell
        Hears how far it is, where it takes long.

    Raises
    ------
    UnreadableInput, MissingColumn, …
        As `vre_dm.compute.facts.facts_of`, or a file has a column of another type than the first.
    JobCancelled
        It was stopped.
    NoCluster, ClusterLost, …
        As those of ``place``.
    """
    if draft.whole:
        return []
    looking = _Looking(draft, remembered, ask(remembered.found), tell)
    try:
        _look(looking, draft, ask, place, stop)
    finally:
        looking.keep()
    return [facts for _, facts in sorted(looking.known.items())]


def _look(
    looking: "_Looking",
    draft: Draft,
    ask: Ask,
    place: Callable[[], Backend] | None,
    stop: threading.Event,
) -> None:
    """Look at what nothing is known of."""
    tree, columns = draft.work.tree, draft.columns
    look = partial(facts_of, tree=tree, columns=columns)
    far = any(source.away is not None for source in draft.inputs)
    place, pool = None if far else place, Pool("the look at files", _FAR if far else 1, 0)

    def here(positions: Sequence[int]) -> None:
        """Look at files in this process for a while."""
        seen = ask(partial(first_facts, [draft.inputs[at] for at in positions], look, HERE, pool))
        for position, facts in zip(positions, seen, strict=False):
            looking.came(position, facts)

    while left := looking.left:
        looking.count()
        if place is None or (looking.remaining or 0.0) <= HERE:
            here(left)
            continue
        work = Work(partial(seen_by_worker, tree=tree, columns=columns), "input")
        for position, facts in _by_workers(_opened(place, stop), work, looking, stop):
            if facts is None:
                # It is wrong, which is told as this process sees it; or a worker cannot reach it or has no
                # memory for it, which its chunks then tell.
                here([position])
            else:
                looking.came(position, facts)
        if stop.is_set():
            raise JobCancelled(STOPPED)
        place = None


class _Looking:
    """What is known of the files of a map, and how long the rest may take."""

    def __init__(
        self, draft: Draft, remembered: Remembered, known: Mapping[int, Facts], tell: Listener
    ) -> None:
        self.known: dict[int, Facts] = {}
        self.inputs, self._remembered, self._tell = draft.inputs, remembered, tell
        self._keeping, self._due = Apart(), time.monotonic() + _KEEP
        for position, facts in known.items():
            self.came(position, facts)
        self.mark()

    def mark(self) -> None:
        """From now on it is done in another way, at another speed."""
        self._since, self._before = time.monotonic(), len(self.known)

    @property
    def left(self) -> list[int]:
        """Positions of those that nothing is known of."""
        return [at for at in range(len(self.inputs)) if at not in self.known]

    @property
    def remaining(self) -> float | None:
        """Seconds to go; None where that was not measured."""
        more = len(self.known) - self._before
        spent = time.monotonic() - self._since
        return spent * (len(self.inputs) - len(self.known)) / more if more else None

    def came(self, position: int, facts: Facts) -> None:
        """Note one, if it is like the first; its types are those then, and kept once."""
        if position == 0:
            check_alike(self.inputs, {**self.known, 0: facts})
        elif 0 in self.known:
            check_alike(self.inputs, {0: self.known[0], position: facts})
        self.known[position] = replace(facts, types=self.known.get(0, facts).types)

    def count(self) -> None:
        """Tell how far it is, where it has begun."""
        if self.known:
            self._tell(Planning(0, None, len(self.known), len(self.inputs), 0.0, self.remaining))
        if time.monotonic() > self._due:
            self.keep()

    def keep(self) -> None:
        """Write down what is known, for the next map; who waits for a stop is not kept waiting by a mount."""
        begun = time.monotonic()
        with suppress(Hung):
            self._keeping.ask(partial(self._remembered.keep, dict(self.known)), _PATIENCE)
        now = time.monotonic()
        self._due = now + max(_KEEP, _SHARE * (now - begun))


def _opened(place: Callable[[], Backend], stop: threading.Event) -> Backend:
    try:
        return place()
    except VreDmError as error:
        if stop.is_set():  # it was not waited for
            raise JobCancelled(STOPPED) from error
        raise


def _by_workers(
    backend: Backend, work: Work, looking: _Looking, stop: threading.Event
) -> Iterator[tuple[int, Facts | None]]:
    """Have the workers of a place look at what is left; gives positions, and None where none could."""
    positions = looking.left
    files = [(at, looking.inputs[at]) for at in positions]
    calls = [(source, Chunk(at, at, 0, 1, source.size or 0)) for at, source in files]
    looking.mark()
    due = time.monotonic() + HERE
    with closing(backend.run(work, calls, stop)) as results:
        for number, part in results:
            found = None if isinstance(part, ChunkFailed) else part.value
            yield positions[number], found if isinstance(found, Facts) else None
            if time.monotonic() > due:
                looking.count()
                due = time.monotonic() + HERE
