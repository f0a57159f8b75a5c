"""The list of clusters, and one of them by its name."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import dask.config
import pytest
import requests
from distributed import Security

import vre_dm as dm
from tests.compute.cluster.runs import Place, used, value
from tests.lakes import until
from vre_dm.compute.cluster import listing
from vre_dm.compute.cluster.folder import ClusterFolder, Contact, Size, default_root
from vre_dm.compute.cluster.listing import Clusters, ClusterState
from vre_dm.compute.cluster.local import LocalCluster
from vre_dm.errors import InvalidConfiguration, NoCluster
from vre_dm.lake.transfer.owner import process as owner_of


@pytest.fixture(scope="module")
def one(state: Path) -> Iterator[LocalCluster]:
    with pytest.MonkeyPatch.context() as hub:
        hub.setenv("DASK_DISTRIBUTED__DASHBOARD__LINK", "/user/{JUPYTERHUB_USER}/proxy/{port}/status")
        process = dm.cluster(1, "700 MB", kind="local").up()
    with process:
        assert isinstance(process, LocalCluster)
        yield process


@pytest.fixture
def place(one: LocalCluster, file: Path) -> Iterator[Place]:
    with used(one, file) as place:
        yield place


def stands(one: LocalCluster) -> ClusterState:
    """How it stands, once its worker is there."""

    def at_work() -> ClusterState | None:
        (state,) = dm.clusters()
        return state if state.workers == 1 and state.memory else None

    state = until(at_work)
    assert state.name == one.id
    return state


def test_a_cluster_is_listed_with_what_it_has(one: LocalCluster) -> None:
    state = stands(one)
    assert (state.kind, state.state, state.minimum, state.most) == ("local", "running", 1, 1)
    assert state.memory_limit == 700_000_000
    assert 10_000_000 < state.memory < 2_000_000_000
    assert state.dashboard == one.dashboard != ""
    assert (state.running, state.waiting) == (0, 0)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler that is late is not silent."""
    monkeypatch.setattr(listing, "_ANSWER", 60.0)


def test_its_dashboard_is_found_where_a_hub_has_another_way_to_dashboards(one: LocalCluster) -> None:
    assert one.dashboard.startswith("http://127.0.0.1:")
    assert requests.get(one.dashboard, timeout=30).status_code == 200


def test_the_list_shows_itself_as_a_table_and_tells_no_secret(one: LocalCluster) -> None:
    stands(one)
    shown = repr(dm.clusters()) + dm.clusters()._repr_html_()
    assert "1 cluster" in shown
    assert one.id in shown
    assert "of 700 MB" in shown
    everything = shown + str(dm.clusters().states)
    assert "PRIVATE KEY" not in everything
    assert one.dashboard.split("/")[3] not in everything


def test_what_runs_and_what_waits_is_counted(one: LocalCluster, place: Place, tmp_path: Path) -> None:
    gate = tmp_path / "gate"

    def held(_: object) -> int:
        while not gate.exists():
            time.sleep(0.01)
        return 1

    running = place.started(held, 4)
    came: list[object] = []
    thread = threading.Thread(target=lambda: came.extend(running))
    thread.start()
    try:
        until(lambda: (dm.clusters()[0].running, dm.clusters()[0].waiting) == (1, 3))
    finally:
        gate.touch()
        thread.join(60)
    assert len(came) == 4


def test_one_that_is_used_by_its_name_runs_on_after_a_block(one: LocalCluster, file: Path) -> None:
    with dm.cluster(name=one.id) as same, used(same, file) as place:
        assert same.id == one.id
        assert value(place.done(lambda _: 1, 1)[0]) == 1
    assert stands(one).state == "running"


def test_a_change_by_its_name_is_one_of_the_cluster(one: LocalCluster) -> None:
    dm.cluster(name=one.id).scale((1, 2))
    assert (stands(one).minimum, stands(one).most) == (1, 2)
    one.scale(1)
    assert stands(one).most == 1


def test_one_whose_scheduler_does_not_answer_is_called_silent(
    one: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = ClusterFolder(Path(one.handed()["folder"])).process
    assert process is not None
    monkeypatch.setattr(listing, "_ANSWER", 0.3)
    os.kill(process.pid, signal.SIGSTOP)
    try:
        (state,) = dm.clusters()
        assert (state.name, state.state) == (one.id, "silent")
    finally:
        os.kill(process.pid, signal.SIGCONT)


@pytest.fixture
def stranger(state: Path, tmp_path: Path) -> Iterator[str]:
    """A cluster whose scheduler has not this package, as one of another image."""
    (tmp_path / "vre_dm.py").write_text("raise ModuleNotFoundError\n")
    secured, ready = Security.temporary(), tmp_path / "ready.json"
    words = ["scheduler", "--host", "tls://127.0.0.1", "--port", "0", "--no-dashboard"]
    words += ["--scheduler-file", str(ready)]
    for option, text in {
        "--tls-ca-file": secured.tls_ca_file,
        "--tls-cert": secured.tls_scheduler_cert,
        "--tls-key": secured.tls_scheduler_key,
    }.items():
        (tmp_path / option).write_text(text)
        words += [option, str(tmp_path / option)]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "dask", *words],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        stderr=subprocess.DEVNULL,
    )
    folder = ClusterFolder.new(default_root(), Size(0, 1, 10**9, 0))
    try:
        until(lambda: ready.exists() and ready.read_text())
        (folder.path / "process").write_text(str(owner_of(process.pid)))
        address = json.loads(ready.read_text())["address"]
        folder.open(Contact(address, secured.tls_ca_file, secured.tls_client_key))
        yield folder.path.name
    finally:
        process.kill()
        process.wait()
        folder.remove()


def test_one_whose_scheduler_has_not_this_package_is_listed_with_the_others(
    one: LocalCluster, stranger: str
) -> None:
    stands = {state.name: state for state in dm.clusters()}
    assert (stands[one.id].state, stands[one.id].running) == ("running", 0)
    other = stands[stranger]
    assert (other.state, other.workers, other.running, other.waiting) == ("running", 0, None, None)
    assert stranger in repr(dm.clusters())


def test_a_gateway_that_does_not_answer_is_a_note_below_the_others(one: LocalCluster) -> None:
    with dask.config.set({"gateway.address": "http://127.0.0.1:9", "gateway.auth.kwargs": {"password": "x"}}):
        found = dm.clusters()
        assert [each.name for each in found] == [one.id]
        assert "http://127.0.0.1:9 does not answer" in repr(found)


def test_without_clusters_the_list_says_so() -> None:
    assert repr(Clusters()) == "no clusters"
    assert len(Clusters()) == 0


@pytest.mark.parametrize("name", ["local-00000000", "..", "", "<b>", "a\nb"])
def test_a_name_that_no_cluster_has_says_where_they_are_listed(state: Path, name: str) -> None:
    with pytest.raises(NoCluster, match=r"dm\.clusters\(\) lists them") as refused:
        dm.cluster(name=name)
    assert "\n" not in str(refused.value)


def test_a_name_and_a_size_contradict_each_other(state: Path) -> None:
    with pytest.raises(InvalidConfiguration, match="as it is"):
        dm.cluster(2, name="local-00000000")
