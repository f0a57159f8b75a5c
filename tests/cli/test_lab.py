"""`vre-dm lab`: a JupyterLab without news, with the user's settings as they are, that finds our commands."""

import html
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.lakes import until
from vre_dm.cli import main
from vre_dm.sandbox import LakeStatus

ASKS = "@jupyterlab/apputils-extension:announcements"  # offers news, and looks for them
MINE = {"disabledExtensions": {"@jupyterlab/help-extension:about": True}}
Started = tuple[Path, dict[str, dict[str, object]], list[str]]
PRIVATE = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR")


def page_config(runtime: Path) -> dict[str, dict[str, object]] | None:
    """What the server tells the page when it is loaded; nothing while it is not there."""
    try:
        server = json.loads(next(runtime.glob("jpserver-*.json")).read_text())
        request = urllib.request.Request(
            f"{server['url']}lab", headers={"Authorization": f"token {server['token']}"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            page = answer.read().decode()
    except urllib.error.HTTPError:
        raise
    except (StopIteration, ValueError, OSError):
        return None  # it notes its address, in more than one step, before it listens there
    told = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert told, page
    config: dict[str, dict[str, object]] = json.loads(html.unescape(told[1]))
    return config


@pytest.fixture(scope="module")
def started(embedded_lake: LakeStatus, tmp_path_factory: pytest.TempPathFactory) -> Started:
    """Folder of a user who has settings of his own; what the page and the server's PATH say."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "own" / "labconfig").mkdir(parents=True)
    (folder / "own" / "labconfig" / "page_config.json").write_text(json.dumps(MINE))
    environment = {name: str(folder / name) for name in PRIVATE}
    # as in a shell where nobody activated the environment
    environment |= {"JUPYTER_CONFIG_PATH": str(folder / "own"), "PATH": os.defpath}
    environment["RUCIO_CONFIG"] = str(embedded_lake.rucio_config)
    log = (folder / "log").open("wb")
    lab = subprocess.Popen(
        [sys.executable, "-m", "vre_dm", "lab", "--notebooks", str(folder / "work"), "--no-browser"],
        env=os.environ | environment,
        stdout=log,
        stderr=log,
    )
    with log, lab:
        try:
            config = until(lambda: page_config(folder / "JUPYTER_RUNTIME_DIR"), 120)
            environ = Path(f"/proc/{lab.pid}/environ").read_text().split("\0")
        finally:
            lab.terminate()
    (path,) = (line.removeprefix("PATH=") for line in environ if line.startswith("PATH="))
    return folder, config, path.split(os.pathsep)


def test_jupyterlab_offers_no_news_and_what_the_user_configured_stays(
    started: Started,
):
    folder, config, _ = started
    assert {ASKS, *MINE["disabledExtensions"]} <= set(config["disabledExtensions"])
    assert not list(folder.glob("JUPYTERLAB_SETTINGS_DIR/**/*"))
    assert not list(folder.glob("JUPYTER_CONFIG_DIR/**/page_config.json"))


def test_its_terminals_and_cells_find_the_commands_where_nobody_activated_the_environment(
    started: Started,
):
    commands, *others = started[2]
    assert Path(commands, "vre-dm").is_file()
    assert os.pathsep.join(others) == os.defpath


def test_the_notebooks_come_into_a_home_without_starting_another_jupyterlab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("vre_dm.cli.lab.shipped", lambda _: tmp_path / "installed")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "installed").mkdir()
    (tmp_path / "installed" / "a.ipynb").touch()
    for words, place in (([], tmp_path / "vre-dm"), ([str(tmp_path / "mine")], tmp_path / "mine")):
        said = CliRunner().invoke(main, ["notebooks", *words])
        assert (said.exit_code, said.stdout) == (0, f"{place}\n"), said.output
        assert (place / "a.ipynb").is_file()
