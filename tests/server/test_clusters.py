"""Clusters by HTTP: listed wherever they were made, started, resized, ended; refused at their fields."""

import asyncio
import socket
from functools import partial
from typing import Any

import pytest
from tornado.web import Application

from tests.server.conftest import Asked, said
from tests.server.listening import eventually
from vre_dm.compute.cluster.local import LocalCluster
from vre_dm.server import clusters
from vre_dm.server.app import VreDm

ORDER = {"kind": "local", "workers": [1, 1], "memory": "400 MB", "idle": 300, "options": {}}


async def _listed(api: Asked, name: str) -> Any:
    answer = said(await api("clusters"))
    assert answer["notes"] == []
    return next((one for one in answer["clusters"] if one["name"] == name), None)


async def _in_state(api: Asked, name: str, state: str | None) -> bool:
    one = await _listed(api, name)
    return (one and one["state"]) == state


@pytest.mark.usefixtures("sees_clusters")
async def test_a_cluster_made_in_python_is_listed_with_what_it_has(api: Asked, made: LocalCluster) -> None:
    async def at_work() -> Any:
        one = await _listed(api, made.id)
        return one if one and one["workers"] == 1 and one["memory"] else None

    one = await eventually(at_work)
    assert (one["kind"], one["state"], one["minimum"], one["most"]) == ("local", "running", 1, 1)
    assert 0 < one["memory"] < one["memory_limit"] <= 400_000_000
    assert (one["running"], one["waiting"], one["dashboard"]) == (0, 0, True)
    assert "127.0.0.1" not in str(one)  # who is not logged in here is not to find it


@pytest.mark.usefixtures("sees_clusters")
async def test_a_cluster_is_started_resized_and_ended(api: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "_STARTS", 100.0)
    begun = await api("clusters", method="POST", body=ORDER)
    assert begun.code == 201, begun.body
    name = said(begun)["name"]
    assert said(begun)["up"]
    await eventually(partial(_in_state, api, name, "running"))
    scaled = await api("clusters", name, method="PATCH", body={"workers": [0, 2]})
    assert (scaled.code, said(scaled)) == (200, {"remark": ""})
    one = await _listed(api, name)
    assert (one["minimum"], one["most"]) == (0, 2)
    assert (await api("clusters", name, method="DELETE")).code == 204
    await eventually(partial(_in_state, api, name, None))


@pytest.mark.usefixtures("sees_clusters")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"workers": [0, 0]}, "workers"),
        ({"workers": [2, 1]}, "workers"),
        ({"workers": 2}, "workers"),
        ({"memory": "much"}, "memory"),
        ({"kind": "cloud"}, "kind"),
        ({"kind": "gateway"}, "kind"),
        ({"options": {"image": "x"}}, "image"),
        ({"options": {"name": "x"}}, "options"),
    ],
)
async def test_an_order_that_cannot_be_is_refused_at_its_field(
    api: Asked, changes: dict[str, object], field: str
) -> None:
    before = said(await api("clusters"))["clusters"]
    answer = await api("clusters", method="POST", body=ORDER | changes)
    assert (answer.code, said(answer)["field"]) == (400, field), answer.body
    assert len(said(await api("clusters"))["clusters"]) == len(before)


@pytest.mark.usefixtures("sees_clusters")
@pytest.mark.parametrize(("method", "body"), [("PATCH", {"workers": [1, 1]}), ("DELETE", None)])
async def test_a_cluster_that_is_not_there_is_named(api: Asked, method: str, body: object) -> None:
    answer = await api("clusters", "local-00000000", method=method, body=body)
    assert (answer.code, said(answer)["error"]) == (502, "NoCluster")
    assert "local-00000000" in said(answer)["message"]


@pytest.mark.usefixtures("sees_clusters")
async def test_a_gateway_that_does_not_answer_hides_nothing_of_this_machine(
    api: Asked, made: LocalCluster
) -> None:
    import dask

    with dask.config.set({"gateway.address": "http://127.0.0.1:9"}):
        answer = said(await api("clusters"))
        offers = said(await api("cluster-offers"))
    assert made.id in [one["name"] for one in answer["clusters"]]
    assert "127.0.0.1:9" in answer["notes"][0]
    assert offers["cores"] >= 1
    assert offers["gateway"] is None
    assert "127.0.0.1:9" in offers["problem"]


@pytest.mark.slow  # as long as it waits for a gateway; of one that refuses the same is above
@pytest.mark.usefixtures("sees_clusters")
async def test_a_gateway_that_is_silent_hides_nothing_of_this_machine(
    api: Asked, made: LocalCluster, jp_web_app: Application
) -> None:
    import dask

    jp_web_app.settings["vre_dm"].patience = VreDm.patience.default_value
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with dask.config.set({"gateway.address": address, "gateway.auth.kwargs": {"password": "x"}}):
            listed, offered = await asyncio.gather(
                api("clusters", request_timeout=60), api("cluster-offers", request_timeout=60)
            )
    assert made.id in [one["name"] for one in said(listed)["clusters"]]
    assert address in said(listed)["notes"][0]
    assert said(offered)["cores"] >= 1
    assert address in said(offered)["problem"]
