"""A real Dask Gateway: a server, its proxy, schedulers and workers behind it, all on this machine."""

import gzip
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from click.testing import CliRunner

from tests.compute.cluster.runs import Place, used, value
from tests.compute.cluster.test_local import bits
from tests.compute.cluster.told import tokens_on, told_by, waiting
from tests.compute.remote import BASKET, ENTRIES
from tests.lakes import until
from tests.security.canaries import Watch
from tests.security.leaks import Search
from vre_dm.cli.gateway import gateway as command
from vre_dm.compute.cluster import backend_for, cluster, clusters, gateway_options, settings
from vre_dm.compute.cluster.gateway import GatewayCluster
from vre_dm.compute.cluster.listing import ClusterState
from vre_dm.compute.cluster.rest import GatewayApi
from vre_dm.compute.cluster.server import control
from vre_dm.compute.cluster.server.control import GatewayStatus
from vre_dm.compute.here import Here
from vre_dm.compute.run.driving import started
from vre_dm.compute.run.order import order_of
from vre_dm.compute.run.running import RunningMap
from vre_dm.compute.run.starting import begun_job
from vre_dm.errors import InvalidConfiguration, JobCancelled, LoginRefused, NoCluster
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.jobs.folder import folders


@pytest.fixture(scope="module")
def server(state: Path) -> Iterator[GatewayStatus]:
    """The gateway of this user, started in a terminal; all that it started ends with it."""
    said = CliRunner().invoke(command, ["up", "--idle", "1h"])
    found, process = control.status(), control._process(control.default_folder())
    assert said.exit_code == 0, said.output
    assert found is not None
    assert process is not None
    try:
        yield found
    finally:
        cluster(1).up()  # left running
        members = psutil.Process(process.pid).children(recursive=True)
        assert "stopped" in CliRunner().invoke(command, ["down"]).output
        assert len(members) >= 2  # its proxy, and a scheduler
        assert psutil.wait_procs(members, timeout=60)[1] == []
        assert CliRunner().invoke(command, ["status"]).exit_code == 1
        assert "was not running" in CliRunner().invoke(command, ["down"]).output


@pytest.fixture(scope="module")
def one(server: GatewayStatus) -> Iterator[GatewayCluster]:
    """A cluster of one worker."""
    found = cluster(1, "700 MB")
    assert isinstance(found, GatewayCluster)
    with found:
        yield found


@pytest.fixture(scope="module")
def place(one: GatewayCluster, file: Path) -> Iterator[Place]:
    with used(one, file) as place:
        yield place


def password(server: GatewayStatus) -> str:
    return server.password_file.read_text()


def test_the_gateway_gives_the_bits_that_one_process_gives(place: Place, ntuples: list[Path]) -> None:
    assert bits(place.backend, ntuples, threading.Event()) == bits(Here(), ntuples, threading.Event())


def test_its_workers_keep_what_they_freed(place: Place) -> None:
    def threshold(_: object) -> int:
        return int(os.environ["MALLOC_TRIM_THRESHOLD_"])

    assert value(place.done(threshold, 1)[0]) == 2**28


def test_another_process_attaches_and_leaves_it_running(one: GatewayCluster, file: Path) -> None:
    with used(one, file) as place:
        assert value(place.done(lambda _: 1, 2)[1]) == 1
    assert one.running


def test_it_is_seen_in_a_terminal(one: GatewayCluster) -> None:
    said = CliRunner().invoke(command, ["status"])
    assert said.exit_code == 0
    assert "with 1 cluster." in said.output


def told(one: GatewayCluster, place: Place, folder: Path) -> dict[str, str]:
    """All that a cluster tells of itself, and what is passed on of it."""
    client: Any = place.backend._client  # type: ignore[attr-defined]
    client.dump_cluster_state(str(folder / "dump"), write_from_scheduler=False)
    at = one.dashboard.removesuffix("/status")
    pages = ("status", "json/counts.json", "json/identity.json", "info/main/workers.html")
    return {
        "dump": gzip.decompress((folder / "dump.msgpack.gz").read_bytes()).decode("latin-1"),
        "logs": f"{client.get_worker_logs()} {client.get_scheduler_logs()}",
        "dashboard": "".join(requests.get(f"{at}/{page}", timeout=30).text for page in pages),
        "environment": str(client.run(lambda: dict(os.environ))),
        "handed": f"{one!r} {one.handed()}",
        "terminal": CliRunner().invoke(command, ["status"]).output,
        "command lines": str([p.info["cmdline"] for p in psutil.process_iter(["cmdline"])]),
    }


def test_no_secret_is_handed_over_shown_or_given_to_workers(
    server: GatewayStatus, one: GatewayCluster, place: Place, tmp_path: Path
) -> None:
    secrets = {"password": password(server), "key": one._access().key.splitlines()[1]}
    place.done(lambda _: 1, 3)
    said = told(one, place, tmp_path)
    assert all(len(text) > 20 for text in said.values())
    assert [(what, where) for where, text in said.items() for what, s in secrets.items() if s in text] == []


def test_workers_read_from_the_lake_with_tokens_that_are_nowhere_to_be_found(
    one: GatewayCluster, place: Place, wide_dataset: Dataset, watch: Watch, tmp_path: Path
) -> None:
    client: Any = place.backend._client  # type: ignore[attr-defined]
    gate = tmp_path / "gate" / "open"
    gate.parent.mkdir()
    how = {"on": one.handed(), "fetch": False, "chunk_bytes": 16 * BASKET}
    order = order_of(waiting(gate), lake="lake", did=str(wide_dataset.did), **how)
    job = started(begun_job(tmp_path / "jobs", order), lambda lake, did: wide_dataset)
    try:
        until(gate.with_name("at work").exists)
        assert tokens_on(client) > 0
        during = told_by(client, one.dashboard, tmp_path)
    finally:  # else its chunks wait for the gate, and the cluster with them
        gate.touch()
        job.result(120)
    until(lambda: tokens_on(client) == 0)  # the run ends before every worker has said that it forgot
    assert RunningMap(folders(tmp_path / "jobs")[0]).outcome().entries == ENTRIES
    search = Search(watch.secrets)
    for said in (during, told_by(client, one.dashboard, tmp_path)):
        assert [leak for where, text in said.items() for leak in search.text(text, where)] == []


def test_only_who_can_read_the_password_gets_in(server: GatewayStatus) -> None:
    assert server.password_file.stat().st_mode & 0o077 == 0
    answer = requests.get(f"{server.address}/api/v1/clusters/", auth=("root", "guess"), timeout=30)
    assert answer.status_code == 401


def test_a_password_that_others_can_read_is_not_used(server: GatewayStatus) -> None:
    server.password_file.chmod(0o644)
    try:
        with pytest.raises(LoginRefused, match="open to other users"):
            cluster(1).up()
    finally:
        server.password_file.chmod(0o600)


def test_an_option_that_it_has_not_is_named_with_those_it_has(server: GatewayStatus) -> None:
    with pytest.raises(InvalidConfiguration, match="no option image; it has worker_cores, worker_memory"):
        cluster(1, image="vre-dm").up()


def test_an_option_out_of_its_range_is_refused_in_the_words_of_the_gateway(server: GatewayStatus) -> None:
    with pytest.raises(InvalidConfiguration, match="worker_cores must be <="):
        cluster(1, worker_cores=1000).up()


def test_a_cluster_that_starts_can_be_stopped_and_leaves_nothing(
    server: GatewayStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    starting, stop = cluster(1), threading.Event()
    assert isinstance(starting, GatewayCluster)
    stop.set()
    before = set(starting._api.clusters())
    monkeypatch.setattr(GatewayApi, "report", lambda *_: {"status": "PENDING"})
    with pytest.raises(JobCancelled, match="stopped while"):
        starting.up(stop)
    deadline = time.monotonic() + 60
    while set(starting._api.clusters()) - before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert set(starting._api.clusters()) <= before


def test_dasks_own_settings_come_first(server: GatewayStatus, monkeypatch: pytest.MonkeyPatch) -> None:
    import dask.config

    with dask.config.set(
        {
            "gateway.address": "https://hub.example.org/services/{SERVICE}/",
            "gateway.proxy-address": "tls://hub.example.org:8786",
            "gateway.public-address": "/services/dask-gateway/",
            "gateway.auth.type": "jupyterhub",
        }
    ):
        monkeypatch.setenv("SERVICE", "dask-gateway")
        monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "a-token")
        found = settings.found()
        assert found is not None
        assert found.address == "https://hub.example.org/services/dask-gateway"
        assert found.proxy == "hub.example.org:8786"
        assert found.public == "/services/dask-gateway"
        assert found.secret().reveal() == "a-token"
        assert "a-token" not in repr(found)


def test_options_of_dasks_settings_stand_below_those_that_are_asked_for(server: GatewayStatus) -> None:
    import dask.config

    said = {
        "gateway.address": server.address,
        "gateway.proxy-address": server.proxy,
        "gateway.auth.kwargs": {"password": password(server)},
        "gateway.cluster.options": {"image": "not of this gateway", "worker_cores": 9, "worker_memory": 0.75},
    }
    usual = {option["field"]: option["default"] for option in gateway_options()}
    with dask.config.set(said):
        offered = {option["field"]: option["default"] for option in gateway_options()}
        with cluster(1, worker_cores=1) as made:
            assert isinstance(made, GatewayCluster)
            assert made._api.report(made.id)["options"] == {"worker_cores": 1, "worker_memory": 0.75}
    assert usual["worker_memory"] != offered["worker_memory"] == 0.75


def test_one_that_is_had_by_its_name_is_not_made_anew_as_another(server: GatewayStatus) -> None:
    found = settings.found()
    assert found is not None
    api = GatewayApi(found)
    name = api.create({})
    same = cluster(name=name)
    api.end(name)
    until(lambda: name not in api.clusters())
    with pytest.raises(NoCluster, match=f"{name} ended; start another one"):
        backend_for(same.handed())


def test_a_gateway_that_does_not_answer_is_named() -> None:
    import dask.config

    with (
        dask.config.set({"gateway.address": "http://127.0.0.1:9", "gateway.auth.kwargs": {"password": "x"}}),
        pytest.raises(NoCluster, match=r"http://127\.0\.0\.1:9 does not answer"),
    ):
        cluster(1).up()


@pytest.mark.parametrize(
    "wrong", [{"address": "ftp://there"}, {"address": "http://x/{NO_SUCH}"}, {"auth.type": "kerberos"}]
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, str]) -> None:
    import dask.config

    said = {f"gateway.{name}": text for name, text in {"address": "http://there", **wrong}.items()}
    with dask.config.set(said), pytest.raises(InvalidConfiguration):
        cluster(1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "https://dm:hush@hub.example.org"},
        {"address": "dm:hush@hub.example.org"},
        {"address": "http://hub.example.org", "public-address": "https://dm:hush@hub.example.org"},
        {"address": "http://hub.example.org", "proxy-address": "tls://dm:hush@hub.example.org:8786"},
    ],
)
def test_a_password_in_an_address_is_refused_and_not_shown(wrong: dict[str, str]) -> None:
    import dask.config

    said = {f"gateway.{name}": text for name, text in wrong.items()}
    with dask.config.set(said), pytest.raises(InvalidConfiguration, match=r"auth\.kwargs") as refused:
        cluster(1)
    assert "hush" not in str(refused.value)


# --- whoever asked for it ----------------------------------------------------------------------------------


def test_it_is_listed_beside_others_and_found_by_its_name(one: GatewayCluster, file: Path) -> None:
    def at_work() -> ClusterState | None:
        return next((state for state in clusters() if state.name == one.id and state.workers == 1), None)

    state = until(at_work)
    assert (state.kind, state.state, state.most) == ("gateway", "running", None)
    assert requests.get(state.dashboard, timeout=30).status_code == 200
    with cluster(name=one.id) as same, used(same, file) as place:
        assert value(place.done(lambda _: 1, 1)[0]) == 1
    assert one.running


def test_what_it_offers_can_be_asked_for(server: GatewayStatus) -> None:
    assert [option["field"] for option in gateway_options()] == ["worker_cores", "worker_memory"]


@pytest.mark.slow  # test_presence.py begins from zero on this machine
def test_workers_come_with_the_work_where_nobody_said_how_many(server: GatewayStatus, file: Path) -> None:
    with used(cluster(memory="700 MB"), file) as place:
        assert value(place.done(lambda _: 1, 1)[0]) == 1


@pytest.mark.slow  # a second gateway; test_control.py has the look at what one has left
def test_one_that_is_killed_takes_its_clusters_along_and_leaves_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    control.up()
    cluster(1, "700 MB", kind="gateway").up()
    process = control._process(control.default_folder())
    assert process is not None
    members = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    assert psutil.wait_procs(members, timeout=60)[1] == []
    assert control.status() is None
    left = [path.name for path in control.default_folder().path.rglob("*") if path.is_file()]
    assert sorted(left) == ["lock", "log"]
