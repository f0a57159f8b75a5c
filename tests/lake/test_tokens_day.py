"""A day scaled down: a notebook works through many lives of short tokens, and its user sees no error."""

import json
import ssl
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import httpx
import pytest

from tests.lake.answering import Answering, answering
from tests.lake.confirming import user_of
from vre_dm.lake.instances import from_file
from vre_dm.lake.lake import Lake
from vre_dm.lake.sources import stored_login
from vre_dm.lake.tokens import Secret
from vre_dm.lake.tokens.device import device_login
from vre_dm.lake.tokens.provider import expiry
from vre_dm.sandbox import LakeStatus

LIFE = 10  # seconds that a token lives
STORAGE = "https://storage.example.org"  # whom tokens for the storage must be for


class Given(NamedTuple):
    """When a token was asked for, when it was given, and when it ends."""

    asked: float
    at: float
    ends: float


class Door:
    """Stands before an issuer: notes its token requests by audience, and how many were under way at once."""

    def __init__(self, lake: LakeStatus, server: Answering) -> None:
        context = ssl.create_default_context(cafile=str(lake.ca))
        self.issuer = httpx.Client(base_url=lake.issuer, verify=context, trust_env=False, timeout=60)
        self.url, self.lock = server.url, threading.Lock()
        self.asked = defaultdict[str, list[float]](list)
        self.given = defaultdict[str, list[Given]](list)
        self.now, self.most = Counter[str](), Counter[str]()

    def say(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        if not body:
            told = self.issuer.get(path).json() | {"issuer": self.url, "token_endpoint": f"{self.url}/token"}
            return 200, {}, json.dumps(told).encode()
        (audience,) = parse_qs(body.decode())["audience"]
        head = {name: headers[name] for name in ("Authorization", "Content-Type") if name in headers}
        with self.counted(audience):
            asked = time.time()
            answer = self.issuer.post("token", content=body, headers=head)
            if answer.is_success:
                ends = expiry(Secret(answer.json()["access_token"]))
                assert ends is not None
                self.given[audience].append(Given(asked, time.time(), ends.timestamp()))
        return answer.status_code, {}, answer.content

    @contextmanager
    def counted(self, audience: str) -> Iterator[None]:
        with self.lock:
            self.asked[audience].append(time.monotonic())
            self.now[audience] += 1
            self.most[audience] = max(self.most[audience], self.now[audience])
        try:
            yield
        finally:
            with self.lock:
                self.now[audience] -= 1


@pytest.fixture
def short(own_lake: Callable[..., LakeStatus]) -> LakeStatus:
    return own_lake(token_seconds=LIFE, storage_audience=STORAGE)


@pytest.fixture
def door(short: LakeStatus) -> Iterator[Door]:
    with answering() as server:
        door = Door(short, server)
        server.say = door.say
        yield door
        door.issuer.close()


def logged_in(lake: LakeStatus, door: Door, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """As after `vre-dm login --device`: a login is kept, renewed, and exchanged for the storage."""
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    config = folder / "rucio.cfg"
    config.write_text(lake.rucio_config.read_text().replace(lake.issuer, door.url))
    found = from_file(config)
    assert found.registration is not None
    client, scope = found.registration.client(), found.registration.scope
    stored_login(found.url, found.registration).keep(
        *device_login(client, scope, user_of(lake), lambda _: None, audience=found.audience)
    )
    return Lake(from_file(config), folder / "cache")


def works(lake: Lake, folder: Path) -> dict[str, Callable[[int], object]]:
    """What the user does at the same time: each takes the number of its round."""
    small = lake.dataset("xenon:s2only.limits")  # has copies on a path of this machine and over https
    day = f"day.{uuid.uuid4().hex[:6]}"

    def fetch(number: int) -> None:
        assert small.fetch(folder / str(number), rse="CNAF-STORM")

    def rules(number: int) -> None:
        made = lake._connection.ask("a rule", lambda rucio: add(rucio, number))
        lake._connection.ask("a rule", lambda rucio: rucio.delete_replication_rule(made[0]))

    def add(rucio: Any, number: int) -> list[str]:
        did = {"scope": "user.dm", "name": f"{day}.{number}"}
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
    short: LakeStatus, door: Door, tmp_path: Path, lives: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems: list[str] = []
    rounds = Counter[str]()
    lake = logged_in(short, door, tmp_path, monkeypatch)
    jobs = works(lake, tmp_path)
    end = time.monotonic() + lives * LIFE

    def work(name: str, do: Callable[[int], object]) -> None:
        while not rounds[name] or time.monotonic() < end:
            try:
                do(rounds[name])
            except Exception as error:
                problems.append(f"{name}: {type(error).__name__}: {error}")
            rounds[name] += 1
            time.sleep(0.2)

    threads = [threading.Thread(target=work, args=job) for job in jobs.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked = {audience: len(times) for audience, times in door.asked.items()}
    print(f"rounds {dict(rounds)}; requests at the issuer {asked}; at once {dict(door.most)}")
    assert problems == []
    assert set(rounds) == set(jobs)
    for audience in ("rucio", STORAGE):
        # The first token is no refresh: it is the login's, or that of the first exchange. The next is asked
        # for when 80 to 90 % of 9 to 10 s have passed (issuers count whole ones): 14 times in 12 lives.
        # What is asked after the day is not counted.
        refreshes = sum(at < end for at in door.asked[audience]) - 1
        assert lives / 1.2 - 2 <= refreshes
        tokens = door.given[audience]
        assert all(new.asked >= old.at + 0.8 * (old.ends - old.at) for old, new in pairwise(tokens))
        assert len(tokens) == len(door.asked[audience])
        assert door.most[audience] == 1
