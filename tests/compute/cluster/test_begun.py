"""A cluster of this machine that starts while a run is planned, and ends with it."""

import tempfile
import time
from pathlib import Path

import psutil
import pytest

from tests.compute.cluster.runs import Place, family, value
from tests.lakes import until
from vre_dm.compute.cluster import cluster
from vre_dm.compute.cluster.folder import ClusterFolder
from vre_dm.compute.cluster.local import LocalCluster


def test_one_that_was_begun_while_a_run_is_planned_is_there_when_it_is_wanted(file: Path) -> None:
    one = cluster(1, "700 MB", idle=0.1)  # which would end it before it is used
    assert isinstance(one, LocalCluster)
    with one.begun():
        assert one._starting is not None  # nobody waited for it
        until(lambda: one.running)
        time.sleep(0.5)
        backend = one.backend()
        members = family(one)
        assert value(Place(backend, file).done(lambda _: 1, 1)[0]) == 1
        backend.close()
        assert one.running  # until the run ends
    assert len(psutil.wait_procs(members, timeout=30)[1]) == 0
    assert one.running is False


def test_one_that_was_begun_and_never_used_is_gone_at_once(state: Path) -> None:
    one = cluster(1, "700 MB")
    assert isinstance(one, LocalCluster)
    before = psutil.Process().children()
    with one.begun():
        (process,) = [child for child in psutil.Process().children() if child not in before]
        members = [process, *process.children(recursive=True)]
        folders = list((state / "vre-dm" / "clusters").iterdir())
    assert len(psutil.wait_procs(members, timeout=30)[1]) == 0
    assert [folder for folder in folders if folder.exists()] == [
        folder for folder in folders if ClusterFolder(folder).here
    ]


@pytest.mark.parametrize("up", [False, True])
def test_one_that_was_begun_and_never_used_leaves_nothing_beside_its_folder(
    up: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as beside:  # whose path is short enough for a socket
        monkeypatch.setenv("TMPDIR", beside)
        one = cluster(1, "700 MB")
        assert isinstance(one, LocalCluster)
        with one.begun():
            until(lambda: one.running if up else list(Path(beside).iterdir()))
        left = {path.name for path in Path(beside).rglob("*")}
        assert left <= {"dask-scratch-space", "purge.lock", "global.lock"}  # which Dask has once, for all


def test_one_that_runs_already_is_not_begun_nor_ended_with_a_run() -> None:
    two = cluster(1, "700 MB").up()
    assert isinstance(two, LocalCluster)
    with LocalCluster.attached(Path(two.handed()["folder"]).parent, two.id).begun():  # type: ignore[union-attr]
        pass
    with two.begun():
        pass
    assert two.running
    two.down()
