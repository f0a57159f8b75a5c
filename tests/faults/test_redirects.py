"""Redirects are followed by hand: no credential leaves its host, no way back to http, no circle."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import Fetch
from tests.faults.server import Breaking, breaking, good, status
from tests.faults.world import CALM, OpenAccess, Waits, finals, registered
from vre_dm.errors import TransferFailed
from vre_dm.lake.files import File
from vre_dm.lake.transfer import addresses, fetch_files

BODY = bytes(range(256)) * 40


def go_to(url: str, code: int = 302):
    return status(code, Location=url)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_leads_to_the_file(code: int, server: Breaking, fetch: Fetch, tmp_path: Path):
    server.play("/there", good(BODY))
    assert fetch(registered(BODY, server.play("/x", go_to("/there", code)))) == ""
    assert finals(tmp_path)[0].read_bytes() == BODY


def test_a_token_stays_on_its_host(tmp_path: Path):
    with breaking() as home, breaking() as stranger:
        access = OpenAccess(home.url(""))
        access.token_origin = "https://"  # careless: it would hand the token to anyone
        home.play("/x", go_to("/y"))
        home.play("/y", go_to(stranger.play("/z", good(BODY))))
        file = registered(BODY, home.url("/x"))
        fetch_files([file], tmp_path, access=access, policy=CALM, pace=Waits().pace())
        assert [headers.get("authorization") for _, headers in home.asked] == ["Bearer canary-token"] * 2
        assert [headers.get("authorization") for _, headers in stranger.asked] == [None]


def test_the_same_name_on_another_port_is_another_host(tmp_path: Path):
    with breaking() as home, breaking() as other:
        home.play("/x", go_to(other.play("/x", good(BODY))))
        file = registered(BODY, home.url("/x"))
        fetch_files([file], tmp_path, access=OpenAccess("https://"), policy=CALM, pace=Waits().pace())
        assert "authorization" not in other.asked[0][1]


def test_a_range_survives_a_redirect(server: Breaking, fetch: Fetch):
    server.play("/there", good(BODY, stop_after=5000), good(BODY))
    assert fetch(registered(BODY, server.play("/x", go_to("/there")))) == ""
    assert server.asked[-1][1]["range"] == "bytes=5000-"


def test_a_way_back_to_http_is_refused(server: Breaking, fetch: Fetch):
    with breaking(certificate=None) as plain:
        plain.play("/x", good(BODY))
        assert "redirect from https to http" in fetch(
            registered(BODY, server.play("/x", go_to(plain.url("/x"))))
        )
        assert plain.asked == []


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://localhost/x", "data:,x", "gopher://localhost"]
)
def test_other_protocols_are_refused(target: str, server: Breaking, fetch: Fetch):
    cause = fetch(registered(BODY, server.play("/x", go_to(target))))
    assert "refused" in cause or "no address" in cause


def test_a_circle_is_cut(server: Breaking, fetch: Fetch):
    server.play("/a", go_to("/b"))
    server.play("/b", go_to("/a"))
    assert "circle" in fetch(registered(BODY, server.url("/a")))
    assert len(server.asked) == 2


def test_a_way_without_end_is_cut(server: Breaking, fetch: Fetch):
    for step in range(30):
        server.play(f"/{step}", go_to(f"/{step + 1}"))
    assert "circle" in fetch(registered(BODY, server.url("/0")))
    assert len(server.asked) < 10


@pytest.fixture
def two_networks(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Breaking, Breaking, OpenAccess]]:
    """A storage element at an address that counts as public, and a service at a private one."""
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    with breaking(certificate=None) as storage, breaking(certificate=None, host="127.0.0.2") as inside:
        inside.play("/x", good(BODY))
        yield storage, inside, OpenAccess(elements=storage.url("", "127.0.0.1"))


def told(file: File, access: OpenAccess, folder: Path) -> str:
    with pytest.raises(TransferFailed) as failed:
        fetch_files([file], folder, access=access, policy=CALM, pace=Waits().pace())
    assert finals(folder) == []
    return str(failed.value)


@pytest.mark.parametrize("host", ["127.0.0.2", "127.2", "2130706434", "0x7f000002"])
def test_a_public_server_cannot_point_into_a_private_network(host: str, two_networks, tmp_path: Path):
    storage, inside, access = two_networks
    storage.play("/x", go_to(inside.url("/x", host)))
    assert "private address" in told(registered(BODY, storage.url("/x", "127.0.0.1")), access, tmp_path)
    assert inside.asked == []


def test_a_name_that_becomes_private_after_the_check_gets_no_request(
    two_networks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    storage, inside, access = two_networks
    storage.play("/x", go_to(inside.url("/x", "rebind.example")))
    answers, ask = ["127.0.0.1", "127.0.0.2"], socket.getaddrinfo

    def rebinding(host: str, *rest: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        return ask(answers.pop(0) if name == "rebind.example" and answers else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    assert "private address 127.0.0.2 of rebind.example" in told(
        registered(BODY, storage.url("/x", "127.0.0.1")), access, tmp_path
    )
    assert answers == []
    assert inside.asked == []


def test_a_public_server_may_point_to_a_storage_element_wherever_that_is(two_networks, tmp_path: Path):
    storage, inside, access = two_networks
    access.elements = (storage.url("", "127.0.0.1"), inside.url("", "127.0.0.2"))
    storage.play("/x", go_to(inside.url("/x", "127.0.0.2")))
    file = registered(BODY, storage.url("/x", "127.0.0.1"))
    (path,) = fetch_files([file], tmp_path, access=access, policy=CALM, pace=Waits().pace())
    assert path.read_bytes() == BODY


@pytest.mark.parametrize("host", ["127.0.0.2", "127.0.0.3"])
def test_a_private_server_may_point_to_the_lakes_storage_and_to_no_other_private_one(
    host: str, two_networks, tmp_path: Path
):
    public, inside, access = two_networks
    start = registered(BODY, inside.url("/start", "127.0.0.2"))
    with breaking(certificate=None, host=host) as neighbour:  # another port, or another host
        access.elements = inside.url("/", "127.0.0.2")
        inside.play("/start", go_to(neighbour.url("/y", host)))
        neighbour.play("/y", good(BODY))
        assert "private address" in told(start, access, tmp_path)
        assert neighbour.asked == []
        access.elements = (access.elements, neighbour.url("/", host))
        (path,) = fetch_files([start], tmp_path, access=access, policy=CALM, pace=Waits().pace())
        assert path.read_bytes() == BODY
    public.play("/z", good(BODY))
    inside.play("/on", go_to(public.url("/z", "127.0.0.1")))
    on = registered(BODY, inside.url("/on", "127.0.0.2"), name="on")
    (path,) = fetch_files([on], tmp_path, access=access, policy=CALM, pace=Waits().pace())
    assert path.read_bytes() == BODY


def test_what_is_on_no_storage_element_is_never_asked(server: Breaking, tmp_path: Path):
    file = registered(BODY, server.play("/x", good(BODY)))
    assert "is on no storage element of the lake" in told(
        file, OpenAccess(elements="https://storage.example/"), tmp_path
    )
    assert server.asked == []


BAD = [
    "https://[bad/x",
    "https://h:99999/x",
    "http://h:x/",
    "https://h\ud800/x",
    "https://h/\ud800",
    "https:///x",
]


@pytest.mark.parametrize(
    "pfn", [*BAD, f"https://{'a' * 70}.example/x", "https://①②⑦.0.0.1/x", "https://h:0/x"]
)
def test_an_address_that_is_none_costs_only_its_own_replica(pfn: str, server: Breaking, fetch: Fetch):
    assert fetch(registered(BODY, pfn, server.play("/x", good(BODY)))) == ""
    said = fetch(registered(BODY, pfn, name="alone"))
    assert "RSE-1" in said
    assert said.isprintable()


@pytest.mark.parametrize("target", [url for url in BAD if url.isprintable()])
def test_a_redirect_to_what_is_no_address_costs_only_its_own_replica(
    target: str, server: Breaking, fetch: Fetch
):
    pfns = server.play("/bad", go_to(target)), server.play("/x", good(BODY))
    assert fetch(registered(BODY, *pfns)) == ""


def test_what_an_address_hides_is_not_shown(fetch: Fetch):
    url = "https://user:hunter2@nowhere.invalid/x?authz=hunter3#hunter4"
    assert "hunter" not in fetch(registered(BODY, url))
