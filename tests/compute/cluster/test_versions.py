"""A cluster with other packages is refused before anything is sent to it."""

import threading
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from vre_dm.compute.cluster import backend_for, cluster
from vre_dm.compute.cluster.folder import ClusterFolder, Contact
from vre_dm.compute.cluster.local import LocalCluster
from vre_dm.compute.cluster.versions import check
from vre_dm.errors import JobCancelled, NoCluster, VersionsDiffer


@pytest.fixture(scope="module")
def one(state: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    """A cluster of another uproot, as an image of last year would have."""
    older = tmp_path_factory.mktemp("older")
    (older / "uproot-4.0.0.dist-info").mkdir()
    (older / "uproot-4.0.0.dist-info" / "METADATA").write_text("Name: uproot\nVersion: 4.0.0\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(older))
        process = cluster(1, "700 MB", kind="local")
        assert isinstance(process, LocalCluster)
        process.up()
    with process:
        yield process


def access(process: LocalCluster) -> Contact:
    found = ClusterFolder(Path(process.handed()["folder"])).access
    assert found is not None
    return found


def test_another_version_of_a_package_is_named_on_both_sides(one: LocalCluster) -> None:
    here = version("uproot")
    with pytest.raises(
        VersionsDiffer, match=rf"scheduler of 1 process .* has uproot 4\.0\.0 \(here {here}\)"
    ):
        backend_for(one.handed())


def test_another_python_is_named_by_its_minor_version(
    one: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import versions

    real = versions.get_package_info
    changed = lambda packages: real(packages) | {"python": "3.99.1.final.0"}  # noqa: E731
    monkeypatch.setattr(versions, "get_package_info", changed)
    with pytest.raises(VersionsDiffer, match=r"Python 3\.\d+ \(here 3\.99\)"):
        check(access(one), "it", 60, threading.Event())


@pytest.fixture
def empty(one: LocalCluster) -> Contact:
    """A cluster that has as many workers as the work asks: none."""
    one.scale((0, 1))
    while True:
        try:
            check(access(one), "it", 0.2, threading.Event())
        except VersionsDiffer:  # the one that was there has not gone yet
            continue
        except NoCluster:
            return access(one)


def test_a_cluster_without_workers_is_waited_for_and_named(empty: Contact) -> None:
    with pytest.raises(NoCluster, match="no worker of it came within 0 s"):
        check(empty, "it", 0.2, threading.Event())


def test_the_wait_for_workers_can_be_stopped(empty: Contact) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(JobCancelled, match="while it waited for a worker"):
        check(empty, "it", 100, stop)


def test_a_scheduler_that_is_not_there_is_named(one: LocalCluster) -> None:
    there = access(one)
    nowhere = Contact("tls://127.0.0.1:9", there.certificate, there.key)
    with pytest.raises(NoCluster, match="does not answer"):
        check(nowhere, "it", 1, threading.Event())
