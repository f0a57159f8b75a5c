"""A storage element over WebDAV: PUT, HEAD with the checksum, MOVE, DELETE; credentials go nowhere else."""

import contextlib
import socket
import threading
import weakref
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, cast
from urllib.parse import quote, urlsplit

import httpx

from vre_dm.errors import LoginRefused, NoSpace
from vre_dm.lake.access import Access
from vre_dm.lake.publish.store import Body, Seen, StoreFailed
from vre_dm.lake.tables import clean
from vre_dm.lake.tokens.asking import unseen
from vre_dm.lake.transfer import addresses
from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.verify import Digest

_TIMEOUT = httpx.Timeout(60.0, connect=10.0, read=300.0, pool=None)  # after the bytes the storage sums them
_REDIRECTS = 5
_LONGEST_WAIT = 120.0
_PASSING = {408, 423, 425, 429, 500, 502, 503, 504}
_FULL = {413, 507}
_GONE = {404, 410}
_THERE = 412
_NO_PARENT = {403, 404, 409}  # dCache and StoRM say each of these for a folder that is missing


class Dav:
    """One storage element; thread-safe."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._clients: dict[str, httpx.Client] = {}
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._makes_folders = False

    def put(self, address: str, body: Body, size: int) -> None:
        """Write a file; a storage that makes no folders by itself is noticed, and gets them made."""
        response = self._put(address, body, size)
        if response.status_code in _NO_PARENT and not self._makes_folders:
            self._makes_folders = True
            response = self._put(address, body, size)
        if not response.is_success:
            raise _failed(response, "PUT")

    def _put(self, address: str, body: Body, size: int) -> httpx.Response:
        if self._makes_folders:
            self._make_folders(address)
        return self._ask("PUT", address, {"Content-Length": str(size)}, body)

    def _make_folders(self, address: str) -> None:
        """Make the folders above an address, the highest first; those that are there stay."""
        parts = urlsplit(_https(address))
        names = parts.path.split("/")[1:-1]
        for depth in range(1, len(names) + 1):
            folder = parts._replace(path="/" + "/".join(names[:depth]) + "/").geturl()
            with contextlib.suppress(StoreFailed):  # folders near the root may not be ours to make
                self._ask("MKCOL", folder)

    def seen(self, address: str) -> Seen | None:
        """Size and checksum as the storage has them; the bytes are read back where it tells no checksum."""
        response = self._ask("HEAD", address, {"Want-Digest": "adler32"})
        if response.status_code in _GONE:
            return None
        if not response.is_success:
            raise _failed(response, "HEAD")
        size, adler32 = (
            response.headers.get("content-length", ""),
            _adler32(response.headers.get("digest", "")),
        )
        if size.isdecimal() and adler32:
            return Seen(int(size), adler32)
        return self._read_back(address)

    def exists(self, address: str) -> bool:
        """Whether there is a file."""
        response = self._ask("HEAD", address)
        if not response.is_success and response.status_code not in _GONE:
            raise _failed(response, "HEAD")
        return response.is_success

    def move(self, address: str, target: str, *, over: bool) -> bool:
        """Rename on the storage."""
        goal = quote(_https(target), safe="/:%@=+#~,;!$&'()*[]?")
        response = self._ask("MOVE", address, {"Destination": goal, "Overwrite": "T" if over else "F"})
        if response.status_code == _THERE and not over:
            return False
        if response.status_code not in {200, 201, 204}:
            raise _failed(response, "MOVE")
        return True

    def remove(self, address: str) -> None:
        """Delete a file."""
        response = self._ask("DELETE", address)
        if not response.is_success and response.status_code not in _GONE:
            raise _failed(response, "DELETE")

    def stop(self) -> None:
        """Wake every thread that waits for this storage; their requests fail at once."""
        for sock in list(self._sockets):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the connections back."""
        for client in self._clients.values():
            client.close()

    def _read_back(self, address: str) -> Seen:
        digest = Digest(with_md5=False)
        url = self._url(address)
        headers = {"Accept-Encoding": "identity", **self._credentials(url)}
        stream = self._client(url).stream("GET", url, headers=headers, extensions=self._traced(url))
        with unseen(), _in_words(url), stream as response:
            if not response.is_success:
                raise _failed(response, "GET")
            for chunk in response.iter_raw():
                digest.update(chunk)
        return Seen(digest.size, digest.adler32)

    def _ask(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str] | None = None,
        body: Body | None = None,
    ) -> httpx.Response:
        """Ask, following redirects by hand; the body begins anew with each."""
        url, seen = self._url(address), 0
        while True:
            said = {"Accept-Encoding": "identity", **(headers or {}), **self._credentials(url)}
            with unseen(), _in_words(url):
                response = self._client(url).request(
                    method,
                    url,
                    headers=said,
                    content=cast(Any, body and body()),
                    extensions=self._traced(url),
                )
            if not response.has_redirect_location:
                return response
            seen += 1
            url = self._redirected(url, response, seen)

    def _url(self, address: str) -> str:
        """Address to ask; where the lake names a server of its choice, nothing goes there."""
        url = _https(address)
        if not self._access.knows(url):
            msg = f"{clean(address)} is on no storage element of the lake"
            raise StoreFailed(msg, passing=False)
        return url

    def _credentials(self, url: str) -> dict[str, str]:
        return self._access.headers(url) if self._access.knows(url) else {}

    def _redirected(self, url: str, response: httpx.Response, seen: int) -> str:
        try:
            there = httpx.URL(url).join(response.headers["location"])
        except (httpx.InvalidURL, ValueError) as error:
            msg = f"{urlsplit(url).netloc} redirects to what is no address"
            raise StoreFailed(msg, passing=False) from error
        if there.scheme != "https" or seen > _REDIRECTS:
            msg = f"{urlsplit(url).netloc} redirects to {clean(str(there))}, which is refused"
            raise StoreFailed(msg, passing=False)
        if not self._access.knows(str(there)):
            try:
                addresses.refuse_private(there.host, there.port or 443)
            except SourceFailed as error:
                raise StoreFailed(str(error), passing=False) from error
        return str(there)

    def _client(self, url: str) -> httpx.Client:
        origin = urlsplit(url).netloc
        with self._lock:
            if origin not in self._clients:
                # no proxy, no netrc: what an upload trusts and tells comes from the access alone
                self._clients[origin] = httpx.Client(
                    verify=self._access.verify(url), timeout=_TIMEOUT, trust_env=False
                )
            return self._clients[origin]

    def _traced(self, url: str) -> dict[str, Any]:
        return {"trace": partial(self._trace, url)}

    def _trace(self, url: str, event: str, info: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._sockets.add(info["return_value"].get_extra_info("socket"))
        if event == "connection.connect_tcp.complete" and not self._access.knows(url):
            self._refuse_private(url, info["return_value"])

    def _refuse_private(self, url: str, stream: Any) -> None:
        """Look where we are connected, before a byte is sent: a name can have another address each time."""
        peer = str(stream.get_extra_info("server_addr")[0])
        if not addresses.is_public(peer):
            stream.close()
            msg = f"redirect to the private address {peer} of {urlsplit(url).hostname} refused"
            raise StoreFailed(msg, passing=False)


def _https(address: str) -> str:
    scheme, _, rest = address.partition("://")
    if scheme not in {"https", "davs"}:
        msg = f"{clean(address)} is no https address"
        raise StoreFailed(msg, passing=False)
    return f"https://{rest.replace('#', '%23')}"  # a name may hold "#", which would end the address


def _adler32(digest: str) -> str:
    """Checksum of a ``Digest`` header (RFC 3230), such as ``adler32=03da0195``; empty where it has none."""
    for part in digest.split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() == "adler32" and value:
            return value.strip().lower().zfill(8)
    return ""


def _failed(response: httpx.Response, method: str) -> Exception:
    """Error for an answer that is none of the expected."""
    host, status = response.request.url.host, response.status_code
    said = f"{host} answered {method} with {status} {clean(response.reason_phrase)}".rstrip()
    if status in _FULL:
        return NoSpace(f"{said}: the storage is full or the file too large for it; choose another RSE")
    if status in {401, 403}:
        return LoginRefused(f"{said}: you may not write there; ask the admins of the storage for the right")
    asked = response.headers.get("retry-after", "")
    wait = min(float(asked), _LONGEST_WAIT) if asked.isdecimal() else None
    return StoreFailed(said, passing=status in _PASSING, wait=wait)


@contextlib.contextmanager
def _in_words(url: str) -> Iterator[None]:
    host = urlsplit(url).netloc
    try:
        yield
    except httpx.TimeoutException as error:
        msg = f"{host} did not answer in time"
        raise StoreFailed(msg, passing=True) from error
    except httpx.ConnectError as error:
        untrusted = "CERTIFICATE_VERIFY_FAILED" in str(error)
        cause = "its certificate is not trusted" if untrusted else clean(error)
        msg = f"no connection to {host}: {cause}"
        raise StoreFailed(msg, passing=not untrusted) from error
    except (httpx.InvalidURL, UnicodeError) as error:
        msg = f"{clean(url)} is no address"
        raise StoreFailed(msg, passing=False) from error
    except httpx.TransportError as error:
        msg = f"{host} broke the connection ({clean(error)})"
        raise StoreFailed(msg, passing=True) from error
