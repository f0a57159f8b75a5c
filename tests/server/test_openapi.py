"""The OpenAPI document is of the routes that exist, and what they answer is as it says."""

import re
from typing import Any

import jsonschema
from tornado import web
from tornado.httpclient import HTTPResponse

from tests.server.conftest import Asked, lines, said
from tests.server.routes import routes
from vre_dm.sandbox import LakeStatus
from vre_dm.server import openapi
from vre_dm.server.elsewhere import ElsewhereHandler

API = "/vre-dm/api/"
DATASET = {"did": "fermi:dsph.jfactors"}
QUESTIONS: dict[str, dict[str, str]] = {
    "/children": {"scope": "fermi"},
    "/cluster-offers": {},
    "/clusters": {},
    "/dataset": DATASET,
    "/files": DATASET,
    "/forecast": DATASET,
    "/jobs": {},
    "/keys": {"scope": "fermi"},
    "/lakes": {},
    "/limits/curves": {},
    "/login": {},
    "/openapi.json": {},
    "/publish/schema": {},
    "/replicas": DATASET,
    "/rses": {},
    "/rules": {},
    "/scopes": {},
    "/search": {"pattern": "fermi:*", "where": "year>=2010"},
}
"""A question to each GET that can be answered on a lake where nothing happened yet."""


def test_the_document_is_sound() -> None:
    document = openapi.document()
    assert document["openapi"] == "3.1.0"
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for reference in re.findall(r"'\$ref': '#/([^']+)'", str(document)):
        found = document
        for part in reference.split("/"):
            found = found[part]


def test_every_route_and_method_is_documented_and_none_besides(jp_web_app: web.Application) -> None:
    documented = {
        (re.sub(r"{[^}]+}", "{}", path), method.upper())
        for path, methods in openapi.document()["paths"].items()
        for method in methods
        if method != "parameters"
    }
    registered = {
        ("/" + re.sub(r"\([^)]*\)", "{}", route.pattern).replace("\\.", "."), method)
        for route in routes(jp_web_app, API)
        for method in route.methods
        if route.handler is not ElsewhereHandler
    }
    assert documented == registered


async def test_every_get_answers_as_documented(on_lake: LakeStatus, api: Asked) -> None:
    paths = {
        path: methods["get"] for path, methods in openapi.document()["paths"].items() if "get" in methods
    }
    streams = {
        path
        for path, get in paths.items()
        if "text/event-stream" in get["responses"].get("200", {}).get("content", {})
    }
    assert {path for path in paths if "{" not in path} - streams == set(QUESTIONS)
    for path, params in QUESTIONS.items():
        response = await api(path.strip("/"), params=params)
        assert response.code == 200, (path, response.body)
        _check(response, paths[path]["responses"]["200"]["content"], path)


async def test_every_error_answers_as_documented(on_lake: LakeStatus, api: Asked) -> None:
    for path, params in [
        ("dataset", {"did": "no"}),
        ("search", {"where": "x"}),
        ("jobs/00000000", {}),
        ("nothing", {}),
    ]:
        response = await api(path, params=params)
        assert response.code in {400, 404}
        openapi.validator("Error").validate(said(response))


def _check(response: HTTPResponse, content: dict[str, Any], path: str) -> None:
    kind = response.headers["Content-Type"]
    assert kind in content, path
    root = openapi.document() | {"$ref": "#/x"} | {"x": content[kind]["schema"]}
    answers = lines(response) if kind == "application/x-ndjson" else [said(response)]
    for answer in answers:
        jsonschema.Draft202012Validator(root).validate(answer)
