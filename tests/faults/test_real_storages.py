"""The same faults on the way to real servers: the lake's WebDAV, and XRootD where it is installed."""

import random
import re
import shutil
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.faults.toxics import Toxic, Wire, wire
from tests.faults.world import HASTY, OpenAccess, Waits, finals, partials, registered
from tests.lakes import client, until
from tests.xrootd import xrootd
from vre_dm.errors import VreDmError
from vre_dm.lake.access import Access
from vre_dm.lake.instances import from_rucio_cfg
from vre_dm.lake.lake import Lake
from vre_dm.lake.transfer import fetch_files
from vre_dm.lake.transfer.policy import CHUNK
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

BODY = random.Random(18).randbytes(3_000_000)
HALF = len(BODY) // 2
RSE = "CNAF-STORM"
PATIENT = replace(HASTY, stall_timeout=6.0, connect_timeout=1.0)
"""XRootD's own client looks after its connections once a second."""
NO_XROOTD = "no XRootD client or server on this machine"


@dataclass(frozen=True)
class Server:
    """A file on a real server: its address, its bytes on the server's disk, and what a fetch may use."""

    pfn: str
    path: Path
    access: Access


class Wired:
    """A server's access for addresses whose port is that of a wire."""

    def __init__(self, access: Access, wire: Wire) -> None:
        self._access, self._wire = access, wire
        self.refused = 0  # requests that go without a login

    def headers(self, url: str) -> dict[str, str]:
        self.refused -= 1
        return self._access.headers(self._true(url)) if self.refused < 0 else {}

    def knows(self, url: str) -> bool:
        return self._access.knows(self._true(url))

    def verify(self, url: str) -> ssl.SSLContext:
        return self._access.verify(self._true(url))

    def local_path(self, pfn: str) -> None:
        """Nothing is read in place here."""

    def mount_fault(self) -> None:
        """No mount, no fault."""

    def _true(self, url: str) -> str:
        return url.replace(f":{self._wire.port}/", f":{self._wire.target}/")


@dataclass(frozen=True)
class Storage:
    """A file on a real server behind a wire of its own."""

    pfn: str
    path: Path
    wire: Wire
    access: Wired


@contextmanager
def behind_a_wire(server: Server) -> Iterator[Storage]:
    server.path.parent.mkdir(parents=True, exist_ok=True)
    server.path.write_bytes(BODY)
    port = urlsplit(server.pfn).port or 0
    with wire(port) as play:
        pfn = server.pfn.replace(f":{port}/", f":{play.port}/")
        yield Storage(pfn, server.path, play, Wired(server.access, play))


@pytest.fixture(scope="module")
def webdav_server(embedded_lake: LakeStatus, tmp_path_factory: pytest.TempPathFactory) -> Server:
    (pfn,) = client(embedded_lake).lfns2pfns(RSE, ["user.dm:faults.webdav"]).values()
    path = Layout(embedded_lake.root).storage(RSE) / urlsplit(pfn).path.split(f"/{RSE}/", 1)[1]
    lake = Lake(from_rucio_cfg(embedded_lake.userpass_config, {}), tmp_path_factory.mktemp("unused"))
    return Server(pfn, path, lake.access)


@pytest.fixture(scope="module")
def root_server() -> Iterator[Server]:
    if shutil.which("xrootd") is None or find_spec("XRootD") is None:
        pytest.skip(NO_XROOTD)
    with xrootd() as server:
        yield Server(f"root://127.0.0.1:{server.port}//lake/x", server.folder / "x", OpenAccess())


@pytest.fixture(params=["webdav_server", "root_server"])
def storage(request: pytest.FixtureRequest) -> Iterator[Storage]:
    with behind_a_wire(request.getfixturevalue(request.param)) as found:
        yield found


def fetch(storage: Storage, folder: Path, *others: str) -> str:
    policy = PATIENT if storage.pfn.startswith("root:") else HASTY
    file = registered(BODY, storage.pfn, *others)
    try:
        fetch_files([file], folder, access=storage.access, policy=policy, pace=Waits().pace())
    except VreDmError as error:
        return str(error)
    return ""


def is_here(folder: Path) -> bool:
    return [path.read_bytes() == BODY for path in finals(folder)] == [True]


def test_a_file_without_fault_comes_once(storage: Storage, tmp_path: Path):
    for _ in range(2):
        assert fetch(storage, tmp_path) == ""
        assert is_here(tmp_path)
    assert storage.wire.sent < 1.05 * len(BODY)


@pytest.mark.parametrize("how", ["cut", "reset", "silence"])
@pytest.mark.parametrize("after", [0, 10_000, HALF])
def test_a_network_that_fails_once_costs_no_byte_twice(
    after: int, how: str, storage: Storage, tmp_path: Path
):
    storage.wire.play(Toxic(after, how), Toxic())
    for _ in range(2):
        assert fetch(storage, tmp_path) == ""
        assert is_here(tmp_path)
    assert storage.wire.sent < 1.05 * len(BODY) + (CHUNK if after else 0)


@pytest.mark.parametrize("how", ["cut", "reset", "silence"])
def test_a_network_that_never_works_is_said_and_leaves_nothing(how: str, storage: Storage, tmp_path: Path):
    storage.wire.play(Toxic(0, how))
    for _ in range(2):
        assert "RSE-1" in fetch(storage, tmp_path)
        assert finals(tmp_path) == partials(tmp_path) == []


def test_a_bit_that_flips_on_the_way_is_noticed(storage: Storage, tmp_path: Path):
    storage.wire.play(Toxic(HALF, "flip"), Toxic())
    assert fetch(storage, tmp_path) == ""
    assert is_here(tmp_path)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "lost": (lambda path: path.unlink(), "404|no such file|No such file"),
    "a flipped bit": (lambda path: path.write_bytes(BODY[:HALF] + b"!" + BODY[HALF + 1 :]), "checksum"),
    "cut": (lambda path: path.write_bytes(BODY[:HALF]), "1500000 bytes are offered"),
    "empty": (lambda path: path.write_bytes(b""), "0 bytes are offered"),
    "longer": (lambda path: path.write_bytes(BODY + b"!"), "3000001 bytes are offered"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "RSE-1"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_copy_is_refused_until_it_is_mended(damage: str, storage: Storage, tmp_path: Path):
    harm, cause = DAMAGE[damage]
    harm(storage.path)
    for _ in range(2):
        assert re.search(cause, fetch(storage, tmp_path))
        assert finals(tmp_path) == []
    if storage.path.is_dir():
        storage.path.rmdir()
    storage.path.write_bytes(BODY)
    assert fetch(storage, tmp_path) == ""
    assert is_here(tmp_path)


def test_a_copy_that_is_lost_falls_to_the_next(storage: Storage, tmp_path: Path):
    storage.path.rename(storage.path.with_name("other"))
    for _ in range(2):
        assert fetch(storage, tmp_path, f"{storage.pfn.rpartition('/')[0]}/other") == ""
        assert is_here(tmp_path)


def test_an_object_that_changes_between_two_connections_is_not_mixed(storage: Storage, tmp_path: Path):
    other = bytes(len(BODY))
    storage.path.write_bytes(other)
    storage.wire.play(Toxic(HALF, "cut"), Toxic(0, "cut"))
    assert fetch(storage, tmp_path)
    storage.path.write_bytes(BODY)
    storage.wire.play(Toxic())
    until(lambda: fetch(storage, tmp_path) == "")  # XRootD's client wants a second after an error
    assert is_here(tmp_path)


def test_a_login_that_was_refused_is_asked_for_anew(webdav_server: Server, tmp_path: Path):
    with behind_a_wire(webdav_server) as storage:
        storage.access.refused = 1
        assert fetch(storage, tmp_path) == ""
        storage.access.refused = 100
        assert "401" in fetch(storage, tmp_path / "again")
