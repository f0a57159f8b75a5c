"""A lake that answers when it is told to: what Rucio's client sees is HTTP, late or never."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.lake.answering import Answer, Answering, answering
from tests.lake.configuring import jupyter

PATIENCE = 120.0
LONG = "long"
LINES = {"Content-Type": "application/x-json-stream"}


class SlowLake:
    """A few scopes with a few datasets each; each scope has a dataset `LONG` of two files, too.

    Attributes
    ----------
    scopes
        Their names.
    gates
        A question about a scope is answered when its gate is open; others at once. Of the files in `LONG`
        the first is told at once.
    """

    def __init__(self, server: Answering, count: int, each: int) -> None:
        self._server, self._each = server, each
        self.scopes = [f"s{number:02d}" for number in range(count)]
        self.gates = {scope: threading.Event() for scope in self.scopes}
        server.say = self._say

    def open(self, *scopes: str) -> None:
        for scope in scopes or self.scopes:
            self.gates[scope].set()

    @property
    def asked(self) -> list[str]:
        """Scopes that were asked about, in order."""
        paths = [urlsplit(path).path.split("/") for path, _ in self._server.asked]
        return [parts[2] for parts in paths if parts[1] == "dids" and parts[2] in self.gates]

    def _say(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        parts = unquote(urlsplit(path).path).strip("/").split("/")
        if parts[0] == "ping":
            return 200, {}, b'{"version": "41.5.1"}'
        if parts[0] == "scopes":
            return 200, {}, json.dumps(self.scopes).encode()
        if parts[0] == "accounts":  # who am I, and my scopes
            return 200, LINES, b'{"account": "me"}\n' if parts[1] == "whoami" else b"[]"
        if parts[0] == "dids" and parts[2:] == [LONG]:
            return 200, {"Content-Type": "application/json"}, b'{"type": "DATASET"}'
        if parts[0] == "dids" and parts[2:] == [LONG, "dids"]:
            return 200, LINES, self._content(parts[1])
        if parts[0] == "dids" and parts[1] in self.gates:
            self.gates[parts[1]].wait(PATIENCE)
            return 200, LINES, b"".join(_row(parts[1], number) for number in range(self._each))
        return 200, LINES, b""

    def _content(self, scope: str) -> Iterator[bytes]:
        file = {"scope": scope, "type": "FILE", "bytes": 1}
        yield json.dumps(file | {"name": "first"}).encode() + b"\n"
        self.gates[scope].wait(PATIENCE)
        yield json.dumps(file | {"name": "last"}).encode() + b"\n"


def _row(scope: str, number: int) -> bytes:
    row = {"scope": scope, "name": f"d{number:04d}", "did_type": "DATASET", "bytes": None, "length": None}
    return json.dumps(row).encode() + b"\n"


@contextmanager
def slow_lake(home: Path, *, scopes: int = 12, each: int = 3) -> Iterator[SlowLake]:
    """Run one, configured in Jupyter's own way under the name ``slow``; it is the default then."""
    token = home / "token"
    token.write_text("no-real-token-of-any-lake")
    token.chmod(0o600)
    with answering() as server:
        entry = {
            "name": "slow",
            "rucio_base_url": server.url,
            "oidc_auth": "file",
            "oidc_file_name": str(token),
        }
        jupyter(home, {"instances": [entry]})
        lake = SlowLake(server, scopes, each)
        try:
            yield lake
        finally:
            lake.open()
