"""What a gateway that was killed has left, and who removes it; no two run in one folder."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lakes import until
from vre_dm.compute.cluster.rest import GatewayApi
from vre_dm.compute.cluster.server import control
from vre_dm.compute.cluster.server.control import GatewayFolder
from vre_dm.compute.cluster.settings import GatewaySettings
from vre_dm.errors import NoCluster
from vre_dm.lake.transfer.owner import Owner, myself, nobody, process
from vre_dm.private import make_private


def left(path: Path, owner: Owner | None) -> GatewayFolder:
    """Folder of a gateway whose process is that one, with a password and the key of a cluster."""
    folder = GatewayFolder(path)
    make_private(folder.path)
    certificates = folder.clusters / "0123" / ".certs"
    certificates.mkdir(parents=True)
    for file in (folder.password, certificates / "dask.pem"):
        file.write_text("secret")
    if owner is not None:
        folder.process.write_text(str(owner))
    return folder


def secrets_in(folder: GatewayFolder) -> list[str]:
    return sorted(
        path.name for path in folder.path.rglob("*") if path.is_file() and "secret" in path.read_text()
    )


def test_the_next_look_removes_password_and_keys(tmp_path: Path) -> None:
    folder = left(tmp_path / "gateway", nobody())
    assert control.status(folder) is None
    assert secrets_in(folder) == []
    assert not folder.clusters.exists()


@pytest.mark.parametrize("owner", [None, myself()], ids=["starts", "runs"])
def test_of_one_that_starts_or_runs_nothing_is_removed(tmp_path: Path, owner: Owner | None) -> None:
    folder = left(tmp_path / "gateway", owner)
    assert control.status(folder) is None  # it has not said yet where it listens
    assert secrets_in(folder) == ["dask.pem", "password"]


def test_while_another_notebook_starts_one_nothing_is_removed(tmp_path: Path) -> None:
    folder = left(tmp_path / "gateway", nobody())
    with control._alone(folder):
        assert control.status(folder) is None
    assert secrets_in(folder) == ["dask.pem", "password"]


def test_nothing_in_a_folder_that_others_can_change_is_touched(tmp_path: Path) -> None:
    folder = left(tmp_path / "gateway", nobody())
    folder.path.chmod(0o777)
    assert control.status(folder) is None
    assert secrets_in(folder) == ["dask.pem", "password"]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[GatewayFolder]:
    """Folder of a gateway that ends with the test."""
    folder = GatewayFolder(tmp_path / "gateway")
    yield folder
    control.down(folder)


def test_a_start_that_is_interrupted_leaves_nothing_running(folder: GatewayFolder) -> None:
    # It tells of each look whether the process is there, and never finds it up.
    words = (
        "from vre_dm.compute.cluster.server import control as c; from pathlib import Path; "
        "c.status = lambda folder: print(c._process(folder) is not None, flush=True); "
    )
    starting = subprocess.Popen(
        [sys.executable, "-P", "-c", f"{words}c.up(c.GatewayFolder(Path({str(folder.path)!r})))"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert starting.stdout is not None
    assert b"True\n" in starting.stdout
    server = control._process(folder)
    assert server is not None
    starting.send_signal(signal.SIGINT)
    assert b"KeyboardInterrupt" in starting.communicate(timeout=60)[1]
    until(lambda: server.ended)
    assert not folder.password.exists()


def test_one_whose_start_was_killed_ends_before_the_next_and_one_that_nobody_knows_by_itself(
    tmp_path: Path, folder: GatewayFolder
) -> None:
    with subprocess.Popen(["sleep", "60"]) as half_started:
        left(tmp_path / "gateway", process(half_started.pid))
        assert control.up(folder).clusters == 0
        assert half_started.wait(10) == -signal.SIGTERM
    known = control._process(folder)
    assert known is not None
    folder.process.unlink()
    until(lambda: known.ended)


def test_nothing_goes_to_a_proxy_of_the_environment(
    folder: GatewayFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    now = control.up(folder)
    settings = GatewaySettings(now.address, now.proxy, now.address, "basic", "me", now.password_file)
    assert GatewayApi(settings).clusters() == {}


def test_one_that_runs_is_not_ended_where_its_addresses_cannot_be_read(folder: GatewayFolder) -> None:
    control.up(folder)
    said, runs = folder.endpoints.read_text(), control._process(folder)
    folder.endpoints.write_text("half a")
    with pytest.raises(NoCluster, match="its addresses cannot be read"):
        control.up(folder)
    assert runs is not None
    assert not runs.ended
    folder.endpoints.write_text(said)
