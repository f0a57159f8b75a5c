"""Answers that come piece by piece: rows as they are found, events as they happen; a closed page ends it."""

import asyncio
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from tornado import web

from vre_dm.errors import Busy
from vre_dm.lake.lake import Lake
from vre_dm.server.answers import document_of
from vre_dm.server.base import Gone, Handler, to_json
from vre_dm.server.lakes import OpenLake

ROWS = "application/x-ndjson"
EVENTS = "text/event-stream"
_KEEP_ALIVE = 15.0  # seconds without an event after which a comment shows that the server is there
_STILL_HERE = ":\n\n"

Row = dict[str, Any]


@dataclass
class Rows:
    """Rows as they are found.

    Attributes
    ----------
    batches
        Read once, in threads of the lake.
    left_out
        Names that no safe `Did` can hold; may grow while the batches are read.
    """

    batches: Iterable[list[Row]]
    left_out: list[str]


class Lines:
    """Lines of an answer, read in threads and closed in any: one that is looked for then is the last.

    Parameters
    ----------
    lines
        Asks a lake, also ahead of who reads, until it is closed.
    """

    def __init__(self, lines: Generator[str, None, None]) -> None:
        self._lines, self._turn, self._over = lines, threading.Lock(), False

    def next(self) -> str | None:
        """Look for the next line; None at the end."""
        with self._turn:
            line = next(self._lines, None)
        if self._over:
            self.close()
        return line

    def close(self) -> None:
        """End them; without waiting for a lake that may hang: who waits for it does it then."""
        self._over = True
        if self._turn.acquire(blocking=False):
            try:
                self._lines.close()
            finally:
                self._turn.release()


class _StreamingHandler(Handler):
    asked_by = frozenset({"empty"})  # each open stream holds one of the six connections of a browser

    @contextmanager
    def counted(self, kind: str) -> Iterator[None]:
        """Count an open stream of this kind.

        Raises
        ------
        Busy
            Too many are open.
        """
        count = self.app.open_streams
        if count[kind] >= self.app.streams:
            msg = f"{self.app.streams} streams of {kind} are open already; close a page of JupyterLab"
            raise Busy(msg, retry_after=10)
        count[kind] += 1
        try:
            yield
        finally:
            count[kind] -= 1


class RowsHandler(_StreamingHandler):
    """Answers with lines of JSON: ``{"rows": […]}`` …, then ``{"done": true, "total": …}`` or an error."""

    async def stream(self, question: Callable[[Lake], Rows]) -> None:
        """Send rows as they are found; the next ones are looked for when these have left.

        What is wrong with the question becomes an ordinary error, as long as nothing was sent.

        Raises
        ------
        Busy
            Too many such streams are open.
        """
        with self.counted("rows"):
            await self._stream(question)
        self.finish(set_content_type=ROWS)

    async def _stream(self, question: Callable[[Lake], Rows]) -> None:
        open_lake = await self.open_lake()
        lines = await self.ask_of(open_lake, lambda lake: Lines(_lines(question(lake), self.app.page_size)))
        try:
            line = await self.ask_of(open_lake, lambda _: lines.next())
            self.set_header("Content-Type", ROWS)
            while line is not None:
                await self.send(line)
                line = await self._next(open_lake, lines)
        finally:
            with suppress(Busy):  # then it ends when nobody holds it any more
                open_lake.pool.submit(lines.close)

    async def _next(self, open_lake: OpenLake, lines: "Lines") -> str | None:
        """Next line; what goes wrong now becomes the last one, since the status was sent."""
        try:
            return await self.ask_of(open_lake, lambda _: lines.next())
        except Gone:
            raise
        except Exception as error:  # whatever it is: after the status only a line can tell the client
            self.log_exception(*sys.exc_info())
            await self.send(to_json(document_of(error)) + "\n")
            return None


@dataclass(frozen=True)
class Event:
    """One server-sent event.

    Attributes
    ----------
    name, data
        Its kind, and what it tells as JSON.
    id
        From where a client that was cut off goes on; empty where it cannot.
    """

    name: str
    data: Any
    id: str = ""

    def __str__(self) -> str:
        head = f"id: {self.id}\n" if self.id else ""
        return f"{head}event: {self.name}\ndata: {to_json(self.data)}\n\n"


class EventsHandler(_StreamingHandler):
    """Answers with server-sent events for as long as the client listens."""

    _track_activity = False  # an open page is no work: an idle server may be stopped

    @property
    def last_id(self) -> str:
        """Id of the last event that the client has; empty at first."""
        return self.request.headers.get("Last-Event-ID", "")

    def refuse_elements(self) -> None:
        """Answer scripts, and where the browser does not tell those from a video, who asks for events."""
        super().refuse_elements()
        if (
            EVENTS not in self.request.headers.get("Accept", "")
            and "Sec-Fetch-Dest" not in self.request.headers
        ):
            raise web.HTTPError(406, f"this address tells events; ask for them with Accept: {EVENTS}")

    async def follow(self, events: AsyncGenerator[Event, None]) -> None:
        """Send events until they end or the client goes; `events` is then closed.

        Raises
        ------
        Busy
            Too many streams are open.
        """
        with self.counted("events"):
            try:
                self.set_header("Content-Type", EVENTS)
                self.set_header("X-Accel-Buffering", "no")  # a proxy must not wait for more
                await self.send(_STILL_HERE)
                while not self.gone and (event := await self._next(events)):
                    await self.send(str(event))
            finally:
                await events.aclose()
        self.finish(set_content_type=EVENTS)

    async def _next(self, events: AsyncGenerator[Event, None]) -> Event | None:
        """Next event; None at the end, or when the client goes."""
        self.waits_for = following = asyncio.ensure_future(_following(events))
        try:
            while not (await asyncio.wait({following}, timeout=_KEEP_ALIVE))[0]:
                await self.send(_STILL_HERE)
            return None if following.cancelled() else following.result()
        finally:
            self.waits_for = None
            following.cancel()


async def _following(events: AsyncGenerator[Event, None]) -> Event | None:
    return await anext(events, None)


def _lines(rows: Rows, size: int) -> Generator[str, None, None]:
    total = 0
    for batch in rows.batches:
        total += len(batch)
        for start in range(0, len(batch), size):
            yield to_json({"rows": batch[start : start + size]}) + "\n"
    yield to_json({"done": True, "total": total, "left_out": rows.left_out}) + "\n"
