"""The test's side of a fetch: files with true checksums, an access that trusts the test CA, no waiting."""

import functools
import hashlib
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.faults.server import TLS
from vre_dm.did import Did
from vre_dm.lake.files import File, Replica
from vre_dm.lake.transfer import Pace, Policy, fetch_files

CALM = Policy(connect_timeout=60.0, stall_timeout=60.0, minimum_rate=1000.0)
"""For servers that answer: a busy machine is waited for, and taken for no fault."""
HASTY = replace(CALM, connect_timeout=2.0, stall_timeout=0.4)
"""For servers that are silent on purpose: the fault is the same, only the waiting is not."""
HURRIED = replace(CALM, connect_timeout=12.0, stall_timeout=4.0)
"""For servers that talk without end, by a clock ten times as fast: no pause of the machine is a silence."""


@functools.cache
def trusting(ca: Path | None) -> ssl.SSLContext:
    """TLS settings with one authority, made once: with each that is new, connections are."""
    return ssl.create_default_context(cafile=ca)


@dataclass
class OpenAccess:
    """Trusts the test CA, adds a token on one origin, and maps ``file://`` as it is written.

    Every address is a storage element's, unless it is told which begin like one.
    """

    token_origin: str = ""
    tokens: list[str] = field(default_factory=lambda: ["canary-token"])
    elements: str | tuple[str, ...] = ""

    def headers(self, url: str) -> dict[str, str]:
        if not self.token_origin or not url.startswith(self.token_origin):
            return {}
        token = self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]
        return {"Authorization": f"Bearer {token}"}

    def renew(self, url: str, refused: Mapping[str, str]) -> bool:
        return refused != {"Authorization": f"Bearer {self.tokens[0]}"}

    def knows(self, url: str) -> bool:
        return url.startswith(self.elements)

    def verify(self, url: str | None) -> ssl.SSLContext:
        return trusting(TLS / "ca.pem")

    def local_path(self, pfn: str) -> Path | None:
        return Path(pfn.removeprefix("file://localhost")) if pfn.startswith("file:") else None


@dataclass
class Waits:
    """Remembers every wait instead of waiting; its clock runs as if it had waited, and may run faster."""

    seconds: list[float] = field(default_factory=list)
    speed: float = 1.0

    def __call__(self, stop: threading.Event, seconds: float) -> None:
        self.seconds.append(seconds)

    def pace(self) -> Pace:
        return Pace(clock=self.clock, wait=self, chance=lambda: 0.0)

    def clock(self) -> float:
        return time.monotonic() * self.speed + sum(self.seconds)


def registered(body: bytes, *pfns: str, name: str = "data.bin", **changes: object) -> File:
    """A catalogue entry that tells the truth about these bytes, but for the changes."""
    facts = {
        "size": len(body),
        "adler32": f"{zlib.adler32(body):08x}",
        "md5": hashlib.md5(body).hexdigest(),
    } | changes
    replicas = tuple(Replica(f"RSE-{at + 1}", pfn) for at, pfn in enumerate(pfns))
    return File(Did("test", name), replicas=replicas, **facts)


def stored(store: Path, name: str, body: bytes, **changes: object) -> File:
    """A file in a storage that this machine reads, registered truly but for the changes."""
    path = store / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return registered(body, f"file://localhost{path}", name=name, **changes)


def fetch(files: Iterable[File], folder: Path, **options: object) -> list[Path]:
    """Fetch from whoever is asked, without waiting between rounds; the options may say otherwise."""
    facts = {"access": OpenAccess(), "policy": CALM, "pace": Waits().pace()} | options
    return fetch_files(files, folder, **facts)


def partials(folder: Path) -> list[Path]:
    return [path for path in folder.rglob(".*") if path.name.endswith(".part")]


def finals(folder: Path) -> list[Path]:
    """Files by their final names; a link or a device at such a name is one too."""
    hidden = {path for path in folder.rglob(".*") if path.suffix in {".part", ".claim"}}
    return sorted(path for path in folder.rglob("*") if not path.is_dir() and path not in hidden)
