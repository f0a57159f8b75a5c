"""Dashboards through the server: whole and alive, for who is logged in; nothing of the login leaves it."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth import Authorizer
from jupyter_server.serverapp import ServerApp
from tornado import web
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.server.conftest import Asked, said
from tests.server.listening import PATIENCE, eventually
from tests.server.routes import as_header, cookies, sent
from vre_dm.compute import cluster as clusters
from vre_dm.compute.cluster.folder import ClusterFolder, Contact, Size, default_root
from vre_dm.compute.cluster.listing import Clusters, ClusterState
from vre_dm.compute.cluster.local import LocalCluster
from vre_dm.compute.cluster.server import control
from vre_dm.errors import NoCluster
from vre_dm.lake.transfer.owner import myself, process
from vre_dm.server import dashboards
from vre_dm.server.dashboards import Addresses

Curiosity = list[dict[str, str]]
"""Headers of requests, with their address."""


@pytest.fixture
def base(
    sees_clusters: None,
    http_server: object,
    jp_http_port: int,
    jp_base_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """Address of the server's clusters, which waits for pages that are made slowly."""
    for limit in ("_CONNECT", "_ANSWER"):
        monkeypatch.setattr(dashboards, limit, 100.0)
    return f"http://127.0.0.1:{jp_http_port}{jp_base_url}vre-dm/api/clusters/"


async def _joined(address: str, token: str, headers: dict[str, str]) -> WebSocketClientConnection:
    request = HTTPRequest("ws" + address.removeprefix("http"), headers=headers, connect_timeout=PATIENCE)
    return await websocket_connect(request, subprotocols=["bokeh", token])


async def _left(socket: WebSocketClientConnection) -> None:
    """Close it, and read what is on its way: the answer to that comes last."""
    socket.close()
    while await socket.read_message() is not None:
        pass


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
    await _left(socket)
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


async def test_a_dashboard_itself_talks_to_no_page_of_another_site(base: str, made: LocalCluster) -> None:
    token = _session((await sent(made.dashboard, "GET")).body.decode())
    with pytest.raises(HTTPClientError, match="403"):
        await _joined(f"{made.dashboard}/ws", token, {"Origin": "http://elsewhere.example"})
    here = "/".join(made.dashboard.split("/")[:3])
    socket = await _joined(f"{made.dashboard}/ws", token, {"Origin": here})
    first = await socket.read_message()
    assert first is not None
    assert json.loads(first)["msgtype"] == "ACK"
    await _left(socket)


async def test_who_does_not_know_where_a_dashboard_is_finds_none(
    base: str, made: LocalCluster, jp_auth_header: dict[str, str]
) -> None:
    top = made.dashboard.removesuffix("/status")
    at, _, name = top.rpartition("/")
    assert len(name) > 40
    token = _session((await sent(made.dashboard, "GET")).body.decode())
    others = ("", "status", "sitemap.json", "health", "metrics", "static/js/bokeh.js", f"{name[1:]}/status")
    assert {(await sent(f"{at}/{page}", "GET")).code for page in others} == {404}
    with pytest.raises(HTTPClientError, match="404"):
        await _joined(f"{at}/status/ws", token, {})
    workers = json.loads((await sent(f"{top}/json/identity.json", "GET")).body)["workers"].values()
    assert len(workers) == 1
    for worker in workers:
        address = f"http://{worker['host']}:{worker['services']['dashboard']}/"
        assert {(await sent(address + page, "GET")).code for page in ("health", "metrics")} == {404}
    seen = await sent(f"{base}{made.id}/dashboard/status", "GET", **jp_auth_header)
    assert name not in str(dict(seen.headers)) + seen.body.decode()
    led = await sent(f"{base}{made.id}/dashboard/", "GET", **jp_auth_header)
    assert (led.code, led.headers["Location"].rpartition("/dashboard/")[2]) == (302, "status")


BY_HAND = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({}, 200),
        (BY_HAND, 200),
        (BY_HAND | {"Sec-Fetch-Site": "same-origin"}, 200),
        (BY_HAND | {"Sec-Fetch-Site": "cross-site"}, 403),
        (BY_HAND | {"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Dest": "script", "Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Dest": "script"}, 403),
        ({"Referer": "https://elsewhere.example/"}, 403),
    ],
)
async def test_a_page_is_opened_from_here_or_by_hand_only(
    base: str, curious: Curiosity, jp_auth_header: dict[str, str], said: dict[str, str], status: int
) -> None:
    jar = cookies(await sent(base.partition("vre-dm")[0] + "api/status", "GET", **jp_auth_header))
    answer = await sent(f"{base}any/dashboard/status", "GET", Cookie=as_header(jar), **said)
    assert (answer.code, len(curious)) == (status, status == 200)


async def test_an_old_browser_opens_a_page_from_here(
    base: str, curious: Curiosity, jp_auth_header: dict[str, str]
) -> None:
    jar = cookies(await sent(base.partition("vre-dm")[0] + "api/status", "GET", **jp_auth_header))
    answer = await sent(f"{base}any/dashboard/status", "GET", Cookie=as_header(jar), Referer=base)
    assert (answer.code, len(curious)) == (200, 1)


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


def test_a_port_of_this_machine_is_a_dashboards_while_its_cluster_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.delenv("DASK_GATEWAY__ADDRESS", raising=False)
    folder, addresses = ClusterFolder.new(default_root(), Size(1, 1, 400_000_000, 300)), Addresses()
    (folder.path / "process").write_text(str(myself()))
    folder.open(Contact("tls://127.0.0.1:1", "", "", "http://127.0.0.1:2/status"))
    assert addresses.of(folder.path.name) == "http://127.0.0.1:2"
    with subprocess.Popen(["sleep", "60"]) as other:
        ended = process(other.pid)
        other.kill()
    (folder.path / "process").write_text(str(ended))
    with pytest.raises(NoCluster, match="shows no dashboard"):
        addresses.of(folder.path.name)


Tells = Callable[[str], None]


@pytest.fixture
def tells(monkeypatch: pytest.MonkeyPatch) -> Tells:
    """Say where a gateway has the dashboard of its one cluster, ``x``."""

    def tell(address: str) -> None:
        state = ClusterState("x", "gateway", "running", dashboard=f"{address}/status")
        monkeypatch.setattr(clusters, "clusters", lambda: Clusters((state,)))

    return tell


def test_of_a_gateway_an_address_is_kept_until_it_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tells: Tells
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    addresses = Addresses()
    tells("http://hub.example.org/a")
    assert addresses.of("x") == "http://hub.example.org/a"
    tells("http://hub.example.org/b")
    assert addresses.of("x") == "http://hub.example.org/a"
    addresses.forget("x")
    assert addresses.of("x") == "http://hub.example.org/b"


@pytest.mark.parametrize("page", ["status", "status/ws"])
async def test_where_nobody_answers_the_address_is_asked_for_again(
    base: str, jp_auth_header: dict[str, str], jp_web_app: web.Application, tells: Tells, page: str
) -> None:
    tells("http://127.0.0.1:9")
    asked = jp_auth_header | ({"Upgrade": "websocket", "Connection": "Upgrade"} if "/" in page else {})
    answer = await sent(f"{base}x/dashboard/{page}", "GET", **asked)
    assert (answer.code, said(answer)["error"]) == (502, "NoCluster")
    assert "does not answer" in said(answer)["message"]
    tells("http://127.0.0.1:10")
    assert jp_web_app.settings["vre_dm"].dashboards.of("x") == "http://127.0.0.1:10"


class Curious(web.RequestHandler):
    """A dashboard that takes what it can get."""

    asked: Curiosity

    def initialize(self, asked: Curiosity) -> None:
        self.asked = asked

    def get(self, page: str) -> None:
        self.asked.append(dict(self.request.headers) | {"address": self.request.uri or ""})
        self.set_cookie("_xsrf", "mine")
        if page == "away":
            self.redirect("https://elsewhere.example/")
        elif page == "above":
            self.redirect(f"http://{self.request.host}/top/%2e%2e/../api/contents")
        elif page == "on":
            self.redirect("/top/status?x=1")
        else:
            self.finish(page)


@pytest.fixture
def curious(jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Curiosity]:
    """What such a dashboard was sent; it is that of every cluster."""
    asked: Curiosity = []
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
    base: str, curious: Curiosity, jp_auth_header: dict[str, str]
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
    base: str, curious: Curiosity, jp_auth_header: dict[str, str]
) -> None:
    on = await sent(f"{base}any/dashboard/on", "GET", **jp_auth_header)
    there = base.partition("/a%40b/")[2] + "any/dashboard/status?x=1"
    assert (on.code, on.headers["Location"]) == (302, f"/a%40b/{there}")
    for page in ("away", "above"):
        answer = await sent(f"{base}any/dashboard/{page}", "GET", **jp_auth_header)
        assert answer.code == 502
        assert "leads to another" in said(answer)["message"]


async def test_a_token_in_an_address_stays_here(
    base: str, curious: Curiosity, jp_auth_header: dict[str, str]
) -> None:
    token = jp_auth_header["Authorization"].split()[-1]
    query = f"?token={token}&bokeh-session-id=a%26b&_xsrf=x&lake=y&key=&n=1"
    assert (await sent(f"{base}any/dashboard/tasks{query}", "GET")).code == 200
    with pytest.raises(HTTPClientError, match="502"):  # it speaks no such protocol
        await _joined(f"{base}any/dashboard/tasks/ws{query}", "session", {})
    assert [one["address"] for one in curious] == [
        "/top/tasks?bokeh-session-id=a%26b&key=",
        "/top/tasks/ws?bokeh-session-id=a%26b&key=",
    ]
    assert token not in str(curious)


async def test_what_is_no_socket_joins_no_cluster(
    base: str, curious: Curiosity, jp_auth_header: dict[str, str]
) -> None:
    answer = await sent(f"{base}any/dashboard/tasks/ws", "GET", **jp_auth_header)
    assert (answer.code, said(answer)["error"]) == (400, "InvalidRequest")
    assert curious == []


async def test_a_socket_is_for_who_may_do_more_than_read(
    base: str, curious: Curiosity, jp_auth_header: dict[str, str], jp_serverapp: ServerApp
) -> None:
    class Readers(Authorizer):
        def is_authorized(self, handler: object, user: object, action: str, resource: str) -> bool:
            return action == "read"

    jp_serverapp.web_app.settings["authorizer"] = Readers(parent=jp_serverapp)
    assert (await sent(f"{base}any/dashboard/tasks", "GET", **jp_auth_header)).code == 200
    with pytest.raises(HTTPClientError, match="403"):
        await _joined(f"{base}any/dashboard/tasks/ws", "session", jp_auth_header)
    assert len(curious) == 1


async def test_a_page_reaches_nothing_of_this_server_but_its_own_dashboard(
    base: str, curious: Curiosity, jp_auth_header: dict[str, str]
) -> None:
    answer = await sent(f"{base}any/dashboard/tasks?x=;", "GET", **jp_auth_header)
    policy = dict(
        one.strip().partition(" ")[::2] for one in answer.headers["Content-Security-Policy"].split(";")
    )
    own = f"{base.removeprefix('http:')}any/dashboard/"
    assert policy["connect-src"] == f"http:{own} ws:{own}"
    assert "'self'" not in policy["default-src"]
    assert f"http:{own}" in policy["default-src"]
    assert (policy["frame-src"], policy["worker-src"], policy["object-src"]) == ("'none'",) * 3
    assert policy["sandbox"] == "allow-scripts allow-same-origin"


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
    await _left(socket)
    assert (await api("clusters", name, method="PATCH", body={"workers": [0, 2]})).code == 200
    assert (await api("clusters", name, method="DELETE")).code == 204
