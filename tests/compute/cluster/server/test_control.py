"""What a gateway that was killed has left, and who removes it."""

from pathlib import Path

import pytest

from vre_dm.compute.cluster.server import control
from vre_dm.compute.cluster.server.control import GatewayFolder
from vre_dm.lake.private import make_private
from vre_dm.lake.transfer.owner import Owner, myself, nobody


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
