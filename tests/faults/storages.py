"""A file on real storage, the lake's WebDAV or an XRootD server, behind a wire or a gateway that fails."""

import random
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from tests.faults.toxics import Toxic, Wire, wire
from tests.faults.world import CALM, HASTY, OpenAccess, Waits, finals, registered, trusting
from vre_dm.errors import VreDmError
from vre_dm.lake.access import Access
from vre_dm.lake.transfer import Pace, Policy, fetch_files

BODY = random.Random(18).randbytes(3_000_000)
HALF = len(BODY) // 2
PATIENT = replace(HASTY, stall_timeout=6.0, connect_timeout=1.0)
"""XRootD's own client looks after its connections once a second."""
WAITING = Pace(chance=lambda: 0.0)
"""After an error it wants a second before it connects again: what waits for it must really wait."""


@dataclass(frozen=True)
class Server:
    """A file on a real server: its address, its bytes on the server's disk, and what a fetch may use."""

    pfn: str
    path: Path
    access: Access
    ca: Path | None = None

    @property
    def port(self) -> int:
        return urlsplit(self.pfn).port or 0

    def store(self, body: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(body)


class Moved:
    """A server's access for addresses with another port, where something stands before the server."""

    def __init__(self, access: Access, port: int, true: int, ca: Path | None = None) -> None:
        self._access, self._port, self._true_port, self._ca = access, port, true, ca
        self.refused = 0  # requests that go without a login

    def headers(self, url: str) -> dict[str, str]:
        self.refused -= 1
        return self._access.headers(self._true(url)) if self.refused < 0 else {}

    def knows(self, url: str) -> bool:
        return self._access.knows(self._true(url))

    def verify(self, url: str | None) -> ssl.SSLContext:
        return trusting(self._ca) if self._ca is not None else self._access.verify(url and self._true(url))

    def local_path(self, pfn: str) -> None:
        """Nothing is read in place here."""

    def mount_fault(self) -> None:
        """No mount, no fault."""

    def renew(self, url: str, refused: Mapping[str, str]) -> bool:
        return self._access.renew(self._true(url), refused)

    def _true(self, url: str) -> str:
        return url.replace(f":{self._port}/", f":{self._true_port}/").replace("localhost", "127.0.0.1")


@dataclass
class Lent(OpenAccess):
    """What another process may use: the headers of now, and a certificate authority."""

    login: dict[str, str] = field(default_factory=dict)
    ca: Path | None = None

    def headers(self, url: str) -> dict[str, str]:
        return self.login

    def verify(self, url: str | None) -> ssl.SSLContext:
        return trusting(self.ca)


@dataclass(frozen=True)
class Storage:
    """A file on a real server behind a wire of its own."""

    pfn: str
    path: Path
    wire: Wire
    access: Moved
    ca: Path | None = None

    def lent(self) -> Lent:
        return Lent(login=self.access.headers(self.pfn), ca=self.ca)


@contextmanager
def behind_a_wire(server: Server) -> Iterator[Storage]:
    server.store(BODY)
    with wire(server.port) as play:
        pfn = server.pfn.replace(f":{server.port}/", f":{play.port}/")
        yield Storage(pfn, server.path, play, Moved(server.access, play.port, server.port), server.ca)


def fetch(storage: Storage, folder: Path, *others: str) -> str:
    """Fetch the file; '' when it is in place, else the cause."""
    root, policy = storage.pfn.startswith("root:"), _policy(storage.wire.toxics)
    policy, pace = (PATIENT, WAITING) if root else (policy, Waits().pace())
    file = registered(BODY, storage.pfn, *others)
    try:
        fetch_files([file], folder, access=storage.access, policy=policy, pace=pace)
    except VreDmError as error:
        return str(error)
    return ""


def _policy(toxics: list[Toxic]) -> Policy:
    """How long to wait: no longer than it takes to see a silence, of which the storage's own may be one."""
    if toxics[0].how != "silence":
        return CALM
    return HASTY if len(toxics) == 1 else replace(HASTY, stall_timeout=1.0)


def is_here(folder: Path, body: bytes = BODY) -> bool:
    return [path.read_bytes() == body for path in finals(folder)] == [True]
