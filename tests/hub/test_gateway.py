"""A real Dask Gateway behind a real hub, as a user's server finds it."""

from collections.abc import Iterator
from pathlib import Path

import dask.config
import pytest

from tests.compute.cluster.hub.place import HubWithGateway, running
from vre_dm.compute.cluster import cluster
from vre_dm.hub.gateway import gateway_findings
from vre_dm.lake.finding import Finding, State

IMAGE = "DASK_GATEWAY__CLUSTER__OPTIONS__IMAGE"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubWithGateway]:
    with pytest.MonkeyPatch.context() as patch:  # no gateway of this machine is seen
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        with running(tmp_path_factory.mktemp("hub")) as found:
            yield found


def look(hub: HubWithGateway, monkeypatch: pytest.MonkeyPatch, **changed: str) -> dict[str, Finding]:
    """Findings in the user's server, where some variables are others."""
    environ = dict(hub.environ) | changed
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with dask.config.set(dask.config.collect_env(environ)):
        return {finding.what: finding for finding in gateway_findings(environ)}


def test_a_gateway_that_can_be_used_says_so_part_by_part(
    hub: HubWithGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = look(hub, monkeypatch)
    assert {finding.state for finding in found.values()} == {State.OK}
    assert found["gateway"].text.startswith("dask-gateway 202")
    assert hub.environ["DASK_GATEWAY__ADDRESS"] in found["gateway"].text
    assert found["gateway login"].text.endswith("takes it (jupyterhub); no clusters of yours")
    assert found["gateway options"].text == "clusters can be asked for image"
    assert found["schedulers"].text.endswith(" can be reached")
    assert found["gateway versions"].text.startswith("no cluster runs")
    assert "gateway image" not in found  # nobody says what this server runs


def test_the_image_of_clusters_is_compared_with_that_of_the_server(
    hub: HubWithGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = look(hub, monkeypatch, JUPYTER_IMAGE_SPEC="vre-dm:2")["gateway image"]
    assert (other.state, other.text) == (
        State.WARN,
        "clusters start with vre-dm:1, and this server runs vre-dm:2",
    )
    assert "{JUPYTER_IMAGE_SPEC}" in other.step
    same = look(hub, monkeypatch, JUPYTER_IMAGE_SPEC="vre-dm:2", **{IMAGE: "{JUPYTER_IMAGE_SPEC}"})
    assert same["gateway image"] == Finding(
        "gateway image", State.OK, "clusters start with vre-dm:2, as this server"
    )


def test_an_option_that_the_gateway_does_not_have_is_told(
    hub: HubWithGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = look(hub, monkeypatch, DASK_GATEWAY__CLUSTER__OPTIONS__FLAVOUR="large")["gateway options"]
    assert found.state is State.WARN
    assert "ask for flavour, which it does not have" in found.text


@pytest.mark.parametrize("who", ["a stranger", "a user without the right"])
def test_a_login_that_is_refused_names_the_right_that_is_missing(
    hub: HubWithGateway, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    token = hub.guest if who == "a user without the right" else "0123456789abcdef"
    found = look(hub, monkeypatch, JUPYTERHUB_API_TOKEN=token)
    assert found["gateway"].state is State.OK
    assert found["gateway login"].state is State.FAIL
    assert "access:services!service=dask-gateway" in found["gateway login"].step
    assert token not in str(found)


def test_what_is_no_gateway_or_is_not_there_is_told(
    hub: HubWithGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = look(hub, monkeypatch, DASK_GATEWAY__ADDRESS="http://127.0.0.1:1")
    assert list(gone) == ["gateway"]
    assert gone["gateway"].state is State.FAIL
    assert "network policy" in gone["gateway"].step
    hubs = look(hub, monkeypatch, DASK_GATEWAY__ADDRESS=hub.environ["JUPYTERHUB_API_URL"])
    assert {finding.state for finding in hubs.values()} <= {State.WARN, State.FAIL}
    assert "DASK_GATEWAY__ADDRESS" in str(hubs)
    wrong = look(hub, monkeypatch, DASK_GATEWAY__ADDRESS="ftp://127.0.0.1")["gateway"]
    assert (wrong.state, wrong.step) == (State.FAIL, "correct DASK_GATEWAY__ADDRESS")


def test_schedulers_that_cannot_be_reached_are_told(
    hub: HubWithGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = look(hub, monkeypatch, DASK_GATEWAY__PROXY_ADDRESS="tls://127.0.0.1:1")["schedulers"]
    assert found.state is State.FAIL
    assert (
        found.text
        == "127.0.0.1:1, through which schedulers are reached, does not answer (Connection refused)"
    )


def test_without_a_gateway_nothing_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with dask.config.set({"gateway.address": None}):
        (found,) = gateway_findings({})
    assert found.state is State.OK


@pytest.mark.slow  # a cluster is started
def test_a_cluster_that_runs_is_asked_for_its_versions(
    hub: HubWithGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in hub.environ.items():
        monkeypatch.setenv(name, value)
    with (
        dask.config.set(dask.config.collect_env(dict(hub.environ))),
        cluster(1, kind="gateway") as running_one,
    ):
        found = {finding.what: finding for finding in gateway_findings(hub.environ)}
        assert found["gateway versions"].state is State.OK
        assert running_one.id in found["gateway versions"].text
        monkeypatch.setattr(
            "vre_dm.compute.cluster.versions.differences", lambda *_: ["numpy 1.0 (here 2.0)"]
        )
        found = {finding.what: finding for finding in gateway_findings(hub.environ)}
    differing = found["gateway versions"]
    assert differing.state is State.FAIL
    assert "numpy 1.0 (here 2.0)" in differing.text
    assert differing.step.startswith("start the cluster with the image of this notebook")
