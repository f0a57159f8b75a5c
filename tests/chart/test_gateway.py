"""Dask Gateway with the chart's configuration: what users may ask for, and the pods that it makes of it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from builders.chart import CHART
from tests.chart.conftest import NEWEST, OLDEST, Lines
from tests.chart.test_engine import Installed

Asked = Callable[..., dict[str, Any]]
DM = "registry.example.org/vre-dm/vre-dm-dm:0.1.0.dev0"
CONFIG = yaml.safe_load((CHART / "values.yaml").read_text())["dask-gateway"]["gateway"]


@pytest.fixture
def asked(installed: Installed, pods: Lines) -> Asked:
    """What the gateway of a release makes of options of a user."""

    def found(
        options: dict[str, Any], name: str = "", backend: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        maps = installed(name)[0].api.named("ConfigMap")
        environ = {}
        for each in CONFIG["env"]:
            where = each["valueFrom"]["configMapKeyRef"]
            environ[each["name"]] = maps[where["name"]]["data"][where["key"]]
        config = CONFIG["extraConfig"]["00-vre-dm"]
        said: dict[str, Any] = pods.ask(
            what="clusters", environ=environ, config=config, asked=options, backend=backend or {}
        )
        return said

    return found


def test_a_cluster_has_the_image_of_the_notebooks_and_its_pods_fit_kubernetes(
    asked: Asked, validator: Lines
) -> None:
    said = asked(
        {"image": DM, "worker_cores": 2, "worker_memory": 4, "environment": {"MINE": "yes"}},
        "values-escape.yaml",
    )
    scheduler, worker = said["pods"]
    for version in (OLDEST, NEWEST):
        assert validator.ask(objects=said["pods"], version=version) == {"faults": []}
    for pod, what in ((scheduler, "scheduler"), (worker, "worker")):
        container = pod["spec"]["containers"][0]
        assert container["image"].startswith("registry.example.org/vre-dm/vre-dm-dm:")
        assert container["args"][4:6] == ["/opt/kernels/share/jupyter/kernels/vre-dm-all/kernel.json", what]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        }
        environment = {each["name"]: each.get("value") for each in container["env"]}
        assert environment["MINE"] == "yes"
        assert environment["MALLOC_TRIM_THRESHOLD_"] == "268435456"
        assert "/eos/eulake" in [each["mountPath"] for each in container["volumeMounts"]]
    assert worker["spec"]["containers"][0]["resources"]["limits"] == {
        "cpu": "2.000",
        "memory": str(4 * 2**30),
    }
    assert said["limits"] == {"idle_timeout": 900, "cluster_max_cores": 64, "cluster_max_memory": 256 * 2**30}


def test_workers_listen_where_the_network_policy_lets_them_be_reached(
    asked: Asked, installed: Installed
) -> None:
    worker = asked({})["pods"][1]["spec"]["containers"][0]["args"]
    ports = {int(worker[worker.index(f"--{what}-port") + 1]) for what in ("worker", "nanny")}
    rules = installed()[0].api.named("NetworkPolicy")["vre-dm-dask"]["spec"]["ingress"]
    assert ports | {8786} == {port["port"] for port in rules[2]["ports"]}


def test_what_the_site_sets_of_clusters_in_the_gateways_chart_stays(asked: Asked, validator: Lines) -> None:
    tolerated = {"key": "mine", "operator": "Exists", "effect": "NoSchedule"}
    volume, mount = {"name": "mine", "emptyDir": {}}, {"name": "mine", "mountPath": "/mine"}
    pod = {"tolerations": [tolerated], "volumes": [volume], "securityContext": {"runAsGroup": 7}}
    part = {"extraPodConfig": pod, "extraContainerConfig": {"volumeMounts": [mount]}}
    backend = {
        "worker": part,
        "scheduler": part,
        "environment": {"HTTPS_PROXY": "http://proxy", "MINE": "site"},
    }
    backend |= {"imagePullSecrets": [{"name": "theirs"}]}
    said = asked({"environment": {"MINE": "user", "YOURS": "user"}}, "values-escape.yaml", backend)
    assert validator.ask(objects=said["pods"], version=NEWEST) == {"faults": []}
    for each in said["pods"]:
        spec, container = each["spec"], each["spec"]["containers"][0]
        assert spec["tolerations"] == [tolerated]
        assert spec["imagePullSecrets"] == [{"name": "theirs"}]
        assert {"mine", "vre-dm-eos"} <= {one["name"] for one in spec["volumes"]}
        assert {"/mine", "/eos/eulake"} <= {one["mountPath"] for one in container["volumeMounts"]}
        assert (spec["securityContext"]["runAsUser"], spec["securityContext"]["runAsGroup"]) == (1000, 7)
        variables = {one["name"]: one.get("value") for one in container["env"]}
        assert (variables["HTTPS_PROXY"], variables["MINE"], variables["YOURS"]) == (
            "http://proxy",
            "site",
            "user",
        )
        assert variables["MALLOC_TRIM_THRESHOLD_"] == "268435456"


def test_users_see_what_they_may_ask_for(asked: Asked) -> None:
    options = {each["field"]: each["spec"] for each in asked({})["options"]}
    assert options["worker_cores"]["max"] == 4
    assert options["worker_memory"]["max"] == 16
    images = [each.rpartition("/")[2].partition(":")[0] for each in options["image"]["options"]]
    assert images == ["vre-dm-base", "vre-dm-dm", "vre-dm-gamma", "vre-dm-km3net", "vre-dm-root"]


@pytest.mark.parametrize("name", ["base", "gamma"])
def test_dask_of_jupyterlabs_environment_runs_where_no_kernel_has_it(asked: Asked, name: str) -> None:
    said = asked({"image": f"registry.example.org/vre-dm/vre-dm-{name}:0.1.0.dev0"})
    for pod, what in zip(said["pods"], ("scheduler", "worker"), strict=True):
        assert pod["spec"]["containers"][0]["args"][:5] == ["python3", "-P", "-m", "dask", what]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"worker_cores": 5}, "must be <= 4"),
        ({"worker_memory": 17}, "must be <= 16"),
        ({"image": "registry.example.org/vre-dm/vre-dm-root:latest"}, "is not a valid option for image"),
        ({"worker_gpus": 1}, "Unknown fields"),
    ],
)
def test_what_the_site_does_not_offer_is_refused(asked: Asked, options: dict[str, Any], words: str) -> None:
    assert words in asked(options)["refused"]


def test_dask_starts_with_the_python_of_the_kernel_that_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(CHART / "files" / "both"))
    files = CHART / "files" / "gateway" / "gateway_config.py"
    known: dict[str, Any] = {}
    exec(compile(files.read_text(), files.name, "exec"), known)
    tells = tmp_path / "python"
    tells.write_text('#!/bin/sh\necho "$@"\n')
    tells.chmod(0o755)
    kernel = tmp_path / "kernel.json"
    kernel.write_text(json.dumps({"argv": [str(tells), "-m", "ipykernel_launcher"]}))
    words = ["python3", "-I", "-c", known["RUN"], str(kernel), "scheduler", "--port", "8786"]
    assert (
        subprocess.run(words, capture_output=True, text=True).stdout == "-P -m dask scheduler --port 8786\n"
    )
