"""Users' servers, as the hub's own spawner makes them from the values."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dask.config
import pytest
import trustme

from builders import chart
from tests.chart.conftest import FILES, NEWEST, OLDEST, ROOT, Lines, Release, values
from tests.chart.test_engine import Installed
from vre_dm.compute.cluster import settings
from vre_dm.lake import instances

Spawned = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def spawned(installed: Installed, pods: Lines, tmp_path_factory: pytest.TempPathFactory) -> Spawned:
    """What the hub of a release makes of each profile."""
    known: dict[str, dict[str, Any]] = {}

    def found(name: str = "") -> dict[str, Any]:
        if name not in known:
            release, _ = installed(name)
            config = values(name).get("jupyterhub", {}).get("hub", {}).get("config", {})
            known[name] = _spawned(release, pods, config, tmp_path_factory.mktemp("hub"))
        return known[name]

    return found


def _spawned(release: Release, pods: Lines, config: dict[str, Any], folder: Path) -> dict[str, Any]:
    for name, text in release.api.named("ConfigMap")["vre-dm-hub"]["data"].items():
        (folder / name).write_text(text)
    told = json.loads((folder / "settings.json").read_text())
    if told["login"]["kind"] == "embedded":  # its lake is not here; test_hub.py has one
        told["login"]["kind"] = "jupyterhub"
        (folder / "settings.json").write_text(json.dumps(told))
    for name in ("clientId", "clientSecret"):
        (folder / name).write_text("mine")
    slugs = ["", *told["images"]["names"]]
    said: dict[str, Any] = pods.ask(what="servers", files=str(folder), profiles=slugs, config=config)
    assert said["printed"] == ""
    return said


@pytest.mark.parametrize("name", FILES)
def test_every_profile_is_a_pod_that_kubernetes_takes(spawned: Spawned, validator: Lines, name: str) -> None:
    pods = list(spawned(name)["pods"].values())
    for version in (OLDEST, NEWEST):
        assert validator.ask(objects=pods, version=version) == {"faults": []}


@pytest.mark.parametrize("name", FILES)
def test_the_image_of_every_profile_is_one_that_the_project_builds(spawned: Spawned, name: str) -> None:
    for slug, pod in spawned(name)["pods"].items():
        image = _container(pod)["image"]
        found = re.fullmatch(r"[^:]+/vre-dm-(?P<profile>[a-z0-9-]+):(?P<tag>.+)", image)
        assert found, image
        assert (ROOT / "images" / "profiles" / found["profile"] / "card.yaml").exists()
        assert found["profile"] == (slug or "base")


def test_a_profile_takes_what_it_may_and_no_more(spawned: Spawned) -> None:
    asked = _container(spawned()["pods"]["root"])["resources"]
    assert asked["limits"] == {"cpu": 4.0, "memory": 6 * 2**30}
    assert asked["requests"] == {"cpu": 0.5, "memory": 2 * 2**30}


def test_a_server_runs_as_nobody_in_particular_with_no_rights_and_is_asked_whether_it_answers(
    spawned: Spawned,
) -> None:
    pod = spawned()["pods"]["base"]
    container = _container(pod)
    assert container["securityContext"] == {
        "runAsUser": 1000,
        "runAsNonRoot": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert pod["spec"]["automountServiceAccountToken"] is False
    assert container["readinessProbe"]["exec"] == {"command": ["vre-health"]}
    assert not pod["spec"].get("initContainers")


def test_the_lake_of_a_site_and_its_mounts_are_in_every_server(spawned: Spawned) -> None:
    pod = spawned("values-escape.yaml")["pods"]["gamma"]
    environment = _environment(pod)
    assert environment["RUCIO_BASE_URL"] == "https://vre-rucio.cern.ch"
    assert environment["RUCIO_PATH_BEGINS_AT"] == "5"
    assert environment["RUCIO_CA_CERT"] == "/etc/vre-dm/lake-ca/ca.pem"
    mounts = {each["mountPath"]: each for each in _container(pod)["volumeMounts"]}
    assert mounts["/eos/eulake"]["readOnly"] is True
    assert mounts["/eos/eulake"]["mountPropagation"] == "HostToContainer"
    assert {"/cvmfs", "/eos/opendata/atlas", "/home/jovyan", "/scratch"} <= set(mounts)
    volumes = {each["name"]: each for each in pod["spec"]["volumes"]}
    assert volumes["vre-dm-cvmfs"]["persistentVolumeClaim"]["claimName"] == "cvmfs-vre-pvc"


def test_homes_at_escape_keep_the_folders_that_they_have(spawned: Spawned) -> None:
    for name, folder in (("values-escape.yaml", "mock-40name"), ("values-lapp.yaml", "mock-name---6241db84")):
        mounts = {
            each["mountPath"]: each for each in _container(spawned(name)["pods"]["base"])["volumeMounts"]
        }
        assert mounts["/home/jovyan"]["subPath"] == folder


def test_vre_dm_reads_the_lake_out_of_the_variables_of_a_server(spawned: Spawned, tmp_path: Path) -> None:
    environment = _environment(spawned("values-escape.yaml")["pods"]["base"])
    said = {name: value for name, value in environment.items() if name.startswith("RUCIO_")}
    nothing = {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path)}
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    found = instances.known({**said, **nothing, "RUCIO_CA_CERT": str(tmp_path / "ca.pem")})
    assert [each.url for each in found.instances] == ["https://vre-rucio.cern.ch"]
    mount = found.instances[0].mount
    assert mount is not None
    assert "CERN-EOSPILOT" in str(mount)


def test_shared_kernels_are_beside_those_of_the_image(spawned: Spawned) -> None:
    path = _environment(spawned("values-lapp.yaml")["pods"]["base"])["JUPYTER_PATH"]
    assert path == "/opt/kernels/share/jupyter:/shared/kernels/share/jupyter"


def test_a_server_finds_the_gateway_inside_the_cluster_and_names_its_own_image(spawned: Spawned) -> None:
    environment = _environment(spawned()["pods"]["dm"])
    assert environment["DASK_GATEWAY__ADDRESS"] == "http://traefik-dask-gateway"
    assert environment["DASK_GATEWAY__CLUSTER__OPTIONS__IMAGE"] == "{JUPYTER_IMAGE_SPEC}"
    assert environment["JUPYTER_IMAGE_SPEC"].startswith("registry.example.org/vre-dm/vre-dm-dm:")


def test_vre_dm_finds_the_gateway_and_asks_it_for_the_image_of_its_own_server(
    spawned: Spawned, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = _environment(spawned()["pods"]["dm"])
    monkeypatch.setenv("JUPYTER_IMAGE_SPEC", environment["JUPYTER_IMAGE_SPEC"])
    said = {name: value for name, value in environment.items() if name.startswith("DASK_")}
    with dask.config.set(dask.config.collect_env(said)):
        found = settings.found()
        assert found is not None
        assert (found.address, found.proxy) == ("http://traefik-dask-gateway", "traefik-dask-gateway:80")
        assert (found.public, found.auth) == ("http://traefik-dask-gateway", "jupyterhub")
        assert found.options() == {"image": environment["JUPYTER_IMAGE_SPEC"]}


def test_servers_may_read_their_users_tokens_and_use_the_gateway(spawned: Spawned) -> None:
    hub = spawned()["hub"]
    roles = {each["name"]: set(each["scopes"]) for each in hub["roles"]}
    for name in ("user", "server"):
        assert {"admin:auth_state!user", "access:services!service=dask-gateway"} <= roles[name]
    # No address: nothing outside reaches the gateway, whose dashboards ask for no login.
    assert [set(each) & {"url"} for each in hub["services"] if each["name"] == "dask-gateway"] == [set()]


def test_users_choose_by_what_the_cards_say(spawned: Spawned) -> None:
    said = spawned()
    assert said["listed"] == ["base", "dm", "gamma", "km3net", "root"]
    cards = json.loads((chart.CHART / chart.PROFILES).read_text())
    for name in said["listed"]:
        assert f'value="{name}"' in said["form"]
        for package, version in cards[name]["packages"].items():
            assert f"{package} {version}" in said["form"]


def test_the_age_of_an_image_is_told_as_of_the_day_on_which_it_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(chart.CHART / "files" / "hub"))
    import hub_servers

    cards = json.loads(
        chart.cards({"root": {"bytes": 2.2e9, "created": "2026-11-01", "tested": "2026-11-22"}})
    )
    text = hub_servers._description(cards["root"], datetime(2026, 11, 22, tzinfo=UTC), own=True)
    assert "2.2 GB, made 21 days ago. every package tried today." in text
    never = hub_servers._description(cards["gamma"], datetime(2026, 11, 22, tzinfo=UTC), own=True)
    assert "GB" not in never
    assert "tried" not in never


def test_a_hub_whose_client_is_not_there_says_how_to_make_it(
    installed: Installed, pods: Lines, tmp_path: Path
) -> None:
    for name, text in installed()[0].api.named("ConfigMap")["vre-dm-hub"]["data"].items():
        (tmp_path / name).write_text(text)
    said = pods.ask(what="servers", files=str(tmp_path), profiles=[], config={})
    assert "the Secret vre-dm-login has no clientId; the notes of the installation say" in said["ended"]


def test_a_hub_beside_which_no_lake_comes_up_says_where_to_look(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(str(chart.CHART / "files" / "hub"))
    import hub_embedded

    with pytest.raises(SystemExit, match="no embedded lake came up within 0 s; see the log"):
        hub_embedded.embedded_login({}, tmp_path, wait=0)


def _container(pod: dict[str, Any]) -> dict[str, Any]:
    container: dict[str, Any] = pod["spec"]["containers"][0]
    return container


def _environment(pod: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in _container(pod)["env"]}
