"""What every handler has: the login at this server, questions that block no other, errors in JSON."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web
from tornado.http1connection import HTTP1Connection
from tornado.iostream import StreamClosedError

from vre_dm import strict_json
from vre_dm.did import Did, shown
from vre_dm.errors import InvalidConfiguration, InvalidDid, InvalidRequest, TooLarge, Unreachable, VreDmError
from vre_dm.lake.lake import Lake
from vre_dm.pool import Pool
from vre_dm.server import openapi
from vre_dm.server.answers import document, document_of, status_of
from vre_dm.server.below import Shown
from vre_dm.server.lakes import OpenLake
from vre_dm.server.launching import Launches

if TYPE_CHECKING:
    from vre_dm.server.app import VreDm

T = TypeVar("T")

_METHODS = ("get", "head", "post", "put", "patch", "delete")
_READS_FOR = 60.0  # seconds that a client may leave an answer unread


class Gone(Exception):
    """The client closed the connection: nobody waits for the answer."""


class Handler(APIHandler):
    """Base of every handler; a subclass writes ``async def get(self)`` and the like.

    Each such method is reached by authenticated and authorized users only, without it saying so, and changing
    ones with the server's XSRF token only, as everywhere in Jupyter Server.
    """

    auth_resource = "vre_dm"
    largest_body = 20_000  # bytes; checking a body keeps every other request waiting
    asked_by = frozenset({"empty", "document"})  # values of Sec-Fetch-Dest

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        for name in _METHODS:  # here, so that no handler can forget it
            if name in cls.__dict__:
                setattr(cls, name, web.authenticated(authorized(_until_gone(cls.__dict__[name]))))

    def initialize(self) -> None:
        """Begin a request."""
        self.gone = False
        self.waits_for: asyncio.Future[Any] | None = None  # cancelled when the client goes

    @property
    def app(self) -> "VreDm":
        """The extension, with its settings and what it keeps open."""
        app: VreDm = self.settings["vre_dm"]
        return app

    @property
    def root(self) -> Path:
        """Folder that the file browser shows."""
        return Path(self.settings["server_root_dir"]).expanduser()

    @property
    def shown(self) -> Shown:
        """What the file browser shows."""
        return Shown(self.root, self.contents_manager.allow_hidden)

    async def below(self, field: str, *paths: str) -> list[Path]:
        """Files that paths of the file browser mean, said in this field of the question; see `Shown.files`.

        Raises
        ------
        InvalidRequest
            One is none that the file browser would show.
        """
        return await self.here(partial(self.shown.files, paths, field))

    def set_default_headers(self) -> None:
        """Let nobody on the way keep an answer, which is the user's own."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    def refuse_elements(self) -> None:
        """Answer scripts, and who types an address: an image or a video of a notebook asks for nothing good.

        Raises
        ------
        tornado.web.HTTPError
            An element of a page asks.
        """
        if self.request.headers.get("Sec-Fetch-Dest", "empty") not in self.asked_by:
            raise web.HTTPError(403, "this address answers scripts, no element of a page")

    # ---- asking

    async def ask(self, question: Callable[[Lake], T]) -> T:
        """Put a question to the lake of this request (``?lake=``), in one of that lake's threads.

        Raises
        ------
        Busy
            Too many questions wait already, or the embedded lake is being started.
        Unreachable
            The lake did not answer in the time that a question has.
        """
        return await self.ask_of(await self.open_lake(), question)

    async def ask_of(self, open_lake: OpenLake, question: Callable[[Lake], T]) -> T:
        """Put a question to a lake that was chosen already; as `ask`."""
        what = f"the lake {open_lake.name}"
        try:
            return await self._within(open_lake.pool, lambda: question(open_lake.lake()), what)
        except Unreachable:
            self.app.lake_events(open_lake.name).look_now()  # every page is to hear of it soon
            raise

    async def ask_about(self, did: Did, question: Callable[[Lake], T]) -> T:
        """Put a question about a DID; as `ask`, and with `OpenLake.about`."""
        open_lake = await self.open_lake()

        def asked(lake: Lake) -> T:
            with open_lake.about(did):
                return question(lake)

        return await self.ask_of(open_lake, asked)

    async def here(self, call: Callable[[], T]) -> T:
        """Do what blocks but asks no lake, such as reading this machine's disk."""
        return await self._within(self.app.here, call, "this machine's disk")

    async def begin(self, start: Callable[[Launches], T]) -> T:
        """Start a job: in threads that no question needs, and for as long as `Launches.launch` waits for it.

        What runs goes on when the page is closed meanwhile: the job is in the list then.
        """
        starts = self.app.launches
        return await self._within(starts.pool, lambda: start(starts), "the start of the job", bounded=False)

    async def open_lake(self) -> OpenLake:
        """Lake of this request, which may not have been asked anything yet."""
        with self.blaming({InvalidConfiguration: "lake" if self._named else None}):
            return await self.here(partial(self.app.lakes.named, self._named))

    @property
    def _named(self) -> str | None:
        return self.get_query_argument("lake", None) or None

    async def _within(self, pool: Pool, call: Callable[[], T], who: str, *, bounded: bool = True) -> T:
        if self.gone:
            raise Gone
        self.waits_for = asyncio.wrap_future(pool.submit(call))
        try:
            # At the end of patience what still waits is taken back; what runs ends by itself.
            answer: T = await asyncio.wait_for(self.waits_for, self.app.patience if bounded else None)
        except TimeoutError:
            msg = f"{who} has not answered for {self.app.patience:g} s; try again, or see vre-dm doctor"
            raise Unreachable(msg) from None
        except asyncio.CancelledError:
            if self.gone:
                raise Gone from None
            raise
        finally:
            self.waits_for = None
        return answer

    def on_connection_close(self) -> None:
        """Take the question back that nobody waits for any more."""
        self.gone = True
        if self.waits_for is not None:
            self.waits_for.cancel()

    # ---- what was sent

    def text(self, name: str, default: str | None = None) -> str:
        """Parameter of the query, as it is.

        Raises
        ------
        InvalidRequest
            It is missing and has no default, or is no text.
        """
        said = self.texts(name)
        if not said and default is None:
            msg = f"the request lacks {name}"
            raise InvalidRequest(msg, field=name)
        return said[-1] if said else str(default)

    def texts(self, name: str) -> list[str]:
        """Every value of a parameter that may be said several times.

        Raises
        ------
        InvalidRequest
            One is no text.
        """
        try:
            return self.get_query_arguments(name, strip=False)
        except web.HTTPError:
            msg = f"{name} is no text in UTF-8"
            raise InvalidRequest(msg, field=name) from None

    def choice(self, name: str, allowed: Collection[str], default: str) -> str:
        """One of a few words in the query; the default where it is missing or empty.

        Raises
        ------
        InvalidRequest
            It is another word.
        """
        said = self.text(name, "") or default
        if said not in allowed:
            msg = f"{name} is {shown(said)}; use one of {', '.join(allowed)}"
            raise InvalidRequest(msg, field=name)
        return said

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        """Whole number in the query.

        Raises
        ------
        InvalidRequest
            It is none, or too small or too large.
        """
        number = whole(self.text(name, str(default)))
        if number is None or not least <= number <= most:
            msg = f"{name} is a whole number from {least} to {most}"
            raise InvalidRequest(msg, field=name)
        return number

    def did(self, name: str = "did") -> Did:
        """DID in the query.

        Raises
        ------
        InvalidDid, InvalidRequest
            It is malformed, or missing.
        """
        with self.blaming({InvalidDid: name}):
            return Did.parse(self.text(name))

    def body(self, schema: str) -> dict[str, Any]:
        """Body of the request, checked against a schema of this name in the OpenAPI document.

        Raises
        ------
        TooLarge, InvalidRequest
            It is larger than any that makes sense, no JSON, or not as the schema says.
        """
        if len(self.request.body) > self.largest_body:
            msg = f"the request has {len(self.request.body)} bytes; at most {self.largest_body} make sense"
            raise TooLarge(msg)
        try:
            said = strict_json.loads(self.request.body)
        except (ValueError, RecursionError):
            msg = "the body of the request is no JSON"
            raise InvalidRequest(msg) from None
        fault = next(openapi.validator(schema).iter_errors(said), None)  # each one costs: the first will do
        if fault is not None:
            where = ".".join(map(str, fault.absolute_path))
            msg = f"{where or 'the body'}: {openapi.sentence(fault)}"
            raise InvalidRequest(msg, field=where or None)
        checked: dict[str, Any] = said
        return checked

    # ---- answering

    def reply(self, answer: Any, status: int = 200) -> None:
        """Answer in JSON."""
        self.set_status(status)
        self.finish(to_json(answer))

    async def send(self, text: str) -> None:
        """Send a piece of the answer; returns when it has left. Who does not read it is cut off."""
        if self.gone:
            raise Gone
        self.write(text)
        try:
            await asyncio.wait_for(self.flush(), _READS_FOR)
        except StreamClosedError:
            raise Gone from None
        except TimeoutError:
            self.cut()
            raise Gone from None

    def cut(self) -> None:
        """Close the connection: the client would take an answer that merely ends for a whole one."""
        if isinstance(self.request.connection, HTTP1Connection):
            self.request.connection.close()

    @contextmanager
    def blaming(self, fields: Mapping[type[VreDmError], str | None]) -> Iterator[None]:
        """Say which part of the question is to blame for errors of these kinds that do not say it."""
        try:
            yield
        except VreDmError as error:
            if error.field is None:
                error.field = next((field for kind, field in fields.items() if isinstance(error, kind)), None)
            raise

    def write_error(self, status_code: int, **about: Any) -> None:
        """Answer with the error as JSON."""
        error = about["exc_info"][1] if "exc_info" in about else None
        if isinstance(error, web.HTTPError) or error is None:
            said = document("Refused", getattr(error, "log_message", None) or self._reason)
        else:
            self.set_status(status_of(error))
            said = document_of(error)
        if said["retry_after"] is not None:
            self.set_header("Retry-After", str(int(said["retry_after"])))
        self.finish(to_json(said))

    def log_exception(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        """Keep traces for what is a fault of ours; a refusal is one line."""
        if isinstance(error, VreDmError):
            self.log.info("vre-dm: %s: %s", type(error).__name__, " ".join(str(error).split()))
        else:
            super().log_exception(kind, error, trace)


def _until_gone(method: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Method that answers no element of a page, and ends without a word when nobody waits any more."""

    @wraps(method)
    async def inner(handler: Handler, *arguments: str) -> None:
        handler.refuse_elements()
        with suppress(Gone):
            await method(handler, *arguments)

    return inner


def whole(said: str) -> int | None:
    """Whole number that a text says; None if it says none, or one that nothing here counts to."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 16 else None


def to_json(answer: Any) -> str:
    """One line of JSON; numbers that JSON has not are refused."""
    return json.dumps(answer, allow_nan=False, separators=(",", ":"))
