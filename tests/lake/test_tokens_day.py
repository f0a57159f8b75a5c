"""A day scaled down: a notebook works through many lives of short tokens, and its user sees no error."""

import json
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from tests.lake.hub.process import login
from vre_dm import sandbox
from vre_dm.lake.instances import from_rucio_cfg
from vre_dm.lake.lake import Lake
from vre_dm.lake.tokens import Kept, Secret
from vre_dm.lake.tokens.oauth import Client, Refreshing, exchanged
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

LIFE = 10  # seconds that a token lives


class Door(ThreadingHTTPServer):
    """Stands before an issuer: counts its token requests by audience, and how many were under way at once."""

    daemon_threads = True

    def __init__(self, lake: LakeStatus) -> None:
        super().__init__(("127.0.0.1", 0), _Through)
        context = ssl.create_default_context(cafile=str(lake.ca))
        self.issuer = httpx.Client(base_url=lake.issuer, verify=context, trust_env=False, timeout=60)
        self.lock = threading.Lock()
        self.seen, self.now, self.most = Counter[str](), Counter[str](), Counter[str]()

    @contextmanager
    def counted(self, audience: str) -> Iterator[None]:
        with self.lock:
            self.seen[audience] += 1
            self.now[audience] += 1
            self.most[audience] = max(self.most[audience], self.now[audience])
        try:
            yield
        finally:
            with self.lock:
                self.now[audience] -= 1


class _Through(BaseHTTPRequestHandler):
    server: Door

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        (audience,) = parse_qs(body.decode()).get("audience", ["jhub"])
        head = {name: self.headers[name] for name in ("Authorization", "Content-Type")}
        with self.server.counted(audience):
            answer = self.server.issuer.post("token", content=body, headers=head)
        self.send_response(answer.status_code)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def short(lake_root: Path) -> LakeStatus:
    return sandbox.up(lake_root, idle=3600, token_seconds=LIFE)


@contextmanager
def door(lake: LakeStatus) -> Iterator[Door]:
    with Door(lake) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
            server.issuer.close()


def logged_in(lake: LakeStatus, door: Door, folder: Path) -> Lake:
    """As in a hub: the login is refreshed, and exchanged for a token of the lake."""
    secret = json.loads(Layout(lake.root).secrets.read_text())["clients"]["hub"]
    client = Client(lake.issuer, f"http://127.0.0.1:{door.server_port}/", "", "hub", Secret(secret))
    hub = Kept(Refreshing(client, Secret(login(lake, "jhub")["refresh_token"])), "hub")
    tokens = Kept(exchanged(client, hub, "rucio", "openid profile"), "exchange for rucio")
    return Lake(replace(from_rucio_cfg(lake.rucio_config, {}), tokens=tokens), folder)


def works(lake: Lake, folder: Path) -> dict[str, Callable[[int], object]]:
    """What the user does at the same time: each takes the number of its round."""
    small = min((found for found in lake.search("*:*") if found.size), key=lambda found: found.size or 0)

    def fetch(number: int) -> None:
        assert small.fetch(folder / str(number))

    def rules(number: int) -> None:
        made = lake._connection.ask("a rule", lambda rucio: add(rucio, number))
        lake._connection.ask("a rule", lambda rucio: rucio.delete_replication_rule(made[0]))

    def add(rucio: Any, number: int) -> list[str]:
        did = {"scope": "user.dm", "name": f"day.{number}"}
        rucio.add_dataset(**did)
        made: list[str] = rucio.add_replication_rule([did], 1, "CERN-EOSPILOT", lifetime=3600)
        return made

    return {
        "fetching": fetch,
        "making rules": rules,
        "browsing": lambda _: list(lake.search("*:*")),
        "looking": lambda _: lake.dataset(str(small.did)).files,
        "asking": lambda _: lake.whoami(),
    }


@pytest.mark.parametrize("lives", [2, pytest.param(12, marks=pytest.mark.slow)])
@pytest.mark.timeout(900)
def test_through_many_lives_of_its_token_a_user_sees_no_error(
    short: LakeStatus, tmp_path: Path, lives: int
) -> None:
    problems: list[str] = []
    rounds = Counter[str]()
    with door(short) as counted:
        lake = logged_in(short, counted, tmp_path / "cache")
        end = time.monotonic() + lives * LIFE

        def work(name: str, do: Callable[[int], object]) -> None:
            while time.monotonic() < end:
                try:
                    do(rounds[name])
                except Exception as error:
                    problems.append(f"{name}: {type(error).__name__}: {error}")
                rounds[name] += 1
                time.sleep(0.2)

        jobs = works(lake, tmp_path)
        threads = [threading.Thread(target=work, args=job) for job in jobs.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    print(f"rounds {dict(rounds)}; requests at the issuer {dict(counted.seen)}")
    assert problems == []
    assert set(rounds) == set(jobs)
    for audience in ("rucio", "jhub"):
        assert lives / 1.2 <= counted.seen[audience] <= lives * 1.25 + 1
        assert counted.most[audience] == 1
