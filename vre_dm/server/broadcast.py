"""What all pages are told: watched once for any number of them, and by nobody while no page listens."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager

from vre_dm.server.streams import Event

Key = tuple[str, str]
READY: Key = ("ready", "")
"""What is told last of how things stand: that all was told."""


class Mailbox:
    """Events that one page has not read: of each thing the newest, so who reads slowly fills no memory."""

    def __init__(self) -> None:
        self._waiting: dict[Key, Event] = {}
        self._new = asyncio.Event()

    def put(self, key: Key, event: Event) -> None:
        """Add an event; it replaces one about the same."""
        self._waiting.pop(key, None)  # to the end: it is told in the order in which things happened
        self._waiting[key] = event
        self._new.set()

    async def events(self) -> AsyncGenerator[Event, None]:
        """Give them as they come, for ever."""
        while True:
            await self._new.wait()
            self._new.clear()
            while self._waiting:
                yield self._waiting.pop(next(iter(self._waiting)))


class Broadcast:
    """One watcher and its listeners; who comes later is told how things stand.

    Parameters
    ----------
    watch
        Runs while somebody listens, and tells what it sees to the broadcast that it is given.
    """

    def __init__(self, watch: "Callable[[Broadcast], Coroutine[None, None, None]]") -> None:
        self._watch = watch
        self._boxes: set[Mailbox] = set()
        self._stands: dict[Key, Event] = {}
        self._task: asyncio.Task[None] | None = None
        self._nudge = asyncio.Event()

    def tell(self, key: Key, event: Event, *, stands: bool = True) -> None:
        """Tell all who listen.

        Parameters
        ----------
        key
            What it is about: a newer event about the same replaces it where it was not read yet.
        stands
            Whether it says how things stand, and not only what happened.
        """
        if stands:
            self._stands[key] = event
        else:
            self._stands.pop(key, None)
        for box in self._boxes:
            box.put(key, event)

    @contextmanager
    def heard_by(self, box: Mailbox) -> Iterator[None]:
        """Tell a mailbox how things stand, and what comes."""
        for key, event in sorted(self._stands.items(), key=lambda pair: pair[0] == READY):
            box.put(key, event)
        self._boxes.add(box)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._watch(self))
        try:
            yield
        finally:
            self._boxes.discard(box)
            if not self._boxes and self._task is not None:
                self._task.cancel()
                self._task = None
                self._stands.clear()

    def look_now(self) -> None:
        """Let the watcher look sooner than it would: something was changed."""
        self._nudge.set()

    async def pause(self, seconds: float) -> bool:
        """Wait so long, or until somebody wants a look now; says whether somebody does."""
        try:
            await asyncio.wait_for(self._nudge.wait(), seconds)
        except TimeoutError:
            return False
        self._nudge.clear()
        return True


async def together(*casts: Broadcast) -> AsyncGenerator[Event, None]:
    """What several of them tell, as one stream."""
    box = Mailbox()
    with ExitStack() as stack:
        for cast in casts:
            stack.enter_context(cast.heard_by(box))
        async for event in box.events():
            yield event
