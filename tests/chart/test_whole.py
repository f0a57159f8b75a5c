"""The chart together with those that it stands on, where their archives are."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.chart.conftest import CHART, FILES, NEWEST, OLDEST, Lines, Release, values

OWN = ("gateway.dask.org", "traefik")  # kinds that Kubernetes itself has no schema of
Whole = Callable[[str], Release]


@pytest.fixture(scope="module")
def whole(cluster: Callable[..., Release]) -> Whole:
    """All of it with the values of a file of the chart, made once for each."""
    if len(list(CHART.glob("charts/*.tgz"))) < 2:
        pytest.skip(
            "NOT RUN: the chart together with jupyterhub and dask-gateway: their archives are not in "
            "helm/vre-dm/charts; `helm dependency build helm/vre-dm` fetches them (docs/admin.md, A new hub)"
        )
    known: dict[str, Release] = {}

    def found(name: str) -> Release:
        if name not in known:
            known[name] = cluster(whole=True)
            said = known[name].install(values(name))
            assert said.get("status") == "deployed", said
        return known[name]

    return found


@pytest.mark.parametrize("name", FILES)
def test_all_of_it_fits_kubernetes(whole: Whole, validator: Lines, name: str) -> None:
    objects = [each for key, each in whole(name).api.objects.items() if not any(own in key[0] for own in OWN)]
    assert len(objects) > 30
    for version in (OLDEST, NEWEST):
        assert validator.ask(objects=objects, version=version) == {"faults": []}


@pytest.mark.parametrize("name", FILES)
def test_what_a_pod_mounts_or_reads_is_there(whole: Whole, name: str) -> None:
    api = whole(name).api
    there = {kind: api.named(kind) for kind in ("ConfigMap", "Secret", "PersistentVolumeClaim")}
    asked = 0
    for each in list(api.objects.values()):
        for kind, wanted, key in _references(each):
            asked += 1
            assert wanted in there[kind], (
                f"{each['kind']} {each['metadata']['name']} asks for {kind} {wanted}"
            )
            found = there[kind][wanted]
            assert key is None or key in {**found.get("data", {}), **found.get("stringData", {})}, (
                wanted,
                key,
            )
    assert asked > 5


def test_servers_and_gateway_find_each_other_by_name(whole: Whole) -> None:
    api = whole("").api
    assert {"hub", "proxy-public", "traefik-dask-gateway", "api-dask-gateway"} <= set(api.named("Service"))
    ports = {
        each["name"]: each["port"] for each in api.named("Service")["traefik-dask-gateway"]["spec"]["ports"]
    }
    assert ports["web"] == 80
    assert {"hub", "api-dask-gateway"} <= set(api.named("Deployment"))
    proxy = api.named("Deployment")["traefik-dask-gateway"]["spec"]["template"]["metadata"]["labels"]
    said = api.named("NetworkPolicy")["vre-dm-servers"]["spec"]["egress"][1]["to"][0]["podSelector"][
        "matchLabels"
    ]
    assert said.items() <= proxy.items()


def test_no_container_of_the_whole_is_privileged_and_every_policy_is_on(whole: Whole) -> None:
    api = whole("").api
    assert {"hub", "proxy", "singleuser", "vre-dm-servers", "vre-dm-dask"} <= set(api.named("NetworkPolicy"))
    for kind in ("Deployment", "DaemonSet", "StatefulSet", "Job"):
        for each in api.named(kind).values():
            pod = each["spec"]["template"]["spec"]
            for container in [*pod["containers"], *pod.get("initContainers", [])]:
                assert not container.get("securityContext", {}).get("privileged")


def _references(said: Any) -> Iterator[tuple[str, str, str | None]]:
    """Kind, name and key of what is asked for, unless it may be missing."""
    if isinstance(said, list):
        for each in said:
            yield from _references(each)
    if not isinstance(said, dict):
        return
    for field, kind, named in (
        ("configMap", "ConfigMap", "name"),
        ("secret", "Secret", "secretName"),
        ("persistentVolumeClaim", "PersistentVolumeClaim", "claimName"),
        ("configMapKeyRef", "ConfigMap", "name"),
        ("secretKeyRef", "Secret", "name"),
    ):
        found = said.get(field)
        if isinstance(found, dict) and named in found and not found.get("optional"):
            yield kind, found[named], found.get("key")
    for value in said.values():
        yield from _references(value)
