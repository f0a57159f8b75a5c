"""The chart in Helm's own engine, which installs it into an API of Kubernetes in memory."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.chart.conftest import FILES, OLDEST, Release, merged, values

Installed = Callable[..., tuple[Release, dict[str, Any]]]
HUB_OFF = {"jupyterhub": {"enabled": False}, "dask-gateway": {"enabled": False}}


@pytest.mark.parametrize("name", FILES)
def test_the_chart_installs_with_each_file_of_values(installed: Installed, name: str) -> None:
    release, _ = installed(name)
    assert "vre-dm-hub" in release.api.named("ConfigMap")
    assert "vre-dm-gateway" in release.api.named("ConfigMap")
    assert {"vre-dm-servers", "vre-dm-dask"} <= set(release.api.named("NetworkPolicy"))


def test_an_upgrade_changes_what_is_installed_and_an_uninstall_leaves_nothing(
    cluster: Callable[..., Release],
) -> None:
    release = cluster()
    assert release.install(values("")).get("status") == "deployed"
    upgraded = release.upgrade(values("", {"lake": {"name": "another"}, "images": {"prePull": False}}))
    assert upgraded.get("status") == "deployed", upgraded
    settings = json.loads(release.api.named("ConfigMap")["vre-dm-hub"]["data"]["settings.json"])
    assert settings["lake"]["name"] == "another"
    assert release.api.named("DaemonSet") == {}
    assert release.uninstall() == {}
    assert release.api.objects == {}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"profile": {}}, "additional properties 'profile' not allowed"),
        ({"login": {"isuer": "x"}}, "additional properties 'isuer' not allowed"),
        ({"profiles": {"root": {"memory": {"limt": "2G"}}}}, "additional properties 'limt' not allowed"),
        ({"profiles": {"root": {"memory": {"limit": "much"}}}}, "does not match pattern"),
        ({"images": {"tag": "latest"}}, "images/tag"),
        ({"profiles": {"root": {"image": "registry.example.org/mine:latest"}}}, "profiles/root/image"),
        ({"lake": {"mode": "stream"}}, "value must be one of 'replica', 'download'"),
        ({"network": {"allow": [{"cidr": "10.0.0.0/8", "ports": []}]}}, "minItems"),
        ({"mounts": {"cvmfs": {"enabled": True, "claim": "cvmfs"}}}, "oneOf"),
        ({"server": {"environment": {"A": 1}}}, "got number, want string"),
    ],
)
def test_a_wrong_value_is_refused_in_the_words_of_the_schema(
    cluster: Callable[..., Release], change: dict[str, Any], words: str
) -> None:
    release = cluster()
    assert words in release.install(values("", change)).get("error", "")
    assert release.api.objects == {}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"images": {"registry": ""}}, "images.registry is not set: say where the images are"),
        (
            {
                "profiles": {
                    "borealis": {"offered": True, "default": False, "image": "", "cpu": {}, "memory": {}}
                }
            },
            "profiles.borealis: this release has no image of that name; it has base, dm, gamma, km3net, root",
        ),
        ({"profiles": {"dm": {"default": True}}}, "one that is offered has to be the default, and 2 are"),
        ({"profiles": {"base": {"offered": False}}}, "one that is offered has to be the default, and 0 are"),
        ({"login": {"issuer": ""}}, "login.issuer is not set"),
        ({"login": {"callbackUrl": ""}}, "login.callbackUrl is not set"),
        (
            {"extraProfiles": [{"name": "root", "title": "R", "about": "R", "image": "example.org/r:1"}]},
            "extraProfiles: root is a profile of this release",
        ),
        ({"login": {"kind": "jupyterhub"}}, "authenticator_class is dummy, which lets everybody in"),
        ({"profiles": {"dm": {"offered": False}}}, "no profile that is offered has Dask"),
        ({"lake": {"mode": "replica"}}, "it needs lake.destinationRse and lake.rseMountPath"),
        ({"lake": {"rseMountPath": "/eos/eulake"}}, "no enabled entry of mounts is there"),
        (
            {"mounts": {name: {"enabled": True, "path": "/data"} for name in ("eos", "cvmfs")}},
            "mounts.cvmfs and mounts.eos are both mounted at /data",
        ),
        ({"jupyterhub": {"hub": {"extraVolumes": []}}}, "jupyterhub.hub.extraVolumes lost its entry vre-dm"),
    ],
)
def test_values_that_do_not_go_together_are_refused_with_what_to_do(
    cluster: Callable[..., Release], change: dict[str, Any], words: str
) -> None:
    release = cluster()
    assert words in release.install(values("", change)).get("error", "")
    assert release.api.objects == {}


def test_a_kubernetes_that_nothing_was_tried_with_is_refused(cluster: Callable[..., Release]) -> None:
    assert cluster(f"{OLDEST}.0").install(values("")).get("status") == "deployed"
    assert "kubeVersion" in cluster("1.31.9").install(values("")).get("error", "")


def test_without_a_hub_and_without_a_gateway_nothing_of_theirs_is_made(
    cluster: Callable[..., Release],
) -> None:
    release = cluster()
    said = release.install(values("", HUB_OFF))
    assert said.get("status") == "deployed", said
    assert {key[1] for key in release.api.objects} <= {"Secret"}
    assert "switched off" in said["notes"]


def test_the_secret_of_the_client_is_in_one_secret_and_nowhere_else(installed: Installed) -> None:
    release, said = installed()
    having = [key for key, each in release.api.objects.items() if "canary-of-the-client" in json.dumps(each)]
    assert having == [("v1", "Secret", "vre", "vre-dm-login")]
    assert "canary-of-the-client" not in said["notes"]


def test_a_client_that_is_in_a_secret_of_the_admins_is_not_overwritten(
    cluster: Callable[..., Release],
) -> None:
    release = cluster()
    said = release.install(values("", {"login": {"clientId": "", "clientSecret": ""}}))
    assert "vre-dm-login" not in release.api.named("Secret")
    assert "create secret generic vre-dm-login" in said["notes"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", ["Nobody is let in", "Nothing leads there from outside", "starts an embedded lake"]),
        ("values-escape.yaml", ["Open https://jhub-vre.cern.ch.", "rollout restart deployment/hub"]),
        ("values-minikube.yaml", ["port-forward deployment/hub 18443:18443", "Open http://localhost:8080"]),
    ],
)
def test_the_notes_say_what_to_do_next(installed: Installed, name: str, words: list[str]) -> None:
    notes = installed(name)[1]["notes"]
    assert [each for each in words if each not in notes] == []


def test_every_image_that_users_can_choose_is_pulled_before_and_nothing_else(installed: Installed) -> None:
    release, _ = installed()
    pod = release.api.named("DaemonSet")["vre-dm-prepull"]["spec"]["template"]["spec"]
    offered = {
        f"registry.example.org/vre-dm/vre-dm-{name}:" for name in ("base", "dm", "gamma", "km3net", "root")
    }
    assert {each["image"].rpartition(":")[0] + ":" for each in pod["initContainers"]} == offered
    for each in [*pod["initContainers"], *pod["containers"]]:
        assert each["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_servers_reach_the_gateway_and_what_the_site_allows_and_dask_is_reached_by_the_gateway_alone(
    installed: Installed,
) -> None:
    policies = installed("values-lapp.yaml")[0].api.named("NetworkPolicy")
    servers, dask = policies["vre-dm-servers"]["spec"], policies["vre-dm-dask"]["spec"]
    reached = json.dumps(servers["egress"])
    assert "traefik" in reached
    assert {"ipBlock": {"cidr": "10.0.0.0/8"}} in [
        to for rule in servers["egress"] for to in rule.get("to", [])
    ]
    peers = [peer for rule in dask["ingress"] for peer in rule["from"]]
    assert peers == [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "dask-gateway"}}}]


def test_mounts_of_a_class_get_a_claim_and_others_use_what_is_there(installed: Installed) -> None:
    claims = installed("values-lapp.yaml")[0].api.named("PersistentVolumeClaim")
    assert set(claims) == {"vre-dm-cvmfs"}
    assert claims["vre-dm-cvmfs"]["spec"]["accessModes"] == ["ReadOnlyMany"]
    assert installed("values-escape.yaml")[0].api.named("PersistentVolumeClaim") == {}


def test_values_merge_as_helm_merges_them() -> None:
    assert merged({"a": {"b": 1, "c": [1]}}, {"a": {"c": [2], "d": None}}) == {
        "a": {"b": 1, "c": [2], "d": None}
    }
