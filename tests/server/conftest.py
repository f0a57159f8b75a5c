"""A Jupyter server with the extension, and the embedded lake as its one configured lake."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_jupyter.jupyter_server import *  # noqa: F403  here only: its automatic fixtures would break Playwright
from tornado.httpclient import HTTPResponse
from tornado.ioloop import IOLoop

from tests.lake.conftest import lake, make, rucio  # noqa: F401  they use the same lake
from tests.server.listening import PATIENCE, Listen, eventually, listener
from vre_dm import session
from vre_dm.compute.cluster.folder import default_root
from vre_dm.compute.cluster.local import LocalCluster
from vre_dm.compute.cluster.range import WorkerRange
from vre_dm.pool import Pool
from vre_dm.sandbox import LakeStatus
from vre_dm.server import launching
from vre_dm.server.base import Handler

Asked = Callable[..., Awaitable[HTTPResponse]]


@pytest.fixture
def settings() -> dict[str, object]:
    """Traits of the extension; a module overrides it."""
    return {"patience": 120.0}  # a busy machine starts processes slowly


@pytest.fixture
def jp_server_config(
    jp_environ: None, settings: dict[str, object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> dict[str, Any]:
    """The extension alone, and no lake of whoever runs the tests."""
    for name in ("RUCIO_CONFIG", "RUCIO_HOME", "RUCIO_ACCOUNT", "RUCIO_AUTH_TYPE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    return {"ServerApp": {"jpserver_extensions": {"vre_dm": True}}, "VreDm": settings}


@pytest.fixture(autouse=True)
def no_stream_outlives_its_loop(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Wait for the other ends of websockets: one that is half closed would be found open in a later test."""
    yield

    async def over() -> None:
        await eventually(lambda: not IOLoop.current().handlers)

    jp_asyncio_loop.run_until_complete(over())


@pytest.fixture
def on_lake(
    embedded_lake: LakeStatus, monkeypatch: pytest.MonkeyPatch, jp_server_config: object
) -> LakeStatus:
    """The tests' embedded lake, configured as any other: by a ``rucio.cfg``."""
    monkeypatch.setenv("RUCIO_CONFIG", str(embedded_lake.rucio_config))
    return embedded_lake


@pytest.fixture
def api(jp_fetch: Asked) -> Asked:
    """Ask a route; an answer that is an error is one too. ``body`` may be a document."""

    async def ask(*path: str, body: object = None, method: str = "GET", **more: Any) -> HTTPResponse:
        sent = None if body is None else json.dumps(body)
        sent = "" if sent is None and method in {"POST", "PATCH", "PUT"} else sent
        more = {"connect_timeout": PATIENCE, "request_timeout": PATIENCE} | more
        return await jp_fetch("vre-dm", "api", *path, method=method, body=sent, raise_error=False, **more)

    return ask


@pytest.fixture
def no_job_is_left(on_lake: LakeStatus, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A job starts however long it takes, and none outlives its test."""
    for limit in ("_PATIENCE", "_SETTLE"):
        monkeypatch.setattr(launching, limit, 100.0)
    yield
    for job in session.jobs():
        assert job.cancel(60)


@pytest.fixture
def listen(
    http_server: object, jp_http_port: int, jp_auth_header: dict[str, str], jp_base_url: str
) -> Listen:
    """Open a stream of events."""
    return listener(jp_http_port, jp_auth_header, jp_base_url)


@pytest.fixture(scope="package")
def clusters_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's state folder, of those tests that look at clusters."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="package")
def made(clusters_root: Path) -> Iterator[LocalCluster]:
    """A cluster that was started in Python."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(clusters_root))
        one = LocalCluster.of(default_root(), WorkerRange(1, 1), 400_000_000, 0.0).up()
    yield one
    one.down()


@pytest.fixture
def sees_clusters(clusters_root: Path, jp_server_config: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server sees those clusters, and no gateway of this machine."""
    monkeypatch.setenv("XDG_STATE_HOME", str(clusters_root))
    monkeypatch.delenv("DASK_GATEWAY__ADDRESS", raising=False)


def hurried(monkeypatch: pytest.MonkeyPatch, which: Callable[[Handler, str], bool]) -> None:
    """Have little patience with such questions: of a handler, put to somebody."""
    within = Handler._within

    async def soon(handler: Handler, pool: Pool, call: Callable[[], Any], who: str, **how: bool) -> Any:
        handler.app.patience = 0.3 if which(handler, who) else 60.0
        return await within(handler, pool, call, who, **how)  # which reads it before it waits

    monkeypatch.setattr(Handler, "_within", soon)


def said(response: HTTPResponse) -> Any:
    """Document of an answer."""
    return json.loads(response.body)


def lines(response: HTTPResponse) -> list[Any]:
    """Documents of a streamed answer."""
    return [json.loads(line) for line in response.body.decode().splitlines()]
