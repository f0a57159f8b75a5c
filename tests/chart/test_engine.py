"""The chart in Helm's own engine, which installs it into an API of Kubernetes in memory."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.chart.conftest import FILES, OLDEST, Release, merged, values

Installed = Callable[..., tuple[Release, dict[str, Any]]]
CLAIMED = {"volumes": [{"name": "k", "persistentVolumeClaim": {"claimName": "k"}}]}
HUB_OFF = {"jupyterhub": {"enabled": False}, "dask-gateway": {"enabled": False}}
MINE = {"name": "mine", "title": "Mine", "about": "Ours", "image": "registry.example.org/mine:1"}


def hub(**said: Any) -> dict[str, Any]:
    return {"jupyterhub": {"hub": said}}


def gateway(**said: Any) -> dict[str, Any]:
    return {"dask-gateway": {"gateway": said}}


def homes(**said: Any) -> dict[str, Any]:
    return {"jupyterhub": {"singleuser": {"storage": said}}}


def folder(path: str, **said: Any) -> dict[str, Any]:
    return {"enabled": True, "path": path, "readOnly": True, "propagation": "None", **said}


def kernels(source: dict[str, Any], **others: Any) -> dict[str, Any]:
    """Kernels that users can only read, and other mounts."""
    return {"kernels": {"prefix": "/kernels"}, "mounts": {"kernels": folder("/kernels", **source), **others}}


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
        ({"server": {"scratchSize": "20K"}}, "does not match pattern"),
        ({"login": {"issuer": "http://iam.example.org/"}}, "login/issuer"),
        ({"login": {"tokenUrl": "http://127.0.0.1.example.org/token"}}, "login/tokenUrl"),
        ({"lake": {"url": "http://localhost@rucio.example.org"}}, "lake/url"),
        (
            {"jupyterhub": {"singleuser": {"memory": {"limt": "2G"}}}},
            "additional properties 'limt' not allowed",
        ),
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
        ({"profiles": {"base": {"default": True}}}, "one that is offered has to be the default, and 2 are"),
        ({"profiles": {"dm": {"offered": False}}}, "one that is offered has to be the default, and 0 are"),
        ({"login": {"issuer": ""}}, "login.issuer is not set"),
        ({"login": {"callbackUrl": ""}}, "login.callbackUrl is not set"),
        (
            {"extraProfiles": [{"name": "root", "title": "R", "about": "R", "image": "example.org/r:1"}]},
            "extraProfiles: root is a profile of this release",
        ),
        ({"login": {"clientSecret": ""}}, "login.clientId and login.clientSecret go together"),
        ({"login": {"clientId": ""}}, "login.clientId and login.clientSecret go together"),
        ({"login": {"kind": "jupyterhub"}}, "the chart's own, null, lets nobody in"),
        (
            {"login": {"kind": "jupyterhub"}, **hub(config={"JupyterHub": {"authenticator_class": "dummy"}})},
            "authenticator_class is dummy, which lets everybody in",
        ),
        (
            {
                "login": {"kind": "jupyterhub"},
                **hub(config={"JupyterHub": {"authenticator_class": "jupyterhub.auth.DummyAuthenticator"}}),
            },
            "authenticator_class is jupyterhub.auth.DummyAuthenticator, which lets everybody in",
        ),
        (
            {"login": {"kind": "jupyterhub"}, **hub(config={"JupyterHub": {"authenticator_class": "tmp"}})},
            "authenticator_class is tmp, which lets everybody in",
        ),
        (
            hub(config={"JupyterHub": {"authenticator_class": "generic-oauth"}}),
            "authenticator_class is generic-oauth, and login.kind is oidc: take the first out",
        ),
        (
            hub(config={"RucioAuthenticator": {"allow_all": True}}),
            "jupyterhub.hub.config.RucioAuthenticator says who is let in, and login.kind is oidc",
        ),
        (
            hub(config={"JupyterHub": {"admin_users": ["mallory"]}}),
            "jupyterhub.hub.config.JupyterHub.admin_users says who administers, and login.kind is oidc",
        ),
        (
            hub(extraConfig={"token-exchange": "# ours\nc.JupyterHub.authenticator_class = Ours\n"}),
            "jupyterhub.hub.extraConfig.token-exchange sets authenticator_class, and login.kind is oidc",
        ),
        ({"lake": {"mode": "replica"}}, "it needs lake.destinationRse and lake.rseMountPath"),
        ({"lake": {"rseMountPath": "/eos/eulake"}}, "no enabled entry of mounts is there"),
        (
            {"mounts": {name: {"enabled": True, "path": "/data"} for name in ("eos", "cvmfs")}},
            "mounts.cvmfs and mounts.eos are both mounted at /data",
        ),
        (hub(extraVolumes=[]), "jupyterhub.hub.extraVolumes lost its entry vre-dm: a list of yours"),
        (
            hub(extraVolumeMounts=[]),
            "jupyterhub.hub.extraVolumeMounts lost its entry vre-dm: a list of yours",
        ),
        (hub(extraConfig={"00-vre-dm": None}), "jupyterhub.hub.extraConfig lost its entry 00-vre-dm"),
        (hub(extraConfig=None), "jupyterhub.hub.extraConfig lost its entry 00-vre-dm"),
        (hub(db={"type": "postgres"}), "hub.db.type is postgres, and no address of the database is said"),
        (
            hub(config={"KubeSpawner": {"image": "registry.example.org/mine:1"}}),
            "hub.config.KubeSpawner.image is not looked at",
        ),
        (
            hub(baseUrl="/jupyter/"),
            "set dask-gateway.gateway.auth.jupyterhub.apiUrl to http://hub:8081/jupyter/hub/api",
        ),
        (
            {"jupyterhub": {"singleuser": {"profileList": [{"display_name": "mine"}]}}},
            "jupyterhub.singleuser.profileList is not looked at: name your images in extraProfiles",
        ),
        (
            {"jupyterhub": {"singleuser": {"image": {"name": "mine", "tag": "1"}}}},
            "jupyterhub.singleuser.image is not looked at",
        ),
        (
            {"jupyterhub": {"singleuser": {"networkPolicy": {"enabled": False}}}},
            "network.enabled is true, and jupyterhub.singleuser.networkPolicy.enabled is not",
        ),
        ({"network": {"enabled": False}}, "network.enabled is false, and jupyterhub.singleuser"),
        (gateway(env=[]), "dask-gateway.gateway.env lost its entry VRE_DM_GATEWAY"),
        (
            gateway(env=[{"name": "VRE_DM_GATEWAY"}, {"name": "VRE_DM_GATEWAY_SETTINGS"}]),
            "dask-gateway.gateway.env lost its entry VRE_DM_GATEWAY_MOUNTING",
        ),
        (gateway(extraConfig="c.mine = 1"), "dask-gateway.gateway.extraConfig lost its entry 00-vre-dm"),
        (gateway(backend={"image": {"name": "mine", "tag": "1"}}), "gateway.backend.image is not looked at"),
        (gateway(backend={"worker": {"cores": {"limit": 2}}}), "up to dask.workerCores"),
        (gateway(backend={"worker": {"threads": 2}}), "gateway.backend.worker.threads is not looked at"),
        (
            {"profiles": {"root": {"cpu": {"guarantee": 5}}}},
            "profiles.root: cpu.guarantee is more than cpu.limit",
        ),
        (
            {"profiles": {"root": {"memory": {"guarantee": "7000M", "limit": "6G"}}}},
            "profiles.root: memory.guarantee is more than memory.limit",
        ),
        ({"extraProfiles": [MINE, MINE]}, "extraProfiles: two have the name mine"),
        (
            {"mounts": {"cvmfs": {"enabled": True, "readOnly": False}}},
            "mounts.cvmfs: users can write there, and the claim that the chart makes for a storageClass goes",
        ),
        ({"kernels": {"prefix": "/shared"}}, "kernels.prefix is /shared, and no enabled entry of mounts"),
        (
            {"kernels": {"prefix": "/shared/kernels"}, "mounts": {"cephfs": {"enabled": True}}},
            "kernels.prefix: users can write there, by mounts.cephfs",
        ),
        # Read only where the kernels are, and written by another way.
        (
            {**kernels({"claim": "k"}), **homes(type="static", static={"pvcName": "k"})},
            "can write there, by jupyterhub.singleuser.storage",
        ),
        (
            {
                **kernels({"claim": "k"}),
                **homes(extraVolumes=[{"name": "k", "persistentVolumeClaim": {"claimName": "k"}}]),
            },
            "can write there, by jupyterhub.singleuser.storage",
        ),
        (
            {
                **kernels({"hostPath": "/nfs/kernels"}),
                **homes(extraVolumes=[{"name": "k", "hostPath": {"path": "/nfs"}}]),
            },
            "can write there, by jupyterhub.singleuser.storage",
        ),
        (
            {**kernels({"claim": "k"}), **gateway(backend={"worker": {"extraPodConfig": CLAIMED}})},
            "can write there, by dask-gateway.gateway.backend.worker.extraPodConfig",
        ),
        (
            {**kernels({"claim": "k"}), **gateway(backend={"scheduler": {"extraPodConfig": CLAIMED}})},
            "can write there, by dask-gateway.gateway.backend.scheduler.extraPodConfig",
        ),
        (
            {"server": {"environment": {"JUPYTER_PATH": "/shared/kernels/share/jupyter"}}},
            "server.environment.JUPYTER_PATH: what lies there runs in every server",
        ),
        (
            {"jupyterhub": {"singleuser": {"extraEnv": {"JUPYTER_CONFIG_PATH": "/shared/etc"}}}},
            "jupyterhub.singleuser.extraEnv.JUPYTER_CONFIG_PATH: what lies there runs in every server",
        ),
        (kernels({"claim": "cephfs"}, cephfs={"enabled": True}), "can write there, by mounts.cephfs"),
        (
            kernels({"claim": "k"}, inside=folder("/kernels/share/jupyter", claim="j", readOnly=False)),
            "can write there, by mounts.inside",
        ),
        (
            kernels({"hostPath": "/data/kernels"}, data=folder("/data", hostPath="/data", readOnly=False)),
            "can write there, by mounts.data",
        ),
    ],
)
def test_values_that_do_not_go_together_are_refused_with_what_to_do(
    cluster: Callable[..., Release], change: dict[str, Any], words: str
) -> None:
    release = cluster()
    assert words in release.install(values("", change)).get("error", "")
    assert release.api.objects == {}


@pytest.mark.parametrize(
    "change",
    [
        kernels({"claim": "k"}, cephfs={"enabled": True}),
        {**kernels({"claim": "k"}), **homes(extraVolumes=[{"name": "a", "emptyDir": {}}])},
        {**kernels({"claim": "other"}), **gateway(backend={"worker": {"extraPodConfig": CLAIMED}})},
        {
            **kernels({"hostPath": "/nfs/kernels"}),
            **homes(extraVolumes=[{"name": "k", "hostPath": {"path": "/nfs/kernels-of-others"}}]),
        },
        kernels({"hostPath": "/data/kernels"}, data=folder("/data", hostPath="/database", readOnly=False)),
        {"network": {"enabled": False}, "jupyterhub": {"singleuser": {"networkPolicy": {"enabled": False}}}},
        {"profiles": {"root": {"memory": {"guarantee": "6144M", "limit": "6G"}}}},
        {"profiles": {"root": {"memory": {"guarantee": 10**9, "limit": "6G"}}}},
        {
            "login": {"kind": "jupyterhub"},
            **hub(config={"JupyterHub": {"authenticator_class": "github"}, "GitHubOAuthenticator": {}}),
        },
        {
            "login": {"kind": "jupyterhub"},
            **hub(extraConfig={"mine": "c.JupyterHub.authenticator_class = Mine"}),
        },
        hub(extraConfig={"mine": "# not c.JupyterHub.authenticator_class\nc.JupyterHub.log_level = 10"}),
        hub(db={"type": "postgres"}, existingSecret="mine"),
    ],
)
def test_values_that_go_together_are_taken(cluster: Callable[..., Release], change: dict[str, Any]) -> None:
    said = cluster().install(values("", change))
    assert said.get("status") == "deployed", said


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


def test_the_gateway_is_told_what_it_reads_and_nothing_of_users(cluster: Callable[..., Release]) -> None:
    release = cluster()
    said = {"login": {"allowedUsers": ["alice"]}, "server": {"environment": {"MINE": "canary-of-servers"}}}
    assert release.install(values("", said)).get("status") == "deployed"
    told = json.loads(release.api.named("ConfigMap")["vre-dm-gateway"]["data"]["settings.json"])
    assert set(told) == {"images", "mounts", "dask", "clusters", "lake"}
    assert told["lake"] == {"hasCa": False}


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
        (
            "",
            [
                "2. Open https://hub.example.org.",
                "Nobody is let in",
                "Nothing leads there from outside",
                "starts an embedded lake",
            ],
        ),
        ("values-escape.yaml", ["3. Open https://jhub-vre.cern.ch.", "rollout restart deployment/hub"]),
        ("values-minikube.yaml", ["port-forward deployment/hub 18443:18443", "Open http://localhost:8080"]),
    ],
)
def test_the_notes_say_what_to_do_next(installed: Installed, name: str, words: list[str]) -> None:
    notes = installed(name)[1]["notes"]
    assert [each for each in words if each not in notes] == []


def test_no_two_containers_that_pull_images_have_one_name(cluster: Callable[..., Release]) -> None:
    release = cluster()
    said = release.install(values("", {"extraProfiles": [{**MINE, "name": "keep"}]}))
    assert said.get("status") == "deployed", said
    pod = release.api.named("DaemonSet")["vre-dm-prepull"]["spec"]["template"]["spec"]
    names = [each["name"] for each in [*pod["initContainers"], *pod["containers"]]]
    assert len(set(names)) == len(names) == 7


def test_images_are_pulled_with_the_logins_of_the_hubs_chart_too(cluster: Callable[..., Release]) -> None:
    release = cluster()
    theirs = {"imagePullSecrets": [{"name": "theirs"}, "both"]}
    said = release.install(values("", {"images": {"pullSecrets": ["ours", "both"]}, "jupyterhub": theirs}))
    assert said.get("status") == "deployed", said
    pod = release.api.named("DaemonSet")["vre-dm-prepull"]["spec"]["template"]["spec"]
    assert pod["imagePullSecrets"] == [{"name": "ours"}, {"name": "both"}, {"name": "theirs"}]
    told = json.loads(release.api.named("ConfigMap")["vre-dm-gateway"]["data"]["settings.json"])
    assert told["images"]["pullSecrets"] == ["ours", "both", "theirs"]


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
    assert {"ipBlock": {"cidr": "10.20.30.0/24"}} in [
        to for rule in servers["egress"] for to in rule.get("to", [])
    ]
    reach = {
        name: {port["port"] for port in rule["ports"]}
        for rule in dask["ingress"]
        for peer in rule["from"]
        for name in _component(peer)
    }
    assert reach == {
        "traefik": {8786, 8787},
        "gateway": {8788},
        "controller": {8788},
        "dask-scheduler": {8786, 8789, 8790},
        "dask-worker": {8786, 8789, 8790},
    }


def _component(peer: dict[str, Any]) -> list[str]:
    """Parts of the gateway that a rule lets in, and nothing but them."""
    assert set(peer) == {"podSelector"}
    assert peer["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": "dask-gateway"}
    (wanted,) = peer["podSelector"]["matchExpressions"]
    assert (wanted["key"], wanted["operator"]) == ("app.kubernetes.io/component", "In")
    names: list[str] = wanted["values"]
    return names


def test_mounts_of_a_class_get_a_claim_and_others_use_what_is_there(installed: Installed) -> None:
    claims = installed("values-lapp.yaml")[0].api.named("PersistentVolumeClaim")
    assert set(claims) == {"vre-dm-cvmfs"}
    assert claims["vre-dm-cvmfs"]["spec"]["accessModes"] == ["ReadOnlyMany"]
    assert installed("values-escape.yaml")[0].api.named("PersistentVolumeClaim") == {}


def test_values_merge_as_helm_merges_them() -> None:
    assert merged({"a": {"b": 1, "c": [1]}}, {"a": {"c": [2], "d": None}}) == {
        "a": {"b": 1, "c": [2], "d": None}
    }
