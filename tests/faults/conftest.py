"""The breaking server, and the promise every fault is held against: no wrong byte at a final name."""

import shutil
import zlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Protocol
from urllib.parse import urlsplit

import pytest

from tests.faults.frames import Frames, frames
from tests.faults.gateway import Gateway, before
from tests.faults.matrix import Fault
from tests.faults.server import Breaking, breaking
from tests.faults.storages import BODY, Server, Storage, behind_a_wire
from tests.faults.world import CALM, HASTY, HURRIED, OpenAccess, Waits, finals, partials
from tests.lakes import client
from tests.xrootd import xrootd
from vre_dm.errors import VreDmError
from vre_dm.lake.files import File
from vre_dm.lake.instances import from_rucio_cfg
from vre_dm.lake.lake import Lake
from vre_dm.lake.transfer import Policy, fetch_files, http
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

RSE = "CNAF-STORM"
NO_XROOTD = "no XRootD client or server on this machine"


class Fetch(Protocol):
    """Fetches one file; gives '' when it is in place, else the cause."""

    def __call__(self, file: File, policy: Policy = CALM) -> str: ...


@pytest.fixture
def server() -> Iterator[Breaking]:
    with breaking() as play:
        yield play


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def policy(fault: Fault, waits: Waits, monkeypatch: pytest.MonkeyPatch) -> Policy:
    """How long to wait for a fault of the matrix: no longer than it takes to see it."""
    if fault.endless:
        waits.speed = 10.0
        monkeypatch.setattr(http, "time", SimpleNamespace(monotonic=waits.clock))
        return HURRIED
    return HASTY if fault.silent else CALM


@pytest.fixture
def fetch(tmp_path: Path, waits: Waits) -> Iterator[Fetch]:
    """Fetch one file; gives '' when it is in place, else the cause. Judges the folder at the end."""
    truth: dict[str, File] = {}
    said: list[str] = []

    def run(file: File, policy: Policy = CALM) -> str:
        truth[file.did.name] = file
        try:
            fetch_files([file], tmp_path, access=OpenAccess(), policy=policy, pace=waits.pace())
        except VreDmError as error:
            said.append(str(error))
            return str(error)
        return ""

    yield run
    assert [text for text in said if "\n" in text] == []
    assert [path.name for path in finals(tmp_path) if not true(path, truth)] == []
    assert [path for path in partials(tmp_path) if "-0-0-" not in path.name] == []


def true(path: Path, truth: dict[str, File]) -> bool:
    file, body = truth[path.name], path.read_bytes()
    return file.adler32 is None or zlib.adler32(body) == int(file.adler32, 16)


@pytest.fixture(scope="module")
def webdav_server(embedded_lake: LakeStatus, tmp_path_factory: pytest.TempPathFactory) -> Server:
    (pfn,) = client(embedded_lake).lfns2pfns(RSE, ["user.dm:faults.webdav"]).values()
    path = Layout(embedded_lake.root).storage(RSE) / urlsplit(pfn).path.split(f"/{RSE}/", 1)[1]
    instance = from_rucio_cfg(embedded_lake.userpass_config, {})
    return Server(pfn, path, Lake(instance, tmp_path_factory.mktemp("unused")).access, instance.ca)


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


@pytest.fixture
def gateway(webdav_server: Server) -> Iterator[Gateway]:
    with before(webdav_server) as found:
        yield found


@pytest.fixture
def liar(root_server: Server) -> Iterator[Frames]:
    root_server.store(BODY)
    with frames(root_server.port) as play:
        yield play
