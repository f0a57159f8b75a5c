"""One GET over verified TLS: redirects by hand, credentials kept on one host, sockets that can be cut."""

import contextlib
import socket
import threading
import time
import weakref
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import httpx

from vre_dm.lake.access import Access
from vre_dm.lake.transfer import addresses
from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.policy import Policy
from vre_dm.lake.transfer.sources import shown

_MAX_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class _Origin:
    """One server as asked; ``guarded`` where a stranger named it, so that it must have a public address."""

    scheme: str
    host: str
    port: int
    guarded: bool = False


class Connections:
    """HTTP connections of one fetch, one pool an origin; thread-safe."""

    def __init__(self, access: Access, policy: Policy) -> None:
        self._access = access
        self._timeout = httpx.Timeout(policy.stall_timeout, connect=policy.connect_timeout, pool=None)
        self._clients: dict[tuple[_Origin, bool], httpx.Client] = {}
        self._public: dict[_Origin, bool] = {}
        self._sockets: dict[_Origin, weakref.WeakSet[socket.socket]] = defaultdict(weakref.WeakSet)
        self._patience = policy.connect_timeout + 2 * policy.stall_timeout
        self._asked: dict[int, tuple[_Origin, float]] = {}  # threads that wait for an answer, and since when
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def get(self, url: str, headers: Mapping[str, str], *, alone: bool = False) -> Iterator[httpx.Response]:
        """Ask for an object; the body is not read yet. Credentials come from the access, for this host only.

        Alone means over a connection of its own: what a server sent behind an earlier answer is never read
        as this one, which matters where no checksum will judge the bytes.

        Raises
        ------
        SourceFailed
            The address, the connection, its certificate or a redirect failed.
        """
        here = _address(url)
        origin, seen = _origin(here), {str(here)}
        with contextlib.ExitStack() as open_responses:
            while True:
                ask = {"Accept-Encoding": "identity", **headers}
                if origin == _origin(_address(url)):
                    ask |= self._access.headers(url)
                response = open_responses.enter_context(self._ask(here, origin, ask, alone=alone))
                if not response.has_redirect_location:
                    break
                here = _redirected(here, response.headers.get("location", ""), seen)
                open_responses.close()
                origin = self._next(here, origin)
            with _in_words(here):
                yield response

    @contextlib.contextmanager
    def _ask(
        self, url: httpx.URL, origin: _Origin, headers: Mapping[str, str], *, alone: bool
    ) -> Iterator[httpx.Response]:
        with _in_words(url), self._awaited(origin):
            client = self._client(url, origin, alone=alone)
            extensions = {"trace": partial(self._trace, origin)}
            request = client.build_request("GET", url, headers=headers, extensions=extensions)
            response = client.send(request, stream=True)
        try:
            yield response
        finally:
            response.close()

    @contextlib.contextmanager
    def _awaited(self, origin: _Origin) -> Iterator[None]:
        """Note who waits for an answer; sockets time out by the machine's clock, and so does this."""
        me = threading.get_ident()
        self._asked[me] = origin, time.monotonic()
        try:
            yield
        except httpx.TransportError as error:
            if me in self._asked:
                raise
            msg = f"{origin.host} talks without end but never came to the file"
            raise SourceFailed(msg, tries=2) from error
        finally:
            self._asked.pop(me, None)

    def beat(self) -> None:
        """Cut servers whose headers never end: each byte of them came in time. Cheap to call often."""
        late = time.monotonic() - self._patience
        for thread, (origin, since) in list(self._asked.items()):
            if since < late and self._asked.pop(thread, None) is not None:
                _cut(self._sockets[origin])

    def _next(self, there: httpx.URL, before: _Origin) -> _Origin:
        """Where a redirect leads: to the lake's storage, from private anywhere, else only to the public."""
        origin = _origin(there)
        if self._access.knows(str(there)) or not self._public.get(before, True):
            return origin
        addresses.refuse_private(origin.host, origin.port)
        return replace(origin, guarded=True)

    def _client(self, url: httpx.URL, origin: _Origin, *, alone: bool) -> httpx.Client:
        with self._lock:
            if (origin, alone) not in self._clients:
                # no proxy, no netrc: what a fetch trusts and tells comes from the access alone
                self._clients[origin, alone] = httpx.Client(
                    verify=self._access.verify(str(url)),
                    timeout=self._timeout,
                    trust_env=False,
                    limits=httpx.Limits(max_keepalive_connections=0 if alone else 20),
                )
            return self._clients[origin, alone]

    def _trace(self, origin: _Origin, event: str, info: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            self._admit(origin, info["return_value"])
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._sockets[origin].add(info["return_value"].get_extra_info("socket"))

    def _admit(self, origin: _Origin, stream: Any) -> None:
        """Look where we are connected, before a byte is sent: a name can have another address each time."""
        try:
            peer = str(stream.get_extra_info("server_addr")[0])
        except OSError:  # gone again already
            peer = ""
        public = addresses.is_public(peer)
        with self._lock:
            self._public[origin] = self._public.get(origin, False) or public or not peer
        if origin.guarded and not public:
            stream.close()
            msg = f"redirect to the private address {peer} of {origin.host} refused"
            raise SourceFailed(msg)

    def cut(self) -> None:
        """Wake every thread that waits for bytes; their reads fail at once."""
        for sockets in list(self._sockets.values()):
            _cut(sockets)

    def close(self) -> None:
        """Give the connections back."""
        for client in self._clients.values():
            client.close()


def _cut(sockets: weakref.WeakSet[socket.socket]) -> None:
    for sock in list(sockets):
        with contextlib.suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _redirected(here: httpx.URL, location: str, seen: set[str]) -> httpx.URL:
    """Next address.

    Raises
    ------
    SourceFailed
        It leads in a circle, away from https, or nowhere.
    """
    try:
        there = here.join(location)
    except (httpx.InvalidURL, ValueError) as error:
        msg = f"redirect to {shown(location)}, which is no address"
        raise SourceFailed(msg) from error
    if str(there) in seen or len(seen) > _MAX_REDIRECTS:
        msg = f"redirects in a circle (at {shown(str(there))})"
        raise SourceFailed(msg)
    seen.add(str(there))
    if there.scheme != "https" and (there.scheme != "http" or here.scheme == "https"):
        msg = f"redirect from {here.scheme} to {there.scheme}:// refused"
        raise SourceFailed(msg)
    return _address(str(there))


def _address(url: str) -> httpx.URL:
    """Parse an address, once and by the rules of who will connect to it."""
    try:
        found = httpx.URL(url)
        if found.host and 0 < _port(found) < 65536:
            return found
        error = None
    except (httpx.InvalidURL, ValueError) as fault:
        error = fault
    msg = f"{shown(url)} is no address"
    raise SourceFailed(msg) from error


def _port(url: httpx.URL) -> int:
    return url.port if url.port is not None else 443 if url.scheme == "https" else 80


def _origin(url: httpx.URL) -> _Origin:
    return _Origin(url.scheme, url.raw_host.decode("ascii").lower(), _port(url))


@contextlib.contextmanager
def _in_words(url: httpx.URL) -> Iterator[None]:
    """Turn errors of the connection into causes a user understands."""
    host = url.netloc.decode("ascii")
    try:
        yield
    except httpx.ConnectTimeout as error:
        msg = f"{host} did not answer in time"
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
