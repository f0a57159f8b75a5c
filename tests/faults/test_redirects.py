"""Redirects are followed by hand: no credential leaves its host, no way back to http, no circle."""

from pathlib import Path

import pytest

from tests.faults.conftest import Fetch
from tests.faults.server import Breaking, breaking, good, status
from tests.faults.world import HASTY, OpenAccess, Waits, finals, registered
from vre_dm.lake.transfer import fetch_files
from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.http import _redirected

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
        fetch_files([file], tmp_path, access=access, policy=HASTY, pace=Waits().pace())
        assert [headers.get("authorization") for _, headers in home.asked] == ["Bearer canary-token"] * 2
        assert [headers.get("authorization") for _, headers in stranger.asked] == [None]


def test_the_same_name_on_another_port_is_another_host(tmp_path: Path):
    with breaking() as home, breaking() as other:
        home.play("/x", go_to(other.play("/x", good(BODY))))
        file = registered(BODY, home.url("/x"))
        fetch_files([file], tmp_path, access=OpenAccess("https://"), policy=HASTY, pace=Waits().pace())
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


@pytest.mark.parametrize(
    "target",
    [
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://169.254.169.254/latest",
        "https://10.0.0.1/",
        "https://[::1]/",
    ],
)
def test_a_public_server_cannot_point_into_a_private_network(target: str):
    with pytest.raises(SourceFailed, match="private address"):
        _redirected("https://storage.example/x", target, {"https://storage.example/x"})


def test_what_an_address_hides_is_not_shown(fetch: Fetch):
    url = "https://user:hunter2@nowhere.invalid/x?authz=hunter3#hunter4"
    assert "hunter" not in fetch(registered(BODY, url))
