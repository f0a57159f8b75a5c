"""One GET over verified TLS: redirects by hand, credentials kept on one host, sockets that can be cut."""

import contextlib
import ipaddress
import socket
import threading
import weakref
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from vre_dm.lake.access import Access
from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.policy import Policy
from vre_dm.lake.transfer.sources import shown

_MAX_REDIRECTS = 5
_Origin = tuple[str, str, int]


class Connections:
    """HTTP connections of one fetch, one pool an origin; thread-safe."""

    def __init__(self, access: Access, policy: Policy) -> None:
        self._access = access
        self._timeout = httpx.Timeout(policy.stall_timeout, connect=policy.connect_timeout, pool=None)
        self._clients: dict[_Origin, httpx.Client] = {}
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def get(self, url: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """Ask for an object; the body is not read yet. Credentials come from the access, for this host only.

        Raises
        ------
        SourceFailed
            The connection, its certificate or a redirect failed.
        """
        here, seen = url, {url}
        with contextlib.ExitStack() as open_responses:
            while True:
                response = open_responses.enter_context(self._ask(url, here, headers))
                if not response.is_redirect:
                    break
                here = _redirected(here, response.headers.get("location", ""), seen)
                open_responses.close()
            with _in_words(here):
                yield response

    @contextlib.contextmanager
    def _ask(self, start: str, here: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        ask = {"Accept-Encoding": "identity", **headers}
        if _origin(here) == _origin(start):
            ask |= self._access.headers(start)
        with _in_words(here):
            request = self._client(here).build_request(
                "GET", here, headers=ask, extensions={"trace": self._trace}
            )
            response = self._client(here).send(request, stream=True)
        try:
            yield response
        finally:
            response.close()

    def _client(self, url: str) -> httpx.Client:
        with self._lock:
            if (origin := _origin(url)) not in self._clients:
                context = self._access.verify(url)
                # no proxy, no netrc: what a fetch trusts and tells comes from the access alone
                self._clients[origin] = httpx.Client(verify=context, timeout=self._timeout, trust_env=False)
            return self._clients[origin]

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._sockets.add(info["return_value"].get_extra_info("socket"))

    def cut(self) -> None:
        """Wake every thread that waits for bytes; their reads fail at once."""
        for sock in list(self._sockets):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the connections back."""
        for client in self._clients.values():
            client.close()


def _redirected(here: str, location: str, seen: set[str]) -> str:
    """Next address, if it is safe to go there.

    Raises
    ------
    SourceFailed
        It leads in a circle, away from https, or from a public to a private address.
    """
    there = urljoin(here, location)
    if there in seen or len(seen) > _MAX_REDIRECTS:
        msg = f"redirects in a circle (at {shown(there)})"
        raise SourceFailed(msg)
    seen.add(there)
    scheme = urlsplit(there).scheme
    if scheme != "https" and (scheme != "http" or urlsplit(here).scheme == "https"):
        msg = f"redirect from https to {scheme}:// refused"
        raise SourceFailed(msg)
    if _private(there) and not _private(here):
        msg = f"redirect to the private address {shown(there)} refused"
        raise SourceFailed(msg)
    return there


def _private(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _origin(url: str) -> _Origin:
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        msg = f"{shown(url)} is no address"
        raise SourceFailed(msg) from error
    return parts.scheme, (parts.hostname or "").lower(), port


@contextlib.contextmanager
def _in_words(url: str) -> Iterator[None]:
    """Turn errors of the connection into causes a user understands."""
    host = urlsplit(url).netloc.rpartition("@")[2]
    try:
        yield
    except httpx.ConnectTimeout as error:
        msg = f"{host} did not answer in time"
        raise SourceFailed(msg, tries=None) from error
    except httpx.TimeoutException as error:
        msg = f"{host} stopped sending"
        raise SourceFailed(msg, tries=None) from error
    except httpx.ConnectError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            msg = f"the certificate of {host} is not trusted ({error})"
            raise SourceFailed(msg) from error
        msg = f"no connection to {host} ({error})"
        raise SourceFailed(msg, tries=None) from error
    except httpx.InvalidURL as error:
        msg = f"{shown(url)} is no address"
        raise SourceFailed(msg) from error
    except httpx.TransportError as error:
        msg = f"{host} broke the connection ({error})"
        raise SourceFailed(msg, tries=None) from error
