"""An overlay in a notebook: live in JupyterLab and Notebook 7 though untrusted, else a picture."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.toys import line, model
from tests.limits.conftest import HOSTILE
from vre_dm.limits.catalogue import curves
from vre_dm.limits.overlay import MIME, overlay

BUILT = Path(__file__).parents[2] / "vre_dm" / "labextension" / "package.json"
# JupyterLab and Notebook 7 report errors of their own plugins; ours have this in their stack.
OURS = "vre-dm-lab"
SETTINGS = (
    "--no-browser",
    "--allow-root",
    "--ServerApp.ip=127.0.0.1",
    "--IdentityProvider.token=",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.news_url=None",
    "--LabApp.expose_app_in_browser=True",
)


def notebook() -> nbformat.NotebookNode:
    """Saved with the overlay as its output; never run here."""
    shown = overlay(curves("si_lz_2024", "si_xenonnt_2025"), title="Direct detection")
    return saved(json.loads(json.dumps(shown._repr_mimebundle_())))


def saved(*outputs: dict[str, Any]) -> nbformat.NotebookNode:
    """A notebook with one cell that has these outputs, and an empty one."""
    shown = [nbformat.v4.new_output("display_data", data=data) for data in outputs]
    cell = nbformat.v4.new_code_cell("plot", execution_count=1, outputs=shown)
    below = nbformat.v4.new_code_cell("")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=[cell, below], metadata={"kernelspec": kernel})


def attacks() -> nbformat.NotebookNode:
    """What no overlay ever wrote, and at the end one that Python could have written of hostile metadata."""
    crowd = model(curves=[line("X", [1e-44] * 4)] * 20_000)
    shadow = {"__proto__": {"version": 2}, "constructor": {"prototype": {"polluted": 1}}}
    last = model(title=HOSTILE, notes=[HOSTILE], curves=[line("X", [1e-44] * 4, label=HOSTILE)])
    return saved(*({MIME: data} for data in (5, [], HOSTILE, shadow, crowd, last)))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """JupyterLab on a folder with the notebook, with settings of its own."""
    if not BUILT.is_file():
        pytest.skip("the JupyterLab extension is not built (make extension)")
    folder = tmp_path_factory.mktemp("jupyter")
    work = folder / "work"
    work.mkdir()
    nbformat.write(notebook(), work / "overlay.ipynb")
    nbformat.write(attacks(), work / "attacks.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "jupyterlab",
            *SETTINGS,
            f"--ServerApp.port={port}",
            f"--ServerApp.root_dir={work}",
        ],
        env={
            **os.environ,
            **{f"JUPYTER_{name}_DIR": str(folder / name) for name in ("CONFIG", "DATA", "RUNTIME")},
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield answering(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(30)


def answering(url: str, process: subprocess.Popen[bytes]) -> str:
    """Wait for a server."""
    for _ in range(240):
        assert process.poll() is None, "JupyterLab ended before it answered"
        try:
            urllib.request.urlopen(f"{url}/api").close()
        except OSError:
            time.sleep(0.25)
        else:
            return url
    raise AssertionError(url)


@pytest.fixture
def opened(server: str, watch: Callable[..., Watched]) -> Iterator[Callable[[str], Page]]:
    """Open the notebook at one of the server's addresses and wait for the plot."""
    pages: list[Watched] = []

    def make(path: str) -> Page:
        pages.append(watch())
        page = pages[-1].page
        page.goto(server + path)
        page.get_by_role("button", name="Save PNG").wait_for()
        return page

    yield make
    for watched in pages:
        watched.errors[:] = [error for error in watched.errors if OURS in error]


@pytest.mark.parametrize("path", ["/lab/tree/overlay.ipynb?reset", "/notebooks/overlay.ipynb"])
def test_an_untrusted_notebook_shows_a_live_overlay(opened: Callable[[str], Page], path: str) -> None:
    page = opened(path)
    limits = page.locator(".vre-limits")
    expect(limits.get_by_role("img", name="Direct detection")).to_be_visible()
    limits.get_by_label("Compare LZ 2024").check()
    limits.get_by_label("Compare XENONnT 2025").check()
    expect(limits).to_contain_text("assumptions")
    limits.get_by_role("button", name="LZ 2024", exact=True).focus()
    expect(limits.locator(".vre-tip")).to_contain_text("cm²")


def test_a_hostile_notebook_gets_one_line_for_each_attack_and_runs_nothing(
    opened: Callable[[str], Page],
) -> None:
    page = opened("/lab/tree/attacks.ipynb?reset")
    outputs = page.locator(".vre-limits-output")
    expect(outputs.filter(has_text="this overlay cannot be drawn")).to_have_count(5)
    expect(outputs.filter(has_text="curves has 20000 items")).to_have_count(1)
    assert outputs.locator("img, script, mjx-container").count() == 0
    assert page.evaluate("() => ({}).polluted === undefined && Object.prototype.version === undefined")


def test_the_overlay_follows_the_theme_of_jupyterlab(opened: Callable[[str], Page]) -> None:
    page = opened("/lab/tree/overlay.ipynb?reset")
    limits = page.locator(".vre-limits")
    expect(limits).to_have_attribute("data-theme", "light")
    page.evaluate(
        "theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", "JupyterLab Dark"
    )
    expect(limits).to_have_attribute("data-theme", "dark")


def chosen(page: Page) -> tuple[bool, str, list[float]]:
    """What the reader has changed: ticks, slider, and the pixel of a name, which is moved and zoomed."""
    page.get_by_role("button", name="Save PNG").wait_for()
    name = page.get_by_role("button", name="Name of XENONnT 2025")
    name.wait_for(state="attached")
    page.wait_for_timeout(300)
    pixel = name.evaluate("button => button.style.transform.match(/[\\d.]+/g).map(Number)")
    return page.get_by_label("Show LZ 2024").is_checked(), page.get_by_label("ρ₀").first.input_value(), pixel


AWAY_AND_BACK = {
    "moved": ["move-cell-down"],
    "hidden": ["hide-cell-outputs", "show-cell-outputs"],
}


@pytest.mark.parametrize("how", AWAY_AND_BACK)
def test_what_the_reader_chose_outlives_that_the_cell_is(opened: Callable[[str], Page], how: str) -> None:
    page = opened("/lab/tree/overlay.ipynb?reset")
    page.evaluate("() => { jupyterapp.shell.currentWidget.content.activeCellIndex = 0 }")
    page.get_by_label("Show LZ 2024").uncheck()
    page.get_by_label("ρ₀").first.fill("900")
    page.get_by_role("button", name="Name of XENONnT 2025").focus()
    page.keyboard.press("Shift+ArrowDown")
    _, _, moved = chosen(page)
    box = page.locator(".vre-canvas").bounding_box()
    assert box
    page.mouse.move(box["x"] + 400, box["y"] + 450)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    ticked, slider, zoomed = chosen(page)
    assert abs(zoomed[0] - moved[0]) + abs(zoomed[1] - moved[1]) > 20
    page.locator(".vre-body").evaluate("body => { body.id = 'before' }")
    for step in AWAY_AND_BACK[how]:
        page.evaluate("step => jupyterapp.commands.execute('notebook:' + step)", step)
        page.wait_for_timeout(600)
    assert page.locator("#before").count() == 0, "nothing was drawn anew"
    # The frame may be some pixels higher, as the axes then have other ticks.
    assert chosen(page) == (ticked, slider, pytest.approx(zoomed, abs=6))
    assert (ticked, slider) == (False, "900")


def test_a_converted_notebook_shows_the_picture() -> None:
    html, _ = HTMLExporter().from_notebook_node(notebook())
    assert 'src="data:image/svg+xml;base64' in html
    assert MIME not in html
