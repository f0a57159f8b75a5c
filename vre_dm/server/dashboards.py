"""The dashboards of clusters, for who is logged in to this server: of themselves they ask nobody for a login.

Only reading is passed on, and nothing of the login here: neither cookies nor tokens reach a cluster.
"""

import asyncio
import threading
import time
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urljoin

from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.websocket import (
    WebSocketClientConnection,
    WebSocketClosedError,
    WebSocketError,
    WebSocketHandler,
    websocket_connect,
)

from vre_dm.compute import cluster as clusters
from vre_dm.errors import Busy, InvalidRequest, NoCluster
from vre_dm.server.clusters import NAME, ClusterHandler

_PARTS = frozenset({"script", "style", "image", "font", "websocket"})  # of a page, as Sec-Fetch-Dest says
_KNOWN_FOR = 10.0  # seconds: a page asks for dozens of files at once
_CONNECT, _ANSWER = 5.0, 30.0  # seconds
_LARGEST = 32 * 2**20  # bytes of one message
_PASSED_ON = ("Accept", "Accept-Language", "If-None-Match", "If-Modified-Since")
_PASSED_BACK = ("Etag", "Last-Modified")
_FIXED = ("static/", "statics/")  # files of Bokeh and Dask, which change with their versions only
_POLICY = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
"""Dask's pages need scripts within them; no other host is asked for anything."""


class Addresses:
    """Where dashboards are, kept for a moment; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, str]] = {}

    def of(self, name: str) -> str:
        """Address of the pages of a cluster, without a slash at its end.

        Raises
        ------
        NoCluster
            There is no such cluster, or it has no pages now.
        """
        now = time.monotonic()
        with self._lock:
            self._known = {key: pair for key, pair in self._known.items() if now - pair[0] < _KNOWN_FOR}
            if name in self._known:
                return self._known[name][1]
        address = next((one.dashboard for one in clusters.clusters() if one.name == name), "")
        if not address.startswith(("http://", "https://")):
            msg = f"the cluster {name} shows no dashboard now; it may still be starting: try again shortly"
            raise NoCluster(msg)
        base = address.rpartition("/")[0] if address.endswith("/status") else address.rstrip("/")
        with self._lock:
            self._known[name] = now, base
        return base


class _DashboardHandler(ClusterHandler):
    asked_by = ClusterHandler.asked_by | _PARTS

    def refuse_elements(self) -> None:
        """Answer a page that was opened, and its own parts."""
        super().refuse_elements()
        headers = self.request.headers
        if headers.get("Sec-Fetch-Dest") in _PARTS and headers.get("Sec-Fetch-Site") != "same-origin":
            raise web.HTTPError(403, "this address answers pages of this server only")

    @property
    def content_security_policy(self) -> str:
        """What such a page may load."""
        return _POLICY

    def asked_for(self, name: str) -> tuple[str, str]:
        """Address here of all pages of a cluster, and what is asked for below it, both as written."""
        head, mark, page = self.request.path.partition(f"/clusters/{name}/dashboard/")
        parts = unquote(page).replace("\\", "/").split("/")
        if not unquote(page).isprintable() or not {".", ".."}.isdisjoint(parts):
            msg = "this is no page of a dashboard; open it from the list of clusters"
            raise InvalidRequest(msg)
        return head + mark, page

    async def there(self, name: str, page: str) -> tuple[str, str]:
        """Address at the cluster of all its pages, and of this one."""
        base = await self.of_clusters(lambda: self.app.dashboards.of(name)) + "/"
        query = f"?{self.request.query}" if self.request.query else ""
        return base, f"{base}{page}{query}"


class DashboardHandler(_DashboardHandler):
    """A page of a dashboard, or a part of one."""

    async def get(self, name: str, _: str) -> None:
        """Give it as the cluster has it."""
        here, page = self.asked_for(name)
        base, address = await self.there(name, page)
        answer = await self._asked(name, address)
        if self.gone:
            return
        self.set_status(answer.code)
        for header in _PASSED_BACK:
            if header in answer.headers:
                self.set_header(header, answer.headers[header])
        if page.startswith(_FIXED) and answer.code == 200:
            self.set_header("Cache-Control", "private, max-age=3600")
        if "Location" in answer.headers:
            self.set_header(
                "Location", _moved(name, urljoin(address, answer.headers["Location"]), base, here)
            )
        kind = answer.headers.get("Content-Type", "application/octet-stream")
        self.finish(None if answer.code in (204, 304) else answer.body, set_content_type=kind)

    async def _asked(self, name: str, address: str) -> HTTPResponse:
        said = {header: text for header in _PASSED_ON if (text := self.request.headers.get(header))}
        request = HTTPRequest(
            address,
            headers=said,
            follow_redirects=False,
            connect_timeout=_CONNECT,
            request_timeout=_ANSWER,
            decompress_response=True,
        )
        try:
            return await AsyncHTTPClient().fetch(request, raise_error=False)
        except (OSError, HTTPClientError) as error:
            raise _mute(name, error) from None


class DashboardSocketHandler(WebSocketHandler, _DashboardHandler):
    """The connection by which a page of a dashboard lives."""

    max_message_size = _LARGEST
    check_origin = WebSocketMixin.check_origin  # as all sockets of Jupyter Server

    async def get(self, name: str, page: str) -> None:
        """Join the page with the cluster until one of them goes."""
        _, wanted = self.asked_for(name)
        _, address = await self.there(name, wanted)
        count = self.app.open_streams
        if count["dashboards"] >= self.app.streams:
            msg = f"{self.app.streams} pages of dashboards are open already; close one"
            raise Busy(msg, retry_after=10)
        count["dashboards"] += 1
        try:
            self._cluster = await self._joined(name, address)
            try:
                await super().get(name, page)
            finally:
                self._cluster.close()
        finally:
            count["dashboards"] -= 1

    async def _joined(self, name: str, address: str) -> WebSocketClientConnection:
        spoken = self.request.headers.get("Sec-WebSocket-Protocol", "")
        request = HTTPRequest("ws" + address.removeprefix("http"), connect_timeout=_CONNECT)
        protocols = [protocol.strip() for protocol in spoken.split(",") if protocol.strip()]
        try:
            return await websocket_connect(request, subprotocols=protocols, max_message_size=_LARGEST)
        except (OSError, HTTPClientError, WebSocketError) as error:
            raise _mute(name, error) from None

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Speak what the cluster chose."""
        chosen = self._cluster.selected_subprotocol
        return chosen if chosen in subprotocols else None

    def open(self, *_: Any, **__: Any) -> None:
        """Begin to tell the page what the cluster says."""
        self._telling = asyncio.ensure_future(self._tell())

    async def on_message(self, message: str | bytes) -> None:
        """Tell the cluster what the page says; the next is read when this has left."""
        with suppress(WebSocketClosedError):
            await self._cluster.write_message(message, binary=isinstance(message, bytes))

    async def _tell(self) -> None:
        with suppress(WebSocketClosedError):
            while (message := await self._cluster.read_message()) is not None:
                await self.write_message(message, binary=isinstance(message, bytes))
        self.close()

    def on_connection_close(self) -> None:
        """Let both sides know."""
        _DashboardHandler.on_connection_close(self)
        WebSocketHandler.on_connection_close(self)


def _moved(name: str, there: str, base: str, here: str) -> str:
    """Address here of what a cluster says lies elsewhere on it."""
    if not there.startswith(base):
        msg = f"the dashboard of {name} leads to another server; open it from the list of clusters"
        raise NoCluster(msg)
    return here + there.removeprefix(base)


def _mute(name: str, error: Exception) -> NoCluster:
    msg = f"the dashboard of {name} does not answer ({type(error).__name__}); the list says whether it runs"
    return NoCluster(msg)


ROUTES = [
    (f"{NAME}/dashboard/(.*)/ws", DashboardSocketHandler),
    (f"{NAME}/dashboard/(.*)", DashboardHandler),
]
