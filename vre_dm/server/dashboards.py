"""The dashboards of clusters, for who is logged in to this server: of themselves they ask nobody for a login.

Only reading is passed on, and nothing of the login here: neither cookies nor tokens reach a cluster.
"""

import asyncio
import re
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.httpclient import HTTPClientError, HTTPRequest, HTTPResponse
from tornado.websocket import (
    WebSocketClientConnection,
    WebSocketClosedError,
    WebSocketError,
    WebSocketHandler,
    websocket_connect,
)

from vre_dm.compute import cluster as clusters
from vre_dm.compute.cluster.folder import default_root
from vre_dm.errors import Busy, InvalidRequest, NoCluster
from vre_dm.server.clusters import NAME, ClusterHandler

_PARTS = frozenset({"script", "style", "image", "font", "websocket"})  # of a page, as Sec-Fetch-Dest says
_KNOWN_FOR = 10.0  # seconds: a page asks for dozens of files at once, and a gateway is far
_CONNECT, _ANSWER = 5.0, 30.0  # seconds
LARGEST = 32 * 2**20
"""Bytes of one message or file of a dashboard."""

_PASSED_ON = ("Accept", "Accept-Language", "If-None-Match", "If-Modified-Since")
_PASSED_BACK = ("Etag", "Last-Modified")
_FIXED = ("static/", "statics/")  # files of Bokeh and Dask, which change with their versions only
_QUERY = frozenset({"key", "resources", "v"})  # beside those of Bokeh; others are this server's, as its token
_POLICY = (
    "default-src {own} data: blob: 'unsafe-inline' 'unsafe-eval'; connect-src {own}; object-src 'none'; "
    "frame-src 'none'; worker-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-scripts allow-same-origin"
)
"""Dask's pages need scripts within them, and storage. Nothing but the dashboard is asked for anything: what a
cluster writes into its pages would else act as the user who looks at them."""
_Method = Callable[..., Coroutine[Any, Any, None]]
_acting: Callable[[_Method], _Method] = authorized("execute")  # as the channels of a kernel
_TOP = re.compile(r".*?/vre-dm/api/clusters/[^/]+/dashboard/")
_HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]+)?")  # that a policy can name


class Addresses:
    """Where dashboards are; safe to share between threads.

    Of this machine they are looked up each time: another process may have the port of one that ended. Those
    of a gateway are kept for a moment.
    """

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
        if here := clusters.LocalCluster.attached(default_root(), name):
            return _pages(name, here.dashboard)
        now = time.monotonic()
        with self._lock:
            self._known = {key: pair for key, pair in self._known.items() if now - pair[0] < _KNOWN_FOR}
            if name in self._known:
                return self._known[name][1]
        there = (one for one in clusters.clusters() if (one.name, one.kind) == (name, "gateway"))
        base = _pages(name, next((one.dashboard for one in there), ""))
        with self._lock:
            self._known[name] = now, base
        return base

    def forget(self, name: str) -> None:
        """Look one up again: it ended, or does not answer."""
        with self._lock:
            self._known.pop(name, None)


class _DashboardHandler(ClusterHandler):
    asked_by = ClusterHandler.asked_by | _PARTS

    def refuse_elements(self) -> None:
        """Answer a page that was opened from this server or by hand, and its own parts."""
        super().refuse_elements()
        headers = self.request.headers
        part, site = headers.get("Sec-Fetch-Dest") in _PARTS, headers.get("Sec-Fetch-Site")
        if site is None and not part:  # an old browser, or none
            fits = "Referer" not in headers or self.check_referer()
        else:
            fits = site == "same-origin" or (site == "none" and not part)
        if not fits:
            raise web.HTTPError(403, "this address answers pages of this server only")

    @property
    def content_security_policy(self) -> str:
        """What such a page may load."""
        top, host = _TOP.match(self.request.path), self.request.host
        if top is None or not _HOST.fullmatch(host):  # an address of IPv6
            return _POLICY.format(own="'self'")
        below = host + quote(top[0], safe="/%:@!$&()*+=~")  # the browser also lets https and wss pass
        return _POLICY.format(own=f"http://{below} ws://{below}")

    def asked_for(self, name: str) -> tuple[str, str]:
        """Address here of all pages of a cluster, and what is asked for below it, both as written."""
        head, mark, page = self.request.path.partition(f"/clusters/{name}/dashboard/")
        if not _stays_below(page):
            msg = "this is no page of a dashboard; open it from the list of clusters"
            raise InvalidRequest(msg)
        return head + mark, page

    async def there(self, name: str, page: str) -> tuple[str, str]:
        """Address at the cluster of all its pages, and of this one."""
        base = await self.of_clusters(lambda: self.app.dashboards.of(name)) + "/"
        return base, f"{base}{page}{_query(self.request.query)}"

    def mute(self, name: str, error: Exception) -> NoCluster:
        """A dashboard does not answer."""
        self.app.dashboards.forget(name)
        msg = (
            f"the dashboard of {name} does not answer ({type(error).__name__}); the list says whether it runs"
        )
        return NoCluster(msg)


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
            return await self.app.dashboard_client.fetch(request, raise_error=False)
        except (OSError, HTTPClientError) as error:
            raise self.mute(name, error) from None


class DashboardSocketHandler(WebSocketHandler, _DashboardHandler):
    """The connection by which a page of a dashboard lives."""

    max_message_size = LARGEST
    check_origin = WebSocketMixin.check_origin  # as all sockets of Jupyter Server

    @_acting
    async def get(self, name: str, page: str) -> None:
        """Join the page with the cluster until one of them goes."""
        if self.request.headers.get("Upgrade", "").lower() != "websocket":
            msg = "this address is that of a WebSocket; open the dashboard from the list of clusters"
            raise InvalidRequest(msg)
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
            return await websocket_connect(request, subprotocols=protocols, max_message_size=LARGEST)
        except (OSError, HTTPClientError, WebSocketError) as error:
            raise self.mute(name, error) from None

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


def _pages(name: str, address: str) -> str:
    if not address.startswith(("http://", "https://")):
        msg = f"the cluster {name} shows no dashboard now; it may still be starting: try again shortly"
        raise NoCluster(msg)
    return address.rpartition("/")[0] if address.endswith("/status") else address.rstrip("/")


def _query(said: str) -> str:
    """Of a query, what Dask and Bokeh ask for."""
    pairs = parse_qsl(said, keep_blank_values=True)
    kept = [(name, text) for name, text in pairs if name in _QUERY or name.startswith("bokeh-")]
    return f"?{urlencode(kept)}" if kept else ""


def _stays_below(page: str) -> bool:
    """Whether an address below another one, as written, leads nowhere above it."""
    plain = unquote(page)
    return plain.isprintable() and {".", ".."}.isdisjoint(plain.replace("\\", "/").split("/"))


def _moved(name: str, there: str, base: str, here: str) -> str:
    """Address here of what a cluster says lies elsewhere on it."""
    page = there.removeprefix(base)
    if not there.startswith(base) or not _stays_below(page.partition("?")[0].partition("#")[0]):
        msg = f"the dashboard of {name} leads to another place; open it from the list of clusters"
        raise NoCluster(msg)
    return here + page


ROUTES = [
    (f"{NAME}/dashboard/(.*)/ws", DashboardSocketHandler),
    (f"{NAME}/dashboard/(.*)", DashboardHandler),
]
