"""A storage element over WebDAV: PUT, HEAD with the checksum, MOVE, DELETE; what each answer means."""

import contextlib
from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlsplit

import httpx

from vre_dm.errors import LoginRefused, NoSpace, Unreachable
from vre_dm.lake.access import Access
from vre_dm.lake.publish.store import Seen, StoreFailed
from vre_dm.lake.tables import clean
from vre_dm.lake.transfer.answers import retry_after
from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.http import Body, Connections
from vre_dm.lake.transfer.policy import Policy
from vre_dm.lake.transfer.verify import Digest

_LONGEST_WAIT = 120.0
_LONGEST_PAGE = 1 << 16  # bytes of an answer's page that are read, so that its connection can be used again
_PASSING = {408, 423, 425, 429, 500, 502, 503, 504}
_FULL = {413, 507}
_GONE = {404, 410}
_THERE = 412
_NO_PARENT = {403, 404, 409}  # dCache and StoRM say each of these for a folder that is missing


class Dav:
    """One storage element; thread-safe."""

    def __init__(self, access: Access, policy: Policy) -> None:
        self._access = access
        self._connections = Connections(access, policy)
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
        size = response.headers.get("content-length", "")
        adler32 = _adler32(response.headers.get("digest", ""))
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
        self._connections.cut()

    def close(self) -> None:
        """Give the connections back."""
        self._connections.close()

    def _read_back(self, address: str) -> Seen:
        digest = Digest(with_md5=False)
        with self._asked("GET", address) as response:
            if response.is_success:
                for chunk in response.iter_raw():
                    digest.update(chunk)
        if not response.is_success:
            raise _failed(response, "GET")
        return Seen(digest.size, digest.adler32)

    def _ask(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str] | None = None,
        body: Body | None = None,
    ) -> httpx.Response:
        """Answer whose page is of no interest."""
        with self._asked(method, address, headers, body) as response:
            read = 0
            for chunk in response.iter_raw():
                read += len(chunk)
                if read > _LONGEST_PAGE:
                    break
        return response

    @contextlib.contextmanager
    def _asked(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str] | None = None,
        body: Body | None = None,
    ) -> Iterator[httpx.Response]:
        """Ask a storage element of the lake; where the lake names another server, nothing goes there."""
        url = _https(address)
        if not self._access.knows(url):
            msg = f"{clean(address)} is on no storage element of the lake"
            raise StoreFailed(msg, passing=False)
        try:
            with self._connections.request(method, url, headers, body) as response:
                yield response
        except SourceFailed as failure:
            raise StoreFailed(str(failure), passing=failure.tries != 1) from failure
        except (LoginRefused, Unreachable) as error:  # a login that ended must not cost what was placed
            raise StoreFailed(str(error), passing=True) from error


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
    if status == httpx.codes.FORBIDDEN:
        do = "read" if method in {"GET", "HEAD"} else "write"
        return LoginRefused(f"{said}: you may not {do} there; ask the admins of the storage for the right")
    if status == httpx.codes.UNAUTHORIZED:
        msg = f"{said}: it does not accept your login; log in again (vre-dm doctor shows which is used)"
        return StoreFailed(msg, passing=True)
    asked = retry_after(response)
    wait = None if asked is None else min(asked, _LONGEST_WAIT)
    return StoreFailed(said, passing=status in _PASSING, wait=wait)
