"""The peer of the side bar, rucio-jupyterlab 41, in an environment of its own."""

import json
from pathlib import Path

from playwright.sync_api import Locator, Page

from bench import environments
from tests.browser.lab import Lab
from vre_dm.lake.instances import from_rucio_cfg
from vre_dm.sandbox import LakeStatus

_NAME = "lake"
_PUT = """([route, body]) => fetch("/rucio-jupyterlab/" + route, {
  method: "PUT",
  body: JSON.stringify(body),
  headers: { "X-XSRFToken": document.cookie.match(/_xsrf=([^;]*)/)[1] }
}).then(answer => answer.text())"""


def start(lake: LakeStatus, folder: Path) -> Lab:
    """JupyterLab with the peer alone, configured for the lake."""
    instance = from_rucio_cfg(lake.userpass_config, {})
    described = {"name": _NAME, "display_name": "Lake", "rucio_base_url": instance.url, "mode": "replica",
                 "rucio_auth_url": instance.auth_url, "rucio_ca_cert": str(lake.ca), "wildcard_enabled": True,
                 "destination_rse": "CERN-EOSPILOT", "rse_mount_path": "/", "path_begins_at": 0}  # fmt: skip
    settings = {"instances": [described], "default_instance": _NAME, "default_auth_type": "userpass"}
    config = folder / "JUPYTER_CONFIG_DIR" / "jupyter_server_config.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps({"RucioConfig": settings}))
    return Lab(
        folder,
        {"RUCIO_CACHE_DIR": str(folder / "peer"), "HOME": str(folder)},
        environments.python("rucio_jupyterlab"),
    ).start()


def sign_in(page: Page, lake: LakeStatus) -> None:
    """Give it the password of the lake's user, as its settings page does."""
    instance = from_rucio_cfg(lake.userpass_config, {})
    assert instance.password is not None
    login = {
        "username": instance.username,
        "password": instance.password.reveal(),
        "account": instance.account,
    }
    page.evaluate(_PUT, ["instances", {"instance": _NAME, "auth": "userpass"}])
    answer = page.evaluate(_PUT, ["auth", {"namespace": _NAME, "type": "userpass", "params": login}])
    assert json.loads(answer)["success"], answer


def search(page: Page, pattern: str) -> Locator:
    """Type a pattern into its panel; gives the field, in which Enter starts the search."""
    page.evaluate("() => jupyterapp.shell.activateById('rucio-jupyterlab:panel')")
    page.get_by_text("Explore", exact=True).click()
    field = page.get_by_placeholder("Enter a Data Identifier (DID)")
    field.fill(pattern)
    return field
