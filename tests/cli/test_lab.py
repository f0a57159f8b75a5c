"""`vre-dm lab` starts a JupyterLab that asks nobody for news, and leaves the user's settings as they are."""

import html
import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.lakes import until
from vre_dm.sandbox import LakeStatus

ASKS = "@jupyterlab/apputils-extension:announcements"  # offers news, and looks for them
PRIVATE = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR")


def running(runtime: Path) -> tuple[str, str] | None:
    """Address and token of the server, as it notes them when it is there."""
    for note in runtime.glob("jpserver-*.json"):
        said = json.loads(note.read_text() or "{}")
        if said:
            return said["url"], said["token"]
    return None


def page_config(url: str, token: str) -> dict[str, dict[str, object]]:
    """What the server tells the page when it is loaded."""
    request = urllib.request.Request(f"{url}lab", headers={"Authorization": f"token {token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        page = answer.read().decode()
    told = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert told, page
    config: dict[str, dict[str, object]] = json.loads(html.unescape(told[1]))
    return config


def test_jupyterlab_offers_no_news_and_what_the_user_configured_stays(
    embedded_lake: LakeStatus, tmp_path: Path
):
    own = tmp_path / "own"
    (own / "labconfig").mkdir(parents=True)
    mine = {"disabledExtensions": {"@jupyterlab/help-extension:about": True}}
    (own / "labconfig" / "page_config.json").write_text(json.dumps(mine))
    environment = {name: str(tmp_path / name) for name in PRIVATE} | {"JUPYTER_CONFIG_PATH": str(own)}
    log = (tmp_path / "log").open("wb")
    lab = subprocess.Popen(
        [sys.executable, "-m", "vre_dm", "lab", "--notebooks", str(tmp_path / "work"), "--no-browser"],
        env=os.environ | environment | {"RUCIO_CONFIG": str(embedded_lake.rucio_config)},
        stdout=log,
        stderr=log,
    )
    with log, lab:
        try:
            config = page_config(*until(lambda: running(tmp_path / "JUPYTER_RUNTIME_DIR"), 120))
        finally:
            lab.terminate()
    assert {ASKS, *mine["disabledExtensions"]} <= set(config["disabledExtensions"])
    assert not list(tmp_path.glob("JUPYTERLAB_SETTINGS_DIR/**/*"))
    assert not list(tmp_path.glob("JUPYTER_CONFIG_DIR/**/page_config.json"))
