"""The whole report, in a terminal of a real server of a real hub, and what it says of what is wrong."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.hub.conftest import Server
from tests.lake.hub.process import login
from tests.security.leaks import Search
from vre_dm import __version__
from vre_dm.sandbox import LakeStatus

DOCTOR = [sys.executable, "-m", "vre_dm", "doctor", "--hub"]
Findings = dict[str, list[dict[str, Any]]]
Report = Callable[..., tuple[int, Findings]]


def run(server: Server, *words: str, **changed: str) -> subprocess.CompletedProcess[str]:
    environ = {name: text for name, text in (server.environ | changed).items() if text}
    return subprocess.run(
        [*DOCTOR, *words], env=environ, capture_output=True, text=True, check=False, timeout=280
    )


@pytest.fixture
def report(server: Server) -> Report:
    """Exit code and findings, where some variables are others; empty ones are not set."""

    def one(**changed: str) -> tuple[int, Findings]:
        done = run(server, "--json", **changed)
        assert done.stderr == ""
        found: Findings = {}
        for finding in json.loads(done.stdout):
            assert finding["step"] or finding["state"] == "ok", finding
            found.setdefault(finding["what"], []).append(finding)
        return done.returncode, found

    return one


@pytest.fixture
def logged_in(server: Server, embedded_lake: LakeStatus) -> None:
    """The hub has what it had after the login of its user."""
    server.hub.ask("PATCH", "/users/dm", {"auth_state": login(embedded_lake)})


@pytest.mark.usefixtures("logged_in")
def test_a_server_that_has_all_it_needs_says_so_part_by_part(report: Report, server: Server) -> None:
    code, found = report()
    assert [each for part in found.values() for each in part if each["state"] == "FAIL"] == []
    assert code == 0
    said = {what: part[-1]["text"] for what, part in found.items()}
    assert said["hub"].startswith("JupyterHub 5.5.4 at 127.0.0.1:")
    assert said["hub"].endswith("; this is a server of dm")
    assert said["notebooks"].endswith(f" runs vre-dm {__version__}")
    assert said["dashboards"] == "shown through this server, to who is logged in alone"
    assert said["token"].startswith(f"from the hub {server.environ['JUPYTERHUB_API_URL']}, ")
    assert said["token"].endswith("; it is for rucio, as 127.0.0.1 wants")
    assert " left" in said["token"]
    assert said["account"].startswith("dm (oidc), by the hub ")
    mounted, holds = (each["text"] for each in found["mount"])
    assert mounted.startswith("CERN-EOSPILOT at ")
    assert "answered in" in mounted
    assert "looked for and found" in holds
    assert {"home", "memory", "CVMFS", "kernels", "gateway", "disk", "cache"} <= said.keys()


@pytest.mark.usefixtures("logged_in")
def test_a_token_for_others_is_told_with_both_audiences(
    report: Report, server: Server, embedded_lake: LakeStatus
) -> None:
    server.hub.ask("PATCH", "/users/dm", {"auth_state": login(embedded_lake, "jhub")})
    # The lake has a client for the exchange: without it the hub's token is all there is.
    code, found = report(RUCIO_CONFIG="", RUCIO_CA_CERT=str(embedded_lake.ca))
    assert code == 1
    (token,) = found["token"]
    assert (token["state"], token["text"]) == (
        "FAIL",
        "the hub has a token for jhub, and 127.0.0.1 wants one for rucio",
    )
    assert "exchanged_tokens" in token["step"]


@pytest.mark.usefixtures("logged_in")
def test_a_token_that_is_exchanged_is_told_as_such(
    report: Report, server: Server, embedded_lake: LakeStatus
) -> None:
    server.hub.ask("PATCH", "/users/dm", {"auth_state": login(embedded_lake, "jhub")})
    _, found = report()
    (token,) = found["token"]
    assert token["state"] == "ok"
    assert token["text"].startswith("from the exchange of the hub's token at ")
    assert found["account"][0]["state"] == "ok"


@pytest.mark.usefixtures("logged_in")
def test_a_token_that_the_hub_forgot_is_told_and_not_shown(report: Report) -> None:
    code, found = report(JUPYTERHUB_API_TOKEN="0123456789abcdef-of-yesterday")
    assert code == 1
    (hub,) = found["hub"]
    assert hub["state"] == "FAIL"
    assert "it does not know this server any more" in hub["text"]
    assert found["notebooks"][0]["text"].endswith("does not take its own token (HTTP 403)")
    assert "of-yesterday" not in json.dumps(found)
    failures = [each["text"] for part in found.values() for each in part if each["state"] == "FAIL"]
    assert len(failures) == len(set(failures))  # said once, whatever else fails of it
    assert "quota" not in found


@pytest.mark.usefixtures("logged_in")
def test_a_server_without_vre_dm_or_without_answer_is_told(report: Report, server: Server) -> None:
    address = server.environ["JUPYTERHUB_SERVICE_URL"]
    _, found = report(JUPYTERHUB_SERVICE_PREFIX="/user/dm/elsewhere/")
    assert found["notebooks"][0]["state"] == "FAIL"
    assert "has no vre-dm" in found["notebooks"][0]["text"]
    port = address.split(":")[2].partition("/")[0]
    _, found = report(JUPYTERHUB_SERVICE_URL=address.replace(port, "1"))
    assert "did not answer" in found["notebooks"][0]["text"]
    _, found = report(JUPYTERHUB_SERVICE_URL=address.replace("127.0.0.1", "192.0.2.1"))
    assert found["notebooks"][0]["text"].endswith("which may be another machine: not asked")
    _, found = report(JUPYTERHUB_SERVICE_URL=address.replace("127.0.0.1", "0.0.0.0"))
    assert found["notebooks"][0]["state"] == "ok"


def test_outside_of_a_hub_it_says_where_to_run_it(report: Report, server: Server) -> None:
    nothing = dict.fromkeys((name for name in server.environ if name.startswith("JUPYTERHUB_")), "")
    code, found = report(**nothing)
    assert code == 1
    assert found["hub"][0]["step"] == "run it in a terminal of your server; without a hub: vre-dm doctor"
    assert "notebooks" not in found


@pytest.mark.usefixtures("logged_in")
def test_the_report_of_a_server_full_of_secrets_holds_none(server: Server, embedded_lake: LakeStatus) -> None:
    state = login(embedded_lake)
    server.hub.ask("PATCH", "/users/dm", {"auth_state": state})
    secrets = {
        "token of the server": server.environ["JUPYTERHUB_API_TOKEN"],
        "access token": state["access_token"],
        "refresh token": state["refresh_token"],
        "key of a bucket": "canary/of+the-bucket",
        "password of the gateway": "canary-of-the-gateway",
        "password of an address": "canary-of-the-proxy",
    }
    changed = {
        "AWS_SECRET_ACCESS_KEY": secrets["key of a bucket"],
        "DASK_GATEWAY__ADDRESS": "http://127.0.0.1:1",
        "DASK_GATEWAY__AUTH__KWARGS__PASSWORD": secrets["password of the gateway"],
        "JUPYTER_PATH": f"/nowhere/{secrets['key of a bucket']}",  # quoted by a finding
        "JUPYTER_IMAGE_SPEC": f"https://user:{secrets['password of an address']}@registry.example.org/image",
        "RUCIO_ACCESS_TOKEN": state["access_token"],
    }
    for words in ((), ("--json",)):
        done = run(server, *words, **changed)
        said = done.stdout + done.stderr
        assert "127.0.0.1" in said  # hosts are kept
        assert "***" in said
        assert Search(secrets).text(said, "the report") == []
    assert done.returncode == 1  # the gateway does not answer


@pytest.mark.usefixtures("logged_in")
def test_what_the_hub_says_of_a_secret_is_not_passed_on(report: Report, server: Server) -> None:
    from tests.lake.answering import answering

    token = server.environ["JUPYTERHUB_API_TOKEN"]
    with answering({"version": "5.5.4", "message": f"no {token} here"}) as talkative:
        _, found = report(JUPYTERHUB_API_URL=talkative.url)
    assert found["hub"][0]["state"] == "FAIL"
    assert "(no *** here)" in found["hub"][0]["text"]
    assert token not in json.dumps(found)


@pytest.mark.usefixtures("logged_in")
def test_the_report_for_people_has_a_title_and_steps(server: Server) -> None:
    well, ill = run(server), run(server, JUPYTER_PATH="/nowhere")
    assert well.stdout.splitlines()[0] == "This server has what it needs"
    assert ill.stdout.splitlines()[0] == "This server lacks something: 1 to act on"
    assert "-> correct JUPYTER_PATH, or have it mounted" in ill.stdout
    assert (well.returncode, ill.returncode) == (0, 1)
