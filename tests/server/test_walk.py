"""Every route, whoever wrote it, is closed to strangers and to other sites' pages."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from jupyter_server.auth.decorator import allow_unauthenticated
from tornado import web

from tests.server.routes import METHODS, as_header, cookies, plant, routes, sent
from vre_dm.server.base import Handler

API = "/vre-dm/api/"


@dataclass
class Server:
    """A running server, and a browser that is logged in to it."""

    application: web.Application
    url: str
    cookies: dict[str, str] = field(default_factory=dict)

    async def log_in(self, token: dict[str, str]) -> "Server":
        """Get cookies as a page with the server's token in its address does."""
        for url, header in ((self.url.removesuffix(API) + "/login", {}), (self.url + "openapi.json", token)):
            self.cookies |= cookies(await sent(url, "GET", **header))
        return self

    @property
    def xsrf(self) -> str:
        return self.cookies["_xsrf"]

    async def open_to_strangers(self) -> list[str]:
        """Routes that answer who is not logged in; what they need against other sites is sent."""
        stranger = {"Cookie": f"_xsrf={self.xsrf}", "X-XSRFToken": self.xsrf}
        return [
            f"{method} {route.pattern}: {answer.code}"
            for route in routes(self.application, API)
            for method in METHODS
            if (answer := await sent(self.url + route.path, method, **stranger)).code
            != (403 if method in route.methods else 405)
        ]

    async def open_to_other_sites(self) -> list[str]:
        """Routes that change something for a browser that is logged in, on the word of another page."""
        browser = {"Cookie": as_header(self.cookies)}
        return [
            f"{method} {route.pattern}: {answer.code}"
            for route in routes(self.application, API)
            for method in route.methods
            if method not in {"GET", "HEAD"}
            and (answer := await sent(self.url + route.path, method, **browser)).code != 403
        ]


@pytest.fixture
def server(
    jp_web_app: web.Application,
    jp_fetch: Any,
    jp_http_port: int,
    jp_auth_header: dict[str, str],
    jp_asyncio_loop: Any,
) -> Server:
    """With what `jp_fetch` starts; logged in."""
    server = Server(jp_web_app, f"http://127.0.0.1:{jp_http_port}/a%40b{API}")
    return jp_asyncio_loop.run_until_complete(server.log_in(jp_auth_header))


async def test_no_route_answers_a_stranger(server: Server) -> None:
    assert len(routes(server.application, API)) >= 10
    assert await server.open_to_strangers() == []


async def test_no_route_changes_anything_without_the_xsrf_token(server: Server) -> None:
    assert await server.open_to_other_sites() == []


async def test_with_the_xsrf_token_the_same_browser_is_served(server: Server) -> None:
    browser = {"Cookie": as_header(server.cookies), "X-XSRFToken": server.xsrf}
    assert (await sent(server.url + "lakes", "POST", **browser)).code == 400  # it lacks a body
    assert (await sent(server.url + "openapi.json", "GET", **browser)).code == 200


@pytest.mark.parametrize(
    ("element", "status"), [("image", 403), ("iframe", 403), ("empty", 200), ("document", 200)]
)
async def test_no_element_of_a_notebook_is_answered(server: Server, element: str, status: int) -> None:
    browser = {"Cookie": as_header(server.cookies), "Sec-Fetch-Dest": element}
    assert (await sent(server.url + "lakes", "GET", **browser)).code == status


@pytest.mark.parametrize("path", ["", "nothing", "jobs/x/y"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_what_is_no_route_is_said_as_any_error_is(server: Server, path: str, method: str) -> None:
    browser = {"Cookie": as_header(server.cookies), "X-XSRFToken": server.xsrf}
    answer = await sent(server.url + path, method, **browser)
    assert (answer.code, answer.headers["Content-Type"]) == (404, "application/json")
    assert "no such route" in json.loads(answer.body)["message"]


class Bare(web.RequestHandler):
    """Not on the base of this project."""

    def get(self) -> None:
        self.finish("open")


class Declared(Handler):
    """On the base, but declared open."""

    @allow_unauthenticated
    def get(self) -> None:
        self.finish("open")


class Careless(Handler):
    """Changes something and does not want the token of the server."""

    def check_xsrf_cookie(self) -> None: ...

    async def post(self) -> None:
        self.reply("changed")


class Forgetful(Handler):
    """Says nothing of logins: the base does."""

    async def get(self) -> None:
        self.reply("closed")


def _plant(server: Server, handler: type[web.RequestHandler]) -> None:
    plant(server.application, "/a%40b/vre-dm/api/planted", handler)


async def test_a_planted_open_route_is_caught(server: Server) -> None:
    _plant(server, Bare)
    assert await server.open_to_strangers() == ["GET planted: 200"]


async def test_a_planted_route_without_xsrf_is_caught(server: Server) -> None:
    _plant(server, Careless)
    assert await server.open_to_other_sites() == ["POST planted: 200"]


@pytest.mark.parametrize("handler", [Forgetful, Declared])
async def test_a_handler_is_closed_whatever_it_says(server: Server, handler: type[Handler]) -> None:
    _plant(server, handler)
    assert await server.open_to_strangers() == []
