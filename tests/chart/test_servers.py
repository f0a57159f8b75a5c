"""Users' servers, as the hub's own spawner makes them from the values."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dask.config
import pytest
import trustme
import yaml

from builders import chart
from tests.chart.conftest import (
    FILES,
    NEWEST,
    OLDEST,
    ROOT,
    Lines,
    Release,
    of_the_hub,
    values,
)
from vre_dm.compute.cluster import settings
from vre_dm.errors import NotWritable
from vre_dm.lake import instances
from vre_dm.lake.cache.settings import CacheSettings
from vre_dm.private import make_private

Spawned = Callable[..., dict[str, Any]]
Cluster = Callable[..., Release]
MINE = {"name": "mine", "title": "Mine", "about": "An image of ours", "image": "registry.example.org/mine:1"}


@pytest.fixture(scope="module")
def spawned(cluster: Cluster, pods: Lines, tmp_path_factory: pytest.TempPathFactory) -> Spawned:
    """What the hub of a release makes of each profile."""
    known: dict[str, dict[str, Any]] = {}

    def found(name: str = "", **change: Any) -> dict[str, Any]:
        key = json.dumps([name, change])
        if key not in known:
            folder = tmp_path_factory.mktemp("hub")
            said = mounted(cluster, values(name, change), folder)
            slugs = ["", *json.loads((folder / "settings.json").read_text())["images"]["names"]]
            known[key] = pods.ask(what="servers", files=str(folder), profiles=slugs, values=said)
            # Of the hub's chart, which names each part of its configuration.
            told = [line for line in known[key]["printed"].splitlines() if not line.startswith("Loading ")]
            assert told == []
        return known[key]

    return found


def mounted(cluster: Cluster, said: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Install a release, write what its hub finds in the container; returns the values of the hub's chart."""
    release = cluster()
    assert release.install(said).get("status") == "deployed"
    for name, text in release.api.named("ConfigMap")["vre-dm-hub"]["data"].items():
        (folder / name).write_text(text)
    told = json.loads((folder / "settings.json").read_text())
    if told["login"]["kind"] == "embedded":  # its lake is not here; test_hub.py has one
        told["login"]["kind"] = "jupyterhub"
        (folder / "settings.json").write_text(json.dumps(told))
    for name in ("clientId", "clientSecret"):
        (folder / name).write_text("mine")
    return of_the_hub(said)


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
        assert found["profile"] == (slug or "dm")


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
    for other in pod["spec"]["initContainers"]:
        assert other["securityContext"] == container["securityContext"]


@pytest.mark.parametrize("theirs", [[{"name": "one"}], {"one": {"name": "one"}}])
def test_a_server_has_a_folder_of_its_own_in_the_scratch_volume_that_everybody_may_write(
    spawned: Spawned, theirs: Any
) -> None:
    mine = {"config": {"KubeSpawner": {"init_containers": theirs}}}
    for slug, pod in spawned(extraProfiles=[MINE], jupyterhub={"hub": mine})["pods"].items():
        first, made = pod["spec"]["initContainers"]
        assert (first["name"], made["image"]) == ("one", _container(pod)["image"]), slug
        assert made["command"] == ["mkdir", "-p", "-m", "700", "/scratch/own"]
        assert made["resources"].keys() == {"requests", "limits"}
        (there,) = made["volumeMounts"]
        assert {**there, "subPath": "own"} in _container(pod)["volumeMounts"]


def test_a_server_without_scratch_starts_at_once(spawned: Spawned) -> None:
    pod = spawned(server={"scratchPath": ""})["pods"]["base"]
    assert not pod["spec"].get("initContainers")
    assert [each for each in pod["spec"]["volumes"] if "emptyDir" in each] == []


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
    anew = {"jupyterhub": {"hub": {"config": {"KubeSpawner": {"slug_scheme": "safe"}}}}}
    for change, folder in (({}, "mock-40name"), (anew, "mock-name---6241db84")):
        pod = spawned("values-escape.yaml", **change)["pods"]["base"]
        mounts = {each["mountPath"]: each for each in _container(pod)["volumeMounts"]}
        assert mounts["/home/jovyan"]["subPath"] == folder
        volumes = {each["name"]: each for each in pod["spec"]["volumes"]}
        claim = volumes[mounts["/home/jovyan"]["name"]]["persistentVolumeClaim"]["claimName"]
        assert claim == "jhub-vre-singleuser-preprovisioned-manila-pvc"


def test_the_cache_ends_where_a_server_would_be_ended_for_its_size(spawned: Spawned) -> None:
    for size, most in (("20Gi", 14 * 2**30), ("1.5T", 1.05e12)):
        pod = spawned(server={"scratchSize": size})["pods"]["base"]
        assert CacheSettings.read(_environment(pod), Path("/nowhere")).quota == most
        scratch = [each for each in pod["spec"]["volumes"] if each["name"] == "vre-dm-scratch"]
        assert scratch[0]["emptyDir"] == {"sizeLimit": size}


def test_vre_dm_keeps_what_it_fetches_in_the_scratch_volume_as_kubelet_makes_it(
    spawned: Spawned, tmp_path: Path
) -> None:
    pod = spawned()["pods"]["dm"]
    (mount,) = (each for each in _container(pod)["volumeMounts"] if each["name"] == "vre-dm-scratch")
    (first,) = pod["spec"]["initContainers"]
    volume = tmp_path / "volume"
    volume.mkdir()
    volume.chmod(0o2777)  # an emptyDir, of which kubelet lets a pod's group write as all others
    with pytest.raises(NotWritable, match=f"other users can change {volume}"):
        make_private(volume / "cache")
    (whole,) = (each["mountPath"] for each in first["volumeMounts"])
    for _ in range(2):  # Kubernetes may run it again
        subprocess.run([each.replace(whole, str(volume), 1) for each in first["command"]], check=True)
    # What of it the server has there.
    seen = (volume / mount["subPath"]).rename(tmp_path / "scratch")
    make_private(seen / "cache" / "lakes")


def test_what_the_hubs_chart_runs_before_a_server_stays(spawned: Spawned) -> None:
    own = {"initContainers": [{"name": "own", "image": "registry.example.org/own:1"}]}
    blocking = {"cloudMetadata": {"blockWithIptables": True}}
    pod = spawned(jupyterhub={"singleuser": {**own, **blocking}})["pods"]["dm"]
    names = [each["name"] for each in pod["spec"]["initContainers"]]
    assert names == ["own", "block-cloud-metadata", "vre-dm-scratch"]


def test_logins_of_registries_are_beside_those_of_the_hubs_chart(spawned: Spawned) -> None:
    change = {
        "images": {"pullSecrets": ["ours", "both"]},
        "jupyterhub": {"imagePullSecrets": [{"name": "theirs"}, "both"]},
    }
    secrets = spawned(**change)["pods"]["base"]["spec"]["imagePullSecrets"]
    assert secrets == [{"name": "theirs"}, {"name": "both"}, {"name": "ours"}]


def test_what_the_site_sets_of_servers_in_the_hubs_chart_stays(spawned: Spawned) -> None:
    tolerated = {"key": "mine", "operator": "Exists", "effect": "NoSchedule"}
    file = {"mountPath": "/etc/mine", "stringData": "mine"}
    change = {"extraEnv": {"MINE": "yes"}, "extraTolerations": [tolerated], "extraFiles": {"mine": file}}
    pod = spawned(jupyterhub={"singleuser": change})["pods"]["dm"]
    assert _environment(pod)["MINE"] == "yes"
    assert tolerated in pod["spec"]["tolerations"]
    assert {"/etc/mine", "/scratch", "/home/jovyan"} <= {
        each["mountPath"] for each in _container(pod)["volumeMounts"]
    }


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


def test_the_profile_for_a_hub_that_is_there_writes_the_token_of_eos_and_nothing_else(
    pods: Lines, tmp_path: Path
) -> None:
    page = (ROOT / "docs" / "admin.md").read_text()
    said = yaml.safe_load(page.split("### In the hub that you have")[1].split("```yaml\n")[1].split("```")[0])
    theirs = {"postStart": {"exec": {"command": ["sh", "-c", "mkdir -p /certs; touch /opt/rucio.cfg"]}}}
    hub = of_the_hub({"jupyterhub": {"singleuser": {**said["singleuser"], "lifecycleHooks": theirs}}})
    hub["hub"]["extraConfig"] = {}  # no part of this chart is there
    (pod,) = pods.ask(what="servers", files="", profiles=["vre-dm"], values=hub)["pods"].values()
    hook = _container(pod)["lifecycle"]["postStart"]["exec"]["command"]
    file = tmp_path / "token"
    given = {"EOS_ACCESS_TOKEN": "mine", "OAUTH2_TOKEN": f"FILE:{file}", "PATH": os.environ["PATH"]}
    subprocess.run(hook, env=given, check=True)
    assert file.read_text() == "oauth2:mine:iam-escape.cloud.cnaf.infn.it/userinfo"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_shared_kernels_are_beside_those_of_the_image(spawned: Spawned) -> None:
    path = _environment(spawned("values-lapp.yaml")["pods"]["base"])["JUPYTER_PATH"]
    assert path == "/opt/kernels/share/jupyter:/opt/vre-kernels/share/jupyter"


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
    assert said["listed"] == ["dm", "base", "gamma", "km3net", "root"]
    cards = json.loads((chart.CHART / chart.PROFILES).read_text())
    for name in said["listed"]:
        assert f'value="{name}"' in said["form"]
        for package, version in cards[name]["packages"].items():
            assert f"{package} {version}" in said["form"]


def test_only_images_of_this_release_are_asked_for_their_health_in_their_own_way(
    spawned: Spawned, validator: Lines
) -> None:
    another = {"gamma": {"image": "registry.example.org/gamma:1"}}
    pods = spawned(extraProfiles=[MINE], profiles=another)["pods"]
    probed = {name for name, pod in pods.items() if "readinessProbe" in _container(pod)}
    assert probed == {"", "base", "dm", "km3net", "root"}
    assert _container(pods["mine"])["image"] == MINE["image"]
    assert validator.ask(objects=list(pods.values()), version=NEWEST) == {"faults": []}


def test_a_probe_of_the_sites_own_is_taken_for_all_images(spawned: Spawned) -> None:
    probe = {"tcpSocket": {"port": 8888}}
    spawner = {"extra_container_config": {"readinessProbe": probe}}
    change = {"jupyterhub": {"hub": {"config": {"KubeSpawner": spawner}}}, "extraProfiles": [MINE]}
    for pod in spawned(**change)["pods"].values():
        assert _container(pod)["readinessProbe"] == probe


def test_what_the_site_runs_after_the_charts_own_configuration_has_the_last_word(spawned: Spawned) -> None:
    last = {"01-mine": "c.KubeSpawner.environment = {'MINE': 'alone'}"}
    pod = spawned(jupyterhub={"hub": {"extraConfig": last}})["pods"]["base"]
    assert _environment(pod)["MINE"] == "alone"
    assert "VRE_DM_CACHE" not in _environment(pod)


def test_a_hub_whose_client_is_not_there_says_how_to_make_it(
    cluster: Cluster, pods: Lines, tmp_path: Path
) -> None:
    said = mounted(cluster, values(""), tmp_path)
    (tmp_path / "clientId").unlink()
    told = pods.ask(what="servers", files=str(tmp_path), profiles=[], values=said)
    assert "the Secret vre-dm-login has no clientId; the notes of the installation say" in told["ended"]


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
