"""One request over verified TLS: redirects by hand, credentials kept on one host, sockets that can be cut."""

import contextlib
import socket
import ssl
import threading
import time
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import httpx

from vre_dm.errors import LoginRefused
from vre_dm.lake.access import Access
from vre_dm.lake.tokens.asking import unseen
from vre_dm.lake.transfer import addresses
from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.origins import Origin, address, origin, redirected
from vre_dm.lake.transfer.policy import Policy
from vre_dm.lake.transfer.sources import shown

Body = Callable[[], Iterator[memoryview]]
"""Gives the bytes of a file from the first on, each time it is called."""

_SUMMING = 300.0  # seconds: before it answers, a storage may sum or copy the whole file it got
_SHORT = 4096  # bytes of a redirect's page that are read, so that its connection can be used again


@dataclass(frozen=True, slots=True)
class _Ask:
    """What is asked for, wherever redirects lead.

    Only ``home`` gets the credentials for ``url``; nobody once another host was asked, which chooses the path
    on a way back.
    """

    method: str
    url: str
    home: Origin | None
    headers: Mapping[str, str]
    body: Body | None
    alone: bool

    def is_sent_on(self, response: httpx.Response) -> bool:
        """Whether to ask elsewhere; to what changes a file, "see other" is an answer."""
        done = response.status_code == httpx.codes.SEE_OTHER and self.method not in {"GET", "HEAD"}
        return response.has_redirect_location and not done


class Connections:
    """HTTP connections of one fetch or upload, one pool an origin; thread-safe."""

    def __init__(self, access: Access, policy: Policy) -> None:
        self._access, self._policy = access, policy
        self._clients: dict[tuple[Origin, bool, ssl.SSLContext], httpx.Client] = {}
        self._tls: dict[Origin | None, ssl.SSLContext] = {}  # of a host with credentials, and of all others
        self._sockets: dict[Origin, weakref.WeakSet[socket.socket]] = defaultdict(weakref.WeakSet)
        self._patience = policy.connect_timeout + 2 * policy.stall_timeout
        self._asked: dict[int, tuple[Origin, float]] = {}  # threads that wait for an answer, and since when
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: Body | None = None,
        *,
        alone: bool = False,
    ) -> Iterator[httpx.Response]:
        """Ask for something; the body of the answer is not read yet.

        Credentials come from the access, and go to the host of the address only, as long as it names the path
        itself.

        Parameters
        ----------
        body
            Bytes to send, begun anew at each redirect; ``headers`` has their Content-Length.
        alone
            Over a connection of its own: what a server sent behind an earlier answer is never read as this
            one, which matters where no checksum will judge the bytes.

        Raises
        ------
        SourceFailed
            The address, the connection, its certificate or a redirect failed.
        """
        here = address(url)
        at, seen = origin(here), {str(here)}
        ask = _Ask(method, url, at, headers or {}, body, alone)
        with contextlib.ExitStack() as open_responses:
            while True:
                response = open_responses.enter_context(self._answer(here, at, ask))
                if not ask.is_sent_on(response):
                    break
                here = redirected(here, response.headers.get("location", ""), seen)
                open_responses.close()
                at = self._next(here, at)
                ask = ask if at == ask.home else replace(ask, home=None)
            with _in_words(here):
                yield response

    @contextlib.contextmanager
    def _answer(self, url: httpx.URL, at: Origin, ask: _Ask) -> Iterator[httpx.Response]:
        waits = self._awaited(at) if ask.method == "GET" else contextlib.nullcontext()
        with unseen(), _in_words(url), waits:
            response = self._send(url, at, ask)
            if ask.is_sent_on(response):
                _drain(response)
        try:
            yield response
        finally:
            response.close()

    def _send(self, url: httpx.URL, at: Origin, ask: _Ask, *, again: bool = False) -> httpx.Response:
        """Send with the access's credentials; once more with others, where those are refused."""
        login = self._access.headers(ask.url) if at == ask.home else {}
        client = self._client(at, ask)
        request = client.build_request(
            ask.method,
            url,
            headers={"Accept-Encoding": "identity", **ask.headers, **login},
            content=cast(Any, ask.body and ask.body()),
            timeout=self._timeout(ask.method),
            extensions={"trace": partial(self._trace, at)},
        )
        response = client.send(request, stream=True)
        request.headers.pop("Authorization", None)  # the answer keeps its request
        refused = response.status_code == httpx.codes.UNAUTHORIZED and login and not again
        if not refused or not self._access.renew(ask.url, login):
            return response
        response.close()
        return self._send(url, at, ask, again=True)

    @contextlib.contextmanager
    def _awaited(self, at: Origin) -> Iterator[None]:
        """Note who waits for a file; sockets time out by the machine's clock, and so does this."""
        me = threading.get_ident()
        self._asked[me] = at, time.monotonic()
        try:
            yield
        except httpx.TransportError as error:
            if me in self._asked:
                raise
            msg = f"{at.host} talks without end but never came to the file"
            raise SourceFailed(msg, tries=2) from error
        finally:
            self._asked.pop(me, None)

    def beat(self) -> None:
        """Cut servers whose headers never end: each byte of them came in time. Cheap to call often."""
        late = time.monotonic() - self._patience
        for thread, (at, since) in list(self._asked.items()):
            if since < late and self._asked.pop(thread, None) is not None:
                _cut(self._sockets[at])

    def _next(self, there: httpx.URL, at: Origin) -> Origin:
        """Where a redirect leads: back to the same server, to the lake's storage, else only to the public."""
        found = origin(there)
        if found == at or self._access.knows(str(there)):
            return found
        addresses.refuse_private(found.host, found.port)
        return replace(found, guarded=True)

    def _client(self, at: Origin, ask: _Ask) -> httpx.Client:
        with self._lock:
            context = self._context(at, ask)
            if (at, ask.alone, context) not in self._clients:
                # no proxy, no netrc: what a transfer trusts and tells comes from the access alone
                self._clients[at, ask.alone, context] = httpx.Client(
                    verify=context,
                    trust_env=False,
                    limits=httpx.Limits(max_keepalive_connections=0 if ask.alone else 20),
                )
            return self._clients[at, ask.alone, context]

    def _context(self, at: Origin, ask: _Ask) -> ssl.SSLContext:
        """TLS settings of now, as a proxy certificate is renewed; the last ones while its file is written."""
        url, key = (ask.url, at) if at == ask.home else (None, None)
        try:
            self._tls[key] = self._access.verify(url)
        except LoginRefused:
            if key not in self._tls:
                raise
        return self._tls[key]

    def _timeout(self, method: str) -> httpx.Timeout:
        stall = self._policy.stall_timeout
        read = stall if method == "GET" else max(stall, _SUMMING)
        return httpx.Timeout(stall, connect=self._policy.connect_timeout, read=read, pool=None)

    def _trace(self, at: Origin, event: str, info: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.complete" and at.guarded:
            _refuse_private(at, info["return_value"])
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._sockets[at].add(info["return_value"].get_extra_info("socket"))

    def cut(self) -> None:
        """Wake every thread that waits for bytes; their reads fail at once."""
        for sockets in list(self._sockets.values()):
            _cut(sockets)

    def close(self) -> None:
        """Give the connections back."""
        for client in self._clients.values():
            client.close()


def _refuse_private(at: Origin, stream: Any) -> None:
    """Look where we are connected, before a byte is sent: a name can have another address each time."""
    try:
        peer = str(stream.get_extra_info("server_addr")[0])
    except OSError:  # gone again already
        peer = ""
    if not addresses.is_public(peer):
        stream.close()
        msg = f"redirect to the private address {peer} of {at.host} refused"
        raise SourceFailed(msg)


def _drain(response: httpx.Response) -> None:
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length) <= _SHORT:
        for _ in response.iter_raw():
            pass


def _cut(sockets: weakref.WeakSet[socket.socket]) -> None:
    for sock in list(sockets):
        with contextlib.suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


@contextlib.contextmanager
def _in_words(url: httpx.URL) -> Iterator[None]:
    """Turn errors of the connection into causes a user understands."""
    host = url.netloc.decode("ascii")
    try:
        yield
    except httpx.ConnectTimeout as error:
        msg = f"{host} did not answer in time"
        raise SourceFailed(msg, tries=None, of_host=True) from error
    except httpx.WriteTimeout as error:
        msg = f"{host} stopped taking bytes"
        raise SourceFailed(msg, tries=None, of_host=True) from error
    except httpx.TimeoutException as error:
        msg = f"{host} stopped sending"
        raise SourceFailed(msg, tries=None, of_host=True) from error
    except httpx.ConnectError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            msg = f"the certificate of {host} is not trusted ({error})"
            raise SourceFailed(msg, of_host=True) from error
        msg = f"no connection to {host} ({error})"
        raise SourceFailed(msg, tries=None, of_host=True) from error
    except (httpx.InvalidURL, UnicodeError) as error:
        msg = f"{shown(str(url))} is no address"
        raise SourceFailed(msg) from error
    except httpx.TransportError as error:
        msg = f"{host} broke the connection ({error})"
        raise SourceFailed(msg, tries=None) from error
