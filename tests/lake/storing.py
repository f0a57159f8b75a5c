"""A little WebDAV storage over TLS that misbehaves when told to, and an access that trusts it."""

from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext, create_default_context

import trustme

Answer = tuple[int, dict[str, str]] | tuple[int]


class Storage(ThreadingHTTPServer):
    """A little WebDAV storage over TLS; ``play`` may answer in its stead: method, path -> status, headers.

    A hasty one says that it is full before it has read a byte, and hangs up.
    """

    daemon_threads = True

    def __init__(self, authority: trustme.CA) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        context = SSLContext(PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.files: dict[str, bytes] = {}
        self.folders = {"/"}
        self.play: Callable[[str, str], Answer | None] = lambda method, path: None
        self.seen: list[tuple[str, str, str]] = []
        self.hasty = False
        self.callers: set[tuple[str, int]] = set()

    def handle_error(self, *_: object) -> None:
        """A caller that hangs up, or is hung up on, is no news."""

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Storage

    def _do(self) -> None:
        server, method, path = self.server, self.command, self.path
        if server.hasty:
            self.close_connection = True
            return self._say(507)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server.callers.add(self.client_address)
        server.seen.append((method, path, self.headers.get("Authorization", "")))
        played = server.play(method, path)
        if played is not None:
            return self._say(*played)
        if method == "PUT":
            if path.rpartition("/")[0] + "/" not in server.folders:
                return self._say(409)
            server.files[path] = body
            return self._say(201)
        if method == "MKCOL":
            server.folders.add(path)
            return self._say(201)
        if path not in server.files:
            return self._say(404)
        found = server.files[path]
        if method == "HEAD":
            return self._say(200, {"Content-Length": str(len(found))})
        return self._say(200, {"Content-Length": str(len(found))}, found)

    do_PUT = do_HEAD = do_GET = do_MKCOL = do_MOVE = do_DELETE = _do

    def _say(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        self.send_response_only(status)
        for name, value in ({"Content-Length": "0"} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


class Trusting:
    """Knows servers by the begin of their addresses, and has a token for them; others come on renewal."""

    def __init__(self, authority: trustme.CA, *known: str) -> None:
        self.known, self.tokens = known, ["canary"]
        self._context = create_default_context()
        authority.configure_trust(self._context)

    def headers(self, url: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[0]}"} if self.knows(url) else {}

    def renew(self, url: str, refused: Mapping[str, str]) -> bool:
        if refused != self.headers(url):
            return True
        if len(self.tokens) > 1:
            self.tokens.pop(0)
            return True
        return False

    def verify(self, url: str | None) -> SSLContext:
        return self._context

    def knows(self, url: str) -> bool:
        return url.startswith(self.known)

    def local_path(self, pfn: str) -> Path | None:
        return None
