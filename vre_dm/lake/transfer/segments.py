"""A large file in several streams: a further one is tried while much is left, and kept if it pays."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import httpx

from vre_dm.lake.transfer.answers import refuse_other_range
from vre_dm.lake.transfer.blocks import Blocks
from vre_dm.lake.transfer.climb import Climb
from vre_dm.lake.transfer.context import Context
from vre_dm.lake.transfer.failures import SourceFailed, Stopped
from vre_dm.lake.transfer.part import Part
from vre_dm.lake.transfer.pulse import Pulse
from vre_dm.lake.transfer.sources import Source

_WINDOW = 1.0  # seconds over which the throughput is judged
_LOOK = 0.1  # seconds between two looks at a stream that is waited for
_LONG = 5.0  # seconds to go from which a further stream is worth its connection


class Rate:
    """Throughput of a file in windows of a second."""

    def __init__(self, clock: Callable[[], float], size: int) -> None:
        self._clock, self._since, self._size = clock, clock(), size

    def ended(self, size: int) -> float | None:
        """Bytes per second of the window that has ended just now, if one has; ``size`` is here by now."""
        spent = self._clock() - self._since
        if spent < _WINDOW:
            return None
        rate = (size - self._size) / spent
        self._since, self._size = self._clock(), size
        return rate


def is_worth_splitting(part: Part, rate: float, block: int) -> bool:
    """Whether so much of a file is left, and so safely judged at its end, that further streams may pay."""
    if part.one_stream or part.expected.size is None or not part.expected.has_checksum:
        return False
    left = part.expected.size - part.size
    return left >= 2 * block and left > _LONG * rate


class ObjectChanged(SourceFailed):
    """What a server has by this name now is not what the bytes so far came from."""


class Filling:
    """Streams of one source that fill the blocks of one part: one from the front, others from the back.

    Parameters
    ----------
    moved
        Called with the number of bytes that came, from any of the threads.
    """

    def __init__(self, source: Source, part: Part, context: Context, moved: Callable[[int], None]) -> None:
        self._source, self._url, self._part, self._context = source, source.url or "", part, context
        self._moved = moved
        self._blocks: Blocks = part.blocks or part.split(context.policy.block)
        self._climb = Climb(1, context.policy.threads)
        self._rate = Rate(context.pace.clock, part.size)
        self._taken: set[int] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()  # no block more
        self._cut = threading.Event()  # no byte more
        self._fatal: BaseException | None = None
        self._helpers: list[threading.Thread] = []

    def go_on(self, rest: Iterable[bytes], rate: float) -> None:
        """Use an open answer up to the first block that another stream has.

        Parameters
        ----------
        rest
            What the answer still sends, from where the part ended.
        rate
            Bytes per second so far.
        """
        index = self._take(front=True)
        with self._watched(), self._pulse() as pulse:
            self._climb.judge(rate)
            self._call_help()
            try:
                for chunk in rest:
                    index = self._spread(index, chunk, pulse)
                    if index is None:
                        break
            finally:
                if index is not None:
                    self._give_back(index)

    def finish(self) -> None:
        """Have every block that lacks bytes, then merge them.

        Raises
        ------
        SourceFailed
            The source failed; what came is kept.
        """
        with self._watched():
            self._work(front=True)
            self._over.set()
            self._join()
            if self._fatal is None:
                self._cut.clear()
            self._work(front=True)  # what a helper gave up
            if self._fatal is not None:
                raise self._fatal
            self._part.merge(self._context.stop)

    def _spread(self, index: int | None, chunk: bytes, pulse: Pulse) -> int | None:
        """Write bytes of an answer that runs over blocks; give the one reached, None if it must end."""
        while chunk and index is not None:
            here = chunk[: self._blocks.length(index) - self._blocks.done[index]]
            self._write(index, here, pulse)
            chunk = chunk[len(here) :]
            if self._blocks.whole(index):
                index = self._next(index)
        return index

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """What ends the front stream ends the others after their block; the worst cause is raised."""
        try:
            yield
        except BaseException as error:
            self._over.set()
            self._join()
            if self._fatal is not None and self._fatal is not error:
                raise self._fatal from error
            raise

    def _work(self, *, front: bool) -> None:
        while (front or self._wanted()) and (index := self._take(front=front)) is not None:
            try:
                self._have(index)
            finally:
                self._give_back(index)

    def _have(self, index: int) -> None:
        """Ask for the rest of one block."""
        blocks, part = self._blocks, self._part
        first = index * blocks.block
        start, end = first + blocks.done[index], first + blocks.length(index)
        headers = {"Range": f"bytes={start}-{end - 1}"}
        with self._context.connections.request("GET", self._url, headers) as response, self._pulse() as pulse:
            refuse_other_range(response, part, start, end)
            self._refuse_change(response)
            for chunk in response.iter_raw():
                if len(chunk) > blocks.length(index) - blocks.done[index]:
                    msg = "more bytes came than asked"
                    raise SourceFailed(msg, tries=2)
                self._write(index, chunk, pulse)
        if not blocks.whole(index):
            msg = f"the answer ended after {first + blocks.done[index] - start} of {end - start} bytes"
            raise SourceFailed(msg, tries=None)

    def _refuse_change(self, response: httpx.Response) -> None:
        """Refuse a piece of another object; whatever a server does not say, the checksum finds at the end."""
        etag, origin = response.headers.get("etag", ""), self._part.origin
        if origin is not None and origin[0] == self._url and etag.startswith('"') and etag != origin[1]:
            msg = "the object changed meanwhile; begun again"
            raise ObjectChanged(msg, tries=None)

    def _write(self, index: int, chunk: bytes, pulse: Pulse) -> None:
        self._context.check()
        if self._cut.is_set():
            raise Stopped
        self._blocks.write(index, chunk)
        if not pulse(len(chunk)):
            return
        with self._lock:
            rate = self._rate.ended(self._part.size)
            if rate is not None:
                self._climb.judge(rate)
        if rate is not None and is_worth_splitting(self._part, rate, self._blocks.block):
            self._call_help()

    def _pulse(self) -> Pulse:
        return Pulse(self._context.policy, self._context.pace.clock, self._moved)

    def _take(self, *, front: bool) -> int | None:
        """Take the first, or last, block that lacks bytes and that no stream has."""
        with self._lock:
            count = len(self._blocks.done)
            order = range(count) if front else reversed(range(count))
            index = next((at for at in order if at not in self._taken and not self._blocks.whole(at)), None)
            if index is not None:
                self._taken.add(index)
            return index

    def _next(self, index: int) -> int | None:
        """Exchange a whole block for the one after it, if that is free and empty."""
        with self._lock:
            self._taken.discard(index)
            after = index + 1
            if after >= len(self._blocks.done) or after in self._taken or self._blocks.done[after]:
                return None
            self._taken.add(after)
            return after

    def _give_back(self, index: int) -> None:
        self._blocks.save(index)
        with self._lock:
            self._taken.discard(index)

    def _wanted(self) -> bool:
        """Whether a helper shall take one more block."""
        alive = sum(helper.is_alive() for helper in self._helpers)
        return not (self._over.is_set() or self._cut.is_set()) and alive < self._climb.limit

    def _call_help(self) -> None:
        with self._lock:
            self._helpers = [helper for helper in self._helpers if helper.is_alive()]
            if len(self._helpers) + 1 < self._climb.limit and not self._over.is_set():
                helper = threading.Thread(target=self._help, daemon=True)
                self._helpers.append(helper)
                helper.start()

    def _help(self) -> None:
        try:
            with self._context.hosts.further(self._source) as room:
                if room:
                    self._work(front=False)
        except SourceFailed:
            with self._lock:
                self._climb.halve()  # the stream from the front meets the fault itself, if it lasts
        except Stopped:
            pass
        except BaseException as error:  # carried to the thread of the file
            self._fatal = error
            self._cut.set()

    def _join(self) -> None:
        """Wait for the others to end their blocks; one that takes too long leaves the rest to this thread."""
        clock, patience = self._context.pace.clock, self._context.policy.stall_timeout
        until = clock() + patience
        while alive := [helper for helper in self._helpers if helper.is_alive()]:
            alive[0].join(_LOOK)
            if clock() > until or self._context.stop.is_set():
                self._cut.set()
