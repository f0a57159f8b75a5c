"""From the login at a JupyterHub to workers of its Dask Gateway: nothing stands in for either."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dask.config
import pytest

from tests.compute.cluster.hub.place import HubWithGateway, running
from vre_dm.compute.cluster import cluster, clusters
from vre_dm.errors import LoginRefused

pytestmark = pytest.mark.slow  # a hub, a gateway, a cluster and a map: some twenty seconds

# What a notebook of the user's server does.
NOTEBOOK = """
import json, sys
import vre_dm as dm

def total(events):
    return float(events.x.to_numpy().sum())

one = dm.cluster(1, kind="gateway")
run = dm.start_map(sys.argv[1], total, on=one)
outcome = run.outcome()
print(json.dumps([outcome.value, outcome.backend, run.log]))
"""


@pytest.fixture(scope="module")
def hub(state: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubWithGateway]:
    with running(tmp_path_factory.mktemp("hub")) as found:
        yield found


@pytest.fixture
def user(hub: HubWithGateway, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """This process has what the user's server has."""
    for name, value in hub.environ.items():
        monkeypatch.setenv(name, value)
    with dask.config.set(dask.config.collect_env({**hub.environ})):
        yield monkeypatch


def test_a_notebook_of_the_hub_maps_on_workers_of_the_gateway(
    hub: HubWithGateway, user: pytest.MonkeyPatch, file: Path
) -> None:
    said = subprocess.run(
        [sys.executable, "-c", NOTEBOOK, str(file)], capture_output=True, text=True, check=False, timeout=240
    )
    assert said.returncode == 0, said.stderr
    value, place, log = json.loads(said.stdout.splitlines()[-1])
    assert value == sum(range(10_000))
    assert place.startswith("gateway cluster")
    token = hub.environ["JUPYTERHUB_API_TOKEN"]
    shown = hub.logs | {"log of the map": log, "output": said.stdout + said.stderr}
    assert len(shown["hub.log"]) > 100
    assert "scheduler" in shown["gateway.log"].lower()
    assert [name for name, text in shown.items() if token in text] == []


def test_the_login_of_the_hub_lists_clusters(user: pytest.MonkeyPatch) -> None:
    assert clusters().notes == ()


@pytest.mark.parametrize("who", ["a stranger", "a user without the right", "nobody"])
def test_another_login_is_refused_and_says_what_to_do(
    hub: HubWithGateway, user: pytest.MonkeyPatch, who: str
) -> None:
    token = {"a stranger": "0123456789abcdef", "a user without the right": hub.guest}.get(who)
    if token is None:
        user.delenv("JUPYTERHUB_API_TOKEN")
    else:
        user.setenv("JUPYTERHUB_API_TOKEN", token)
    with pytest.raises(LoginRefused) as refused:
        cluster(1, kind="gateway").up()
    assert token is None or token not in str(refused.value)
    assert clusters().notes == (str(refused.value),)
    assert not any(token in text for text in hub.logs.values() if token)
