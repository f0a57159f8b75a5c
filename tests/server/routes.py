"""The routes of a running server, as its router knows them, and requests to each."""

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any, NamedTuple

from tornado import web
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.routing import PathMatches, Rule

from tests.server.listening import PATIENCE

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_NAMES = ("0" * 8, "0" * 32, "x")  # of a job, of a rule, of anything
NEEDS_BODY = ("POST", "PUT", "PATCH")


class Route(NamedTuple):
    """A pattern below the server's base URL, and the handler behind it."""

    pattern: str
    handler: type[web.RequestHandler]

    @property
    def methods(self) -> list[str]:
        return [
            method
            for method in METHODS
            if getattr(self.handler, method.lower()) is not web.RequestHandler._unimplemented_method
        ]

    @property
    def path(self) -> str:
        """A path that fits."""
        samples = (re.sub(r"\([^)]*\)", name, self.pattern).replace("\\.", ".") for name in _NAMES)
        return next(path for path in samples if re.fullmatch(self.pattern, path))

    def template(self, parameters: list[str]) -> str:
        """The path as OpenAPI writes it, with these names for its groups."""
        names = iter(parameters)
        return re.sub(r"\([^)]*\)", lambda _: f"{{{next(names)}}}", self.pattern).replace("\\.", ".")


def routes(application: web.Application, below: str) -> list[Route]:
    """Every route whose path starts so, without what is above."""
    found = []
    for pattern, handler in _leaves(application.default_router.rules):
        head, _, rest = pattern.partition(below)
        if rest and head is not pattern:
            found.append(Route(rest.removesuffix("$"), handler))
    return found


def _leaves(rules: list[Any]) -> Iterator[tuple[str, type[web.RequestHandler]]]:
    for rule in rules:
        if hasattr(rule.target, "rules"):
            yield from _leaves(rule.target.rules)
        elif isinstance(rule.matcher, PathMatches):
            yield rule.matcher.regex.pattern, rule.target


def plant(application: web.Application, path: str, handler: type[web.RequestHandler]) -> None:
    """Add a route before all others: the last one of the extension has every path that is left."""
    application.default_router.rules.insert(0, Rule(PathMatches(path), handler))


async def sent(url: str, method: str, **headers: str) -> HTTPResponse:
    """Answer to a request with these headers and nothing else."""
    body = "" if method in NEEDS_BODY else None
    patience = {"connect_timeout": PATIENCE, "request_timeout": PATIENCE}
    request = HTTPRequest(url, method=method, headers=headers, body=body, follow_redirects=False, **patience)
    return await AsyncHTTPClient().fetch(request, raise_error=False)


def cookies(response: HTTPResponse) -> dict[str, str]:
    """Cookies that an answer sets."""
    found: dict[str, str] = {}
    for line in response.headers.get_list("Set-Cookie"):
        found |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
    return found


def as_header(jar: dict[str, str]) -> str:
    """Cookies as a browser sends them."""
    return "; ".join(f"{name}={value}" for name, value in jar.items())
