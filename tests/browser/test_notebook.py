"""An overlay in a notebook: live in JupyterLab and Notebook 7 though untrusted, else a picture."""

import json
from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Page, expect

from tests.browser.lab import Lab
from tests.browser.toys import line, model
from tests.limits.conftest import HOSTILE
from vre_dm.limits.catalogue import curves
from vre_dm.limits.overlay import MIME, overlay

Opened = Callable[[str], Page]


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
def written(lab: Lab) -> None:
    """The notebooks, below the server's root."""
    nbformat.write(notebook(), lab.root / "drawn.ipynb")
    nbformat.write(attacks(), lab.root / "attacks.ipynb")


@pytest.fixture
def opened(written: None, lab_page: Callable[..., Page]) -> Opened:
    """Open a notebook at one of the server's addresses and wait for the plot."""

    def make(path: str) -> Page:
        page = lab_page(path)
        page.get_by_role("button", name="Save PNG").wait_for()
        return page

    return make


@pytest.mark.parametrize("path", ["/lab/tree/drawn.ipynb?reset", "/notebooks/drawn.ipynb"])
def test_an_untrusted_notebook_shows_a_live_overlay(opened: Opened, path: str) -> None:
    page = opened(path)
    limits = page.locator(".vre-limits")
    expect(limits.get_by_role("img", name="Direct detection")).to_be_visible()
    limits.get_by_label("Compare LZ 2024").check()
    limits.get_by_label("Compare XENONnT 2025").check()
    expect(limits).to_contain_text("assumptions")
    limits.get_by_role("button", name="LZ 2024", exact=True).focus()
    expect(limits.locator(".vre-tip")).to_contain_text("cm²")


def test_a_hostile_notebook_gets_one_line_for_each_attack_and_runs_nothing(opened: Opened) -> None:
    page = opened("/lab/tree/attacks.ipynb?reset")
    outputs = page.locator(".vre-limits-output")
    expect(outputs.filter(has_text="this overlay cannot be drawn")).to_have_count(5)
    expect(outputs.filter(has_text="curves has 20000 items")).to_have_count(1)
    assert outputs.locator("img, script, mjx-container").count() == 0
    assert page.evaluate("() => ({}).polluted === undefined && Object.prototype.version === undefined")


@pytest.mark.usefixtures("light_again")
def test_the_overlay_follows_the_theme_of_jupyterlab(opened: Opened) -> None:
    page = opened("/lab/tree/drawn.ipynb?reset")
    limits = page.locator(".vre-limits")
    expect(limits).to_have_attribute("data-theme", "light")
    page.evaluate(
        "theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", "JupyterLab Dark"
    )
    expect(limits).to_have_attribute("data-theme", "dark")


AT_REST = """button => new Promise(done => {
  let before = null
  const look = () => {
    const { transform } = button.style
    if (transform === before) done()
    else requestAnimationFrame(look)
    before = transform
  }
  look()
})"""


def chosen(page: Page) -> tuple[bool, str, list[float]]:
    """What the reader has changed: ticks, slider, and the pixel of a name, which is moved and zoomed."""
    page.get_by_role("button", name="Save PNG").wait_for()
    name = page.get_by_role("button", name="Name of XENONnT 2025")
    name.wait_for(state="attached")
    name.evaluate(AT_REST)
    pixel = name.evaluate("button => button.style.transform.match(/[\\d.]+/g).map(Number)")
    return page.get_by_label("Show LZ 2024").is_checked(), page.get_by_label("ρ₀").first.input_value(), pixel


AWAY_AND_BACK = {
    "moved": ["move-cell-down"],
    "hidden": ["hide-cell-outputs", "show-cell-outputs"],
}


@pytest.mark.parametrize("how", AWAY_AND_BACK)
def test_what_the_reader_chose_outlives_that_the_cell_is(opened: Opened, how: str) -> None:
    page = opened("/lab/tree/drawn.ipynb?reset")
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
        expect(page.locator("#before"), "nothing was drawn anew").to_be_hidden()
    # The frame may be some pixels higher, as the axes then have other ticks.
    assert chosen(page) == (ticked, slider, pytest.approx(zoomed, abs=6))
    assert (ticked, slider) == (False, "900")


def test_a_converted_notebook_shows_the_picture() -> None:
    html, _ = HTMLExporter().from_notebook_node(notebook())
    assert 'src="data:image/svg+xml;base64' in html
    assert MIME not in html
