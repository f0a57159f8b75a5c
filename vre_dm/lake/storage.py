"""Access to storage elements: credentials for their hosts only, paths under their prefixes only."""

import base64
import functools
import os
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import httpx

from vre_dm.errors import VreDmError
from vre_dm.lake.connection import Connection
from vre_dm.lake.instance import is_loopback
from vre_dm.lake.mount import MountWatch
from vre_dm.lake.storage_tls import StorageTls
from vre_dm.lake.storage_tokens import StorageTokens
from vre_dm.lake.tokens import Secret, TokenProvider

_PORTS = {"https": 443, "davs": 443, "http": 80, "dav": 80, "root": 1094}
_TOKEN_SCHEMES = {"https", "davs"}
_SAME = {"davs": "https", "dav": "http"}


@dataclass(frozen=True)
class Endpoint:
    """One protocol of a storage element, as the lake registers it."""

    rse: str
    scheme: str
    host: str
    port: int
    prefix: str


class Storage:
    """What a transfer may use at each URL of a lake; implements `vre_dm.lake.access.Access`.

    Parameters
    ----------
    connection
        Lake whose storage elements are trusted with its tokens.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._endpoints: list[Endpoint] | None = None
        self._tls = StorageTls(connection.instance)
        self._tokens = StorageTokens(connection.instance, connection.tokens)
        mount = connection.instance.mount
        self._mount = None if mount is None else MountWatch(mount.folder)

    def headers(self, url: str) -> dict[str, str]:
        """Give ``Authorization`` for https on a host and port of a storage element, else nothing.

        Where elements there want tokens of different audiences, the path must tell which one is meant.
        """
        parts = _split(url)
        if parts is None or parts.scheme not in _TOKEN_SCHEMES or not self.knows(url):
            return {}
        instance = self._connection.instance
        if instance.auth == "oidc":
            source = self._source(parts)
            return {"Authorization": f"Bearer {source.token().reveal()}"} if source else {}
        # The embedded lake's storage knows its users' passwords; no other storage may ever see one.
        if instance.auth == "userpass" and instance.embedded and is_loopback(parts.hostname or ""):
            pair = f"{instance.username}:{instance.password.reveal() if instance.password else ''}"
            return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        return {}

    def renew(self, url: str, refused: Mapping[str, str]) -> bool:
        """Get another token where a storage element refused that of `headers`; a password has no other."""
        word, _, token = refused.get("Authorization", "").partition(" ")
        parts = _split(url)
        source = self._source(parts) if parts and word == "Bearer" else None
        try:
            return source is not None and source.renew(Secret(token))
        except VreDmError:  # what the storage answered says it as well
            return False

    def knows(self, url: str) -> bool:
        """Whether an address is on host, port and protocol of a storage element, and below its prefix."""
        parts = _split(url)
        # Where parsers of addresses disagree (user:password@, backslashes) a request could end up elsewhere.
        if parts is None or "@" in parts.netloc or "\\" in url:
            return False
        return any(_fits(endpoint, parts) for endpoint in self.endpoints())

    def verify(self, url: str | None) -> ssl.SSLContext:
        """TLS settings: always verifying, with the lake's certificate authority added to the system's."""
        return self._tls.of_storage() if url is not None and self.knows(url) else self._tls.of_others()

    def local_path(self, pfn: str) -> Path | None:
        """Path of a copy on the configured mount or a ``file`` element of the embedded lake, or ``None``."""
        parts = _split(pfn)
        path = unquote(parts.path) if parts else ""
        if parts is None or "\x00" in path or ".." in path.split("/"):
            return None
        instance, mount = self._connection.instance, self._connection.instance.mount
        # Another lake's catalogue must not name paths of this machine: what is mounted, its user configured.
        if instance.embedded and parts.scheme == "file" and parts.hostname in {None, "localhost"}:
            files = [e.prefix for e in self.endpoints() if e.scheme == "file"]
            prefixes = [prefix for prefix in files if path.startswith(prefix)]
            return next((inside for prefix in prefixes if (inside := _inside(prefix, path))), None)
        if mount is None or self._mount is None:
            return None
        if not any(e.rse == mount.rse for e in self.endpoints() if _fits(e, parts)):
            return None
        # As rucio-jupyterlab counts: the path's parts from number `begins_at` on, below the mount.
        names = path.strip("/").split("/")
        if len(names) <= mount.begins_at:
            return None
        folder, below = str(mount.folder), str(mount.folder.joinpath(*names[mount.begins_at :]))
        return self._mount.ask(lambda: _inside(folder, below))

    def mount_fault(self, rse: str | None = None) -> str | None:
        """Why copies cannot be read on the configured mount now, or ``None``; waits a few seconds at most.

        Parameters
        ----------
        rse
            Only if it is this storage element's mount.
        """
        mount = self._connection.instance.mount
        if self._mount is None or mount is None or rse not in {None, mount.rse}:
            return None
        return self._mount.fault()

    def _source(self, parts: SplitResult) -> TokenProvider | None:
        """Source of tokens for an address; ``None`` where elements that share it want different ones."""
        there = [endpoint for endpoint in self.endpoints() if _fits(endpoint, parts)]
        nearest = max((len(_names(endpoint.prefix)) for endpoint in there), default=0)
        owners = [self._tokens.of(e.rse) for e in there if len(_names(e.prefix)) == nearest]
        return owners[0] if owners and all(owner is owners[0] for owner in owners) else None

    def endpoints(self) -> list[Endpoint]:
        """Protocols of every storage element; asked once, since sites change them rarely.

        Raises
        ------
        Unreachable, LoginRefused
            The lake cannot be asked.
        """
        with self._lock:
            if self._endpoints is None:
                self._endpoints = self._connection.ask("the storage elements", _endpoints)
            return self._endpoints


def _endpoints(rucio: Any) -> list[Endpoint]:
    found = []
    for entry in list(rucio.list_rses()):
        for protocol in rucio.get_protocols(entry["rse"]):
            scheme, prefix = protocol["scheme"].lower(), protocol.get("prefix") or "/"
            port = int(protocol.get("port") or _PORTS.get(scheme, 0))
            found.append(Endpoint(entry["rse"], scheme, protocol["hostname"].lower(), port, prefix))
    return found


def _split(url: str) -> SplitResult | None:
    """Parts of an address, or ``None`` where it is none, or would be another server for who connects."""
    try:
        parts = urlsplit(url.replace("#", "%23"))  # a name may hold "#", which is no end of an address here
        _ = parts.port  # raises when it is no number
    except ValueError:
        return None
    return parts if url.isprintable() and _is_dialled_so(parts.scheme, parts.netloc.lower()) else None


@functools.lru_cache(256)  # ten thousand files are on few hosts
def _is_dialled_so(scheme: str, netloc: str) -> bool:
    """Whether the HTTP client finds the same host and port there: it looks for a port behind a bare ``]``."""
    read = urlsplit(f"{scheme}://{netloc}/")
    try:
        dialled = httpx.URL(f"{scheme}://{netloc}/")
        return dialled.copy_with(host=read.hostname or "", port=read.port) == dialled
    except httpx.InvalidURL:
        return False


def _fits(endpoint: Endpoint, parts: SplitResult) -> bool:
    """Whether an address is of an endpoint: host, port, kind of protocol, and not beside its prefix."""
    port = parts.port or _PORTS.get(parts.scheme, 0)
    if ((parts.hostname or "").lower(), port) != (endpoint.host, endpoint.port):
        return False
    if _SAME.get(parts.scheme, parts.scheme) != _SAME.get(endpoint.scheme, endpoint.scheme):
        return False
    path, prefix = _names(parts.path), _names(endpoint.prefix)
    # The host may hold what is not the lake's: its users' homes, another experiment, a service of its own.
    return ".." not in path and path[: len(prefix)] == prefix


def _names(path: str) -> list[str]:
    """Names on a path as a server takes them: decoded once, without the empty ones of doubled slashes."""
    return [name for name in unquote(path).split("/") if name not in {"", "."}]


def _inside(root: str, path: str) -> Path | None:
    """Give the path with links resolved, if it lies below the root (its links resolved too)."""
    resolved = _resolved(path)
    # where no link is on the way to it none is on the way to the root
    base = root.rstrip("/") or "/" if resolved == path else _resolved(root)
    return Path(resolved) if base != "/" and resolved.startswith(f"{base}/") else None


def _resolved(path: str) -> str:
    """Resolve all links: the kernel does it in a fifth of the time, where it can be asked and the file is."""
    try:
        descriptor = os.open(path, os.O_PATH)
        try:
            return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115 - one look, no object
        finally:
            os.close(descriptor)
    except (OSError, AttributeError):  # the latter: not Linux
        return os.path.realpath(path)
