"""What pages and comments tell an admin to write is what the charts take, and of this version."""

import json
import re
import tomllib
from pathlib import Path
from textwrap import dedent
from typing import Any

import jsonschema
import pytest
import yaml
from packaging.version import Version

from builders.chart import CHART
from tests.chart.conftest import DATA, FILES, FOREIGN, ROOT, Lines, merged, values
from tests.chart.test_servers import Cluster, mounted
from tests.test_docs import blocks

PAGE = ROOT / "docs" / "admin.md"
INDENTED = re.compile(r"^( *)```yaml\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)  # within a list, too
EXAMPLES = [yaml.safe_load(dedent(body)) for _, body in INDENTED.findall(PAGE.read_text())]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def example(key: str) -> dict[str, Any]:
    """The one example of the page that has such a key."""
    (found,) = (each for each in EXAMPLES if key in each)
    said: dict[str, Any] = found
    return said


def test_the_values_of_a_new_hub_install(cluster: Cluster) -> None:
    release = cluster()
    said = release.install(example("login"))
    assert said.get("status") == "deployed", said
    assert "create secret generic vre-dm-login" in said["notes"]


def test_the_profile_for_a_hub_that_is_there_is_a_pod_of_our_image_with_the_lakes_authority(
    cluster: Cluster, pods: Lines, tmp_path: Path
) -> None:
    servers = example("singleuser")
    schema, theirs = (
        DATA / f"{FOREIGN['jupyterhub']}.{each}" for each in ("values.schema.json", "values.yaml")
    )
    whole = merged(yaml.safe_load(theirs.read_text()), servers)
    jsonschema.validate(whole, json.loads(schema.read_text()))
    hub = mounted(cluster, values(""), tmp_path)
    hub["hub"]["extraConfig"] = {}  # without the chart
    hub["singleuser"] |= servers["singleuser"]
    pod = pods.ask(what="servers", files=str(tmp_path), profiles=["vre-dm"], values=hub)["pods"]["vre-dm"]
    (container,) = pod["spec"]["containers"]
    assert container["image"].endswith(f"/vre-dm-dm:{VERSION}")
    variables = {each["name"]: each["value"] for each in container["env"]}
    assert variables["RUCIO_CA_CERT"] in [each["mountPath"] for each in container["volumeMounts"]]


def test_the_secrets_of_a_release_that_changes_over_go_to_values_that_there_are(cluster: Cluster) -> None:
    said: dict[str, Any] = values("values-escape.yaml")
    said["jupyterhub"]["hub"]["db"].pop("url")
    for each in example("valuesFrom")["valuesFrom"]:
        *path, last = each["targetPath"].split(".")
        place = said
        for part in path:
            place = place[part]
        assert last not in place
        place[last] = "postgresql://hub@db.example.org/hub" if last == "url" else "one"
    assert cluster().install(said).get("status") == "deployed"


@pytest.mark.parametrize("name", [each for each in FILES if each])
def test_the_commands_above_values_bring_the_charts_that_ours_stands_on(name: str) -> None:
    head = (CHART / name).read_text().partition("\n\n")[0]
    if "helm upgrade" not in head:
        assert "docs/admin.md" in head
        return
    said = [line.strip("# ") for line in head.splitlines()]
    order = [said.index(line) for line in (*fetching(), "helm dependency build helm/vre-dm")]
    assert order == sorted(order)
    assert order[-1] < next(at for at, line in enumerate(said) if line.startswith("helm upgrade"))


def test_the_page_fetches_the_charts_that_ours_stands_on() -> None:
    (commands,) = (body for kind, body, _ in blocks(PAGE) if kind == "bash" and "helm upgrade" in body)
    assert commands.splitlines()[:3] == [*fetching(), "helm dependency build helm/vre-dm"]


def fetching() -> list[str]:
    """Commands without which Helm knows no repository to build the dependencies from."""
    wanted = yaml.safe_load((CHART / "Chart.yaml").read_text())["dependencies"]
    names = {"jupyterhub": "jupyterhub", "dask-gateway": "dask"}
    return [f"helm repo add {names[each['name']]} {each['repository']}" for each in wanted]


def test_every_image_that_is_named_is_of_this_version() -> None:
    named = [
        tag
        for path in (PAGE, ROOT / "docs" / "images.md", *CHART.glob("*.yaml"))
        for tag in re.findall(r"vre-dm-(?:[a-z0-9]+|\$\w+):(\d[\w.-]*\w)", path.read_text())
    ]
    assert len(named) >= 4
    assert set(named) == {VERSION}


def test_the_version_of_the_chart_is_that_of_the_project_as_helm_writes_it() -> None:
    said, ours = yaml.safe_load((CHART / "Chart.yaml").read_text())["version"], Version(VERSION)
    assert said == ours.base_version + (f"-dev.{ours.dev}" if ours.is_devrelease else "")
