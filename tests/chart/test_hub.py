"""A real JupyterHub with the configuration of the chart: a user logs in at the issuer beside it."""

import json
import os
import secrets
import signal
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.chart.test_engine import Installed
from tests.lake.hub import process
from tests.lakes import until
from vre_dm.errors import LoginRefused
from vre_dm.lake.connection import Connection
from vre_dm.lake.instances import from_file
from vre_dm.lake.tokens import VariableToken, audiences
from vre_dm.lake.tokens.hub import hub_token
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

HERE = Path(__file__).parent


@dataclass
class Place:
    """A hub that runs, the lake whose issuer it asks, and a browser that nobody used yet."""

    hub: process.Hub
    lake: LakeStatus
    address: str
    browser: httpx.Client
    told: Path

    def password(self) -> str:
        known = json.loads(Layout(self.lake.root).secrets.read_text())
        return str(known["accounts"]["dm"])

    def log_in(self, password: str) -> httpx.Response:
        """Go to the hub, be sent to the issuer, type a name and a password."""
        page = self.browser.get(f"{self.address}/hub/oauth_login", follow_redirects=True)
        assert page.url.host == "127.0.0.1"
        assert page.url.path == "/authorize", page.text
        answer = self.browser.post(page.url, data={"username": "dm", "password": password})
        if answer.status_code != 302:
            return answer
        return self.browser.get(answer.headers["Location"], follow_redirects=False)


@pytest.fixture(scope="module")
def hub_for(
    installed: Installed,
    chart_python: Path,
    embedded_lake: LakeStatus,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., AbstractContextManager[Place]]:
    """Runs a hub with a client of the lake's issuer, and other values of the login."""
    files = installed("values-minikube.yaml")[0].api.named("ConfigMap")["vre-dm-hub"]["data"]

    @contextmanager
    def running(client: str = "", secret: str = "", **login: Any) -> Iterator[Place]:
        folder, ports = tmp_path_factory.mktemp("hub"), process.free_ports()
        address = f"http://127.0.0.1:{ports[1]}"
        callbacks = Layout(embedded_lake.root).callbacks
        others = json.loads(callbacks.read_text())["hub"] if callbacks.exists() else []
        back = f"{address}/hub/oauth_callback"
        callbacks.write_text(json.dumps({"hub": [*others, back]}))
        _write(files, folder, callbackUrl=back, **login)
        (folder / "clientId").write_text(client)
        (folder / "clientSecret").write_text(secret)
        admin, told = secrets.token_hex(16), folder / "told.json"
        settings = {"files": str(folder), "beside": str(HERE.parent / "lake" / "hub")}
        settings |= {"lake": str(embedded_lake.root), "told": str(told)}
        settings |= {"ports": ports, "admin": admin, "gateway": secrets.token_hex(16)}
        (folder / "settings.hub.json").write_text(json.dumps(settings))
        environ = {
            "PATH": f"{chart_python.parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "HUB_SETTINGS": str(folder / "settings.hub.json"),
            "JUPYTERHUB_CRYPT_KEY": secrets.token_hex(32),
        }
        words = [chart_python, "-W", "ignore", "-m", "jupyterhub", "-f", HERE / "jupyterhub_config.py"]
        hub = process.Hub(f"{address}/hub/api", admin, folder / "hub.log")
        trust = ssl.create_default_context(cafile=str(embedded_lake.ca))
        with hub.log.open("w") as output, httpx.Client(verify=trust, trust_env=False) as browser:
            started = subprocess.Popen(
                words, env=environ, cwd=folder, stdout=output, stderr=subprocess.STDOUT
            )
            try:
                until(lambda: hub.answers() or started.poll() is not None)
                assert started.poll() is None, hub.log.read_text()[-3000:]
                yield Place(hub, embedded_lake, address, browser, told)
            finally:
                started.send_signal(signal.SIGTERM)
                started.wait(60)
                hub.close()
                callbacks.write_text(json.dumps({"hub": others}))

    return running


@pytest.fixture(scope="module")
def place(hub_for: Callable[..., AbstractContextManager[Place]]) -> Iterator[Place]:
    with hub_for() as found:
        yield found


def _write(files: dict[str, str], folder: Path, **login: Any) -> None:
    """What the cluster mounts for the hub, with the address at which this hub is."""
    for name, text in files.items():
        (folder / name).write_text(text)
    settings: dict[str, Any] = json.loads(files["settings.json"])
    settings["login"] |= {"refreshAge": 10, **login}
    settings["login"]["exchange"]["rucio"] = {"audience": "rucio", "scope": "openid profile"}
    (folder / "settings.json").write_text(json.dumps(settings))


def test_a_user_logs_in_at_the_issuer_and_the_server_finds_a_token_that_the_lake_takes(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place.log_in("wrong").status_code == 401
    back = place.log_in(place.password())
    assert (back.status_code, "error" in back.headers["Location"]) == (302, False)
    assert [user["name"] for user in place.hub.ask("GET", "/users")] == ["dm"]
    place.hub.ask("POST", "/users/dm/server")
    until(place.told.exists)
    given = json.loads(place.told.read_text())
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", given["JUPYTERHUB_API_TOKEN"])
    token = hub_token(given["JUPYTERHUB_API_URL"], VariableToken("JUPYTERHUB_API_TOKEN"), "rucio")
    assert audiences(token.token()) == {"rucio"}
    connection = Connection(replace(from_file(place.lake.rucio_config), tokens=token))
    assert connection.ask("me", lambda rucio: rucio.whoami())["account"] == "dm"
    demo = hub_token(given["JUPYTERHUB_API_URL"], VariableToken("JUPYTERHUB_API_TOKEN"), "demo")
    assert audiences(demo.token()) == {"demo"}
    with pytest.raises(LoginRefused, match="has no token for another"):
        hub_token(given["JUPYTERHUB_API_URL"], VariableToken("JUPYTERHUB_API_TOKEN"), "another").token()
    place.hub.ask("DELETE", "/users/dm/server")
    log = place.hub.log.read_text()
    for secret in (str(token.token().reveal()), given["JUPYTERHUB_API_TOKEN"], place.password()):
        assert secret not in log
    assert "eyJ" not in log


def test_who_is_not_let_in_has_no_login_and_is_not_known(
    hub_for: Callable[..., AbstractContextManager[Place]], embedded_lake: LakeStatus
) -> None:
    known = json.loads(Layout(embedded_lake.root).secrets.read_text())["clients"]["hub"]
    here = {"kind": "oidc", "issuer": embedded_lake.issuer, "ca": str(embedded_lake.ca)}
    with hub_for("hub", known, **here, allowAll=False, allowedUsers=["another"]) as place:
        refused = place.log_in(place.password())
        assert refused.status_code == 403, refused.text
        assert refused.url.params["code"] not in place.hub.log.read_text()
        assert [user["name"] for user in place.hub.ask("GET", "/users")] == ["another"]


def test_what_the_issuer_says_of_a_login_that_it_refuses_is_not_logged(place: Place) -> None:
    said = {"error": "access_denied", "error_description": "canary of the user"}
    answer = place.browser.get(f"{place.address}/hub/oauth_callback", params=said)
    assert answer.status_code == 400
    assert "The login service refused the login; try again." in answer.text
    until(lambda: "error=access_denied" in place.hub.log.read_text())  # written after the answer
    assert "canary" not in place.hub.log.read_text()


def test_the_issuer_sends_users_nowhere_else(place: Place) -> None:
    page = place.browser.get(f"{place.address}/hub/oauth_login", follow_redirects=True)
    elsewhere = page.url.copy_set_param("redirect_uri", "http://127.0.0.1:1/hub/oauth_callback")
    assert place.browser.get(elsewhere).status_code == 400
