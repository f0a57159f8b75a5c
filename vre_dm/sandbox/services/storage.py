"""The https storage elements: WebDAV over folders, for who shows a token of the issuer or a lake password."""

import base64
import binascii
import threading
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from wsgidav.wsgidav_app import WsgiDAVApp

from vre_dm.sandbox.layout import Layout
from vre_dm.sandbox.services.copying import file_adler32
from vre_dm.sandbox.services.issuer import Issuer, Refused

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class Storage:
    """WSGI application: one folder an RSE, ``/RSE-NAME/…``; folders are made as they are written to.

    Parameters
    ----------
    audience
        Whom a token must be for.
    """

    def __init__(self, layout: Layout, issuer: Issuer, rses: Iterable[str], audience: str) -> None:
        self._issuer, self._audience = issuer, audience
        self._folders = {rse: layout.storage(rse) for rse in rses}
        self._checksums = _Checksums()
        self._dav = WsgiDAVApp(
            {
                # One share: WsgiDAV would want the names of several in lower case.
                "provider_mapping": {"/": str(layout.storage(""))},
                # Who comes this far has been let in below.
                "http_authenticator": {
                    "domain_controller": None,
                    "accept_basic": True,
                    "accept_digest": False,
                },
                "simple_dc": {"user_mapping": {"*": True}},
                "dir_browser": {"enable": False},
                "lock_storage": False,
                "property_manager": None,
                "logging": {"enable": False},
                "verbose": 1,
            }
        )

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        if not self._admits(environ.pop("HTTP_AUTHORIZATION", "")):
            challenge = [("WWW-Authenticate", 'Bearer realm="lake"'), ("Content-Length", "0")]
            start_response("401 Unauthorized", challenge)
            return []
        method = environ["REQUEST_METHOD"]
        paths = [self._path(environ["PATH_INFO"])]
        if method in ("MOVE", "COPY"):
            paths.append(self._path(_destination(environ)))
        if None in paths:
            start_response("403 Forbidden", [("Content-Length", "0")])
            return []
        if method in ("PUT", "MOVE", "COPY") and paths[-1]:
            paths[-1].parent.mkdir(parents=True, exist_ok=True)
        answer: Iterable[bytes] = self._dav(environ, self._with_digest(environ, start_response))
        return answer

    def _admits(self, header: str) -> bool:
        kind, _, credentials = header.partition(" ")
        if kind.lower() == "bearer":
            try:
                return bool(self._issuer.access_claims(credentials)["aud"] == self._audience)
            except Refused:
                return False
        if kind.lower() == "basic":
            try:
                account, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                return False
            return self._issuer.checks_password(account, password)
        return False

    def _path(self, url_path: str) -> Path | None:
        """Path inside the folder of an RSE that is served here; ``None`` for any other."""
        rse, *names = PurePosixPath(url_path.lstrip("/")).parts or ("",)
        if rse not in self._folders or ".." in names or "\0" in url_path:
            return None
        folder = self._folders[rse]
        path = folder.joinpath(*names)
        # A link inside must not lead out.
        return path if path.resolve().is_relative_to(folder.resolve()) else None

    def _with_digest(self, environ: Environ, start_response: StartResponse) -> StartResponse:
        """Add the file's checksum when it is asked for, as the sites' storages do (RFC 3230)."""
        if environ["REQUEST_METHOD"] not in ("HEAD", "GET") or "adler32" not in environ.get(
            "HTTP_WANT_DIGEST", ""
        ):
            return start_response
        path = self._path(environ["PATH_INFO"])

        def answer(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if path is not None and path.is_file():
                headers = [*headers, ("Digest", f"adler32={self._checksums.of(path)}")]
            return start_response(status, headers, *rest)

        return answer


class _Checksums:
    """Checksums of files, computed again when a file has changed."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, int, int], str]] = {}
        self._lock = threading.Lock()

    def of(self, path: Path) -> str:
        status = path.stat()
        state = (status.st_ino, status.st_size, status.st_mtime_ns)
        with self._lock:
            known = self._known.get(path)
        if known is None or known[0] != state:
            known = (state, file_adler32(path))
            with self._lock:
                self._known[path] = known
        return known[1]


def _destination(environ: Environ) -> str:
    try:
        return unquote(urlsplit(environ.get("HTTP_DESTINATION", "")).path)
    except ValueError:  # no URL: no path either
        return ""
