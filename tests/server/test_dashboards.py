"""Dashboards through the server: whole and alive, for who is logged in; nothing of the login leaves it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from tornado import web
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.server.conftest import Asked, said
from tests.server.listening import eventually
from tests.server.routes import as_header, cookies, sent
from vre_dm.compute.cluster.local import LocalCluster
from vre_dm.compute.cluster.server import control
from vre_dm.server.dashboards import Addresses


@pytest.fixture
def base(sees_clusters: None, http_server: object, jp_http_port: int, jp_base_url: str) -> str:
    """Address of the server's clusters."""
    return f"http://127.0.0.1:{jp_http_port}{jp_base_url}vre-dm/api/clusters/"


async def _joined(address: str, token: str, headers: dict[str, str]) -> WebSocketClientConnection:
    request = HTTPRequest("ws" + address.removeprefix("http"), headers=headers)
    return await websocket_connect(request, subprotocols=["bokeh", token])


def _session(page: str) -> str:
    found = re.search(r'"token":"([^"]+)"', page)
    assert found, page[:500]
    return found[1]


async def test_a_page_comes_with_its_parts_and_talks_to_the_cluster(
    base: str, made: LocalCluster, jp_auth_header: dict[str, str], jp_web_app: web.Application
) -> None:
    top = f"{base}{made.id}/dashboard/"
    page = await sent(f"{top}status", "GET", **jp_auth_header)
    assert (page.code, page.headers["Content-Type"].partition(";")[0]) == (200, "text/html"), page.body
    assert "form-action 'none'" in page.headers["Content-Security-Policy"]
    text = page.body.decode()
    parts = re.findall(r'(?:src|href)="(statics?/[^"]+)"', text)
    assert len(parts) >= 4
    for part in parts:
        answer = await sent(top + part, "GET", **jp_auth_header)
        assert answer.code == 200, part
    socket = await _joined(f"{top}status/ws", _session(text), jp_auth_header)
    assert socket.selected_subprotocol == "bokeh"
    first = await socket.read_message()
    assert first is not None
    assert json.loads(first)["msgtype"] == "ACK"
    socket.close()
    await eventually(lambda: jp_web_app.settings["vre_dm"].open_streams["dashboards"] == 0)


async def test_who_is_not_logged_in_sees_neither_page_nor_socket(
    base: str, made: LocalCluster, jp_auth_header: dict[str, str]
) -> None:
    top = f"{base}{made.id}/dashboard/"
    token = _session((await sent(f"{top}status", "GET", **jp_auth_header)).body.decode())
    assert (await sent(f"{top}status", "GET")).code == 403
    with pytest.raises(HTTPClientError, match="403"):
        await _joined(f"{top}status/ws", token, {})


async def test_a_page_of_another_site_reaches_no_socket_and_no_part(
    base: str, made: LocalCluster, jp_auth_header: dict[str, str]
) -> None:
    jar = cookies(await sent(base.partition("vre-dm")[0] + "api/status", "GET", **jp_auth_header))
    browser = {"Cookie": as_header(jar)}
    top = f"{base}{made.id}/dashboard/"
    token = _session((await sent(f"{top}status", "GET", **browser)).body.decode())
    with pytest.raises(HTTPClientError, match=r"40[34]"):
        await _joined(f"{top}status/ws", token, browser | {"Origin": "https://elsewhere.example"})
    for site, status in (("cross-site", 403), ("same-origin", 200)):
        asked = browser | {"Sec-Fetch-Dest": "script", "Sec-Fetch-Site": site}
        assert (await sent(f"{top}status", "GET", **asked)).code == status


@pytest.mark.parametrize("page", ["../../x", "%2e%2e/x", "a/..%2fb", "a%5c..%5cb", "a%0d%0aHost:%20b"])
async def test_nothing_above_the_pages_can_be_asked_for(
    base: str, jp_auth_header: dict[str, str], page: str
) -> None:
    answer = await sent(f"{base}local-00000000/dashboard/{page}", "GET", **jp_auth_header)
    assert (answer.code, said(answer)["error"]) == (400, "InvalidRequest")


@pytest.mark.usefixtures("sees_clusters")
async def test_of_a_cluster_that_is_not_there_the_next_step_is_said(api: Asked) -> None:
    answer = await api("clusters", "local-00000000", "dashboard", "status")
    assert (answer.code, said(answer)["error"]) == (502, "NoCluster")
    assert "try again" in said(answer)["message"]


class Curious(web.RequestHandler):
    """A dashboard that takes what it can get."""

    asked: list[dict[str, str]]

    def initialize(self, asked: list[dict[str, str]]) -> None:
        self.asked = asked

    def get(self, page: str) -> None:
        self.asked.append(dict(self.request.headers))
        self.set_cookie("_xsrf", "mine")
        if page == "away":
            self.redirect("https://elsewhere.example/")
        elif page == "on":
            self.redirect("/top/status?x=1")
        else:
            self.finish(page)


@pytest.fixture
def curious(jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, str]]]:
    """What such a dashboard was sent; it is that of every cluster."""
    asked: list[dict[str, str]] = []
    sockets = bind_sockets(0, "127.0.0.1")
    port = sockets[0].getsockname()[1]

    async def listen() -> HTTPServer:
        server = HTTPServer(web.Application([("/top/(.*)", Curious, {"asked": asked})]))
        server.add_sockets(sockets)
        return server

    server = jp_asyncio_loop.run_until_complete(listen())
    monkeypatch.setattr(Addresses, "of", lambda *_: f"http://127.0.0.1:{port}/top")
    yield asked
    server.stop()


async def test_a_cluster_gets_nothing_of_the_login_and_sets_no_cookie(
    base: str, curious: list[dict[str, str]], jp_auth_header: dict[str, str]
) -> None:
    headers = jp_auth_header | {"Cookie": "username=secret", "Accept": "text/html", "X-XSRFToken": "secret"}
    answer = await sent(f"{base}any/dashboard/tasks?n=1", "GET", **headers)
    assert (answer.code, answer.body) == (200, b"tasks")
    assert "mine" not in str(answer.headers.get_list("Set-Cookie"))
    token = jp_auth_header["Authorization"].split()[-1]
    assert "secret" not in str(curious)
    assert token not in str(curious)
    assert curious[0]["Accept"] == "text/html"


async def test_a_cluster_leads_to_its_own_pages_only(
    base: str, curious: list[dict[str, str]], jp_auth_header: dict[str, str]
) -> None:
    on = await sent(f"{base}any/dashboard/on", "GET", **jp_auth_header)
    there = base.partition("/a%40b/")[2] + "any/dashboard/status?x=1"
    assert (on.code, on.headers["Location"]) == (302, f"/a%40b/{there}")
    away = await sent(f"{base}any/dashboard/away", "GET", **jp_auth_header)
    assert away.code == 502
    assert "another server" in said(away)["message"]


@pytest.fixture
def gateway(jp_server_config: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Dask Gateway of this test."""
    monkeypatch.delenv("DASK_GATEWAY__ADDRESS", raising=False)
    control.up()
    yield
    control.down()


@pytest.mark.slow  # a gateway of its own; of this machine's clusters the same is above and in make test
@pytest.mark.usefixtures("gateway")
async def test_a_cluster_of_a_gateway_is_started_with_its_options_and_looked_into(
    api: Asked, http_server: object, jp_http_port: int, jp_base_url: str, jp_auth_header: dict[str, str]
) -> None:
    offers = said(await api("cluster-offers"))
    assert offers["gateway"]
    assert "worker_memory" in [option["field"] for option in offers["options"]]
    order = {"kind": "gateway", "workers": [1, 1], "memory": None, "idle": None, "options": {"none": 1}}
    refused = await api("clusters", method="POST", body=order)
    assert (refused.code, said(refused)["field"]) == (400, "none")
    begun = await api("clusters", method="POST", body=order | {"options": {"worker_memory": 0.7}})
    name = said(begun)["name"]

    async def at_work() -> bool:
        (one,) = said(await api("clusters"))["clusters"]
        return (one["name"], one["workers"]) == (name, 1) and one["memory_limit"] < 10**9

    await eventually(at_work)
    top = f"http://127.0.0.1:{jp_http_port}{jp_base_url}vre-dm/api/clusters/{name}/dashboard/"
    page = await sent(f"{top}status", "GET", **jp_auth_header)
    assert page.code == 200
    socket = await _joined(f"{top}status/ws", _session(page.body.decode()), jp_auth_header)
    first = await socket.read_message()
    assert first is not None
    assert json.loads(first)["msgtype"] == "ACK"
    socket.close()
    assert (await api("clusters", name, method="PATCH", body={"workers": [0, 2]})).code == 200
    assert (await api("clusters", name, method="DELETE")).code == 204
