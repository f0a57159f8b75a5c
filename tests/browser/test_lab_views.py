"""Where screens differ: Notebook 7, a narrow window at 200 % zoom, a page from right to left."""

from collections.abc import Callable

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import Lab
from tests.browser.panel import Panel

# Controls of the panel that are seen but lie over each other or reach out of it.
MISPLACED = """() => {
  const panel = document.querySelector("#vre-dm-lake").getBoundingClientRect()
  const shown = [...document.querySelectorAll("#vre-dm-lake :is(button, input, select)")]
    .map(element => [element, element.getBoundingClientRect()])
    .filter(([element, { width, height }]) => width > 0 && height > 0 && element.checkVisibility())
  const out = shown.filter(([, box]) => box.left < panel.left - 1 || box.right > panel.right + 1)
  const over = shown.flatMap(([a, x], at) => shown.slice(at + 1).filter(([b, y]) =>
    !a.contains(b) && !b.contains(a) && x.left < y.right - 1 && y.left < x.right - 1 &&
    x.top < y.bottom - 1 && y.top < x.bottom - 1))
  return [...out, ...over].map(([element]) => element.outerHTML.slice(0, 160))
}"""


@pytest.mark.parametrize("how", ["right to left", "200 % zoom"])
def test_no_control_is_cut_or_lies_over_another(lab_page: Callable[..., Page], how: str) -> None:
    zoomed = how == "200 % zoom"
    options = {"viewport": {"width": 640, "height": 900}, "device_scale_factor": 2} if zoomed else {}
    panel = Panel(lab_page(**options)).open()
    if not zoomed:
        panel.page.evaluate("() => { document.documentElement.dir = 'rtl' }")
    panel.section("Search").get_by_role("button", name="Add filter").click()
    expect(panel.place.get_by_label("Key")).to_be_visible()
    assert panel.page.evaluate(MISPLACED) == []


def test_notebook_7_has_the_panel_and_writes_cells(lab: Lab, lab_page: Callable[..., Page]) -> None:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    written = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    nbformat.write(written, lab.root / "seven.ipynb")
    panel = Panel(lab_page("/notebooks/seven.ipynb"))
    panel.command("vre-dm:open-panel")
    expect(panel.row("fermi, scope")).to_be_visible()
    panel.expand("fermi", "dsph.2017")
    panel.row("dsph.jfactors").first.click()
    panel.place.get_by_role("button", name="Add to notebook what is selected").click()
    expect(panel.cell("dsph_jfactors = dm.fetch")).to_be_visible()


def test_the_files_of_notebook_7_have_the_panel_and_limits_as_tabs_beside_them(
    lab_page: Callable[..., Page],
) -> None:
    panel = Panel(lab_page("/tree"))
    panel.page.get_by_role("tab", name="Data lake").click()
    expect(panel.row("fermi, scope")).to_be_visible()
    panel.command("vre-dm:open-limits", curves=["si_lz_2024"])
    limits = panel.page.locator("#vre-dm-limits")
    expect(limits.get_by_role("img", name="1 curves")).to_be_visible()
    expect(panel.tree).to_be_hidden()
    panel.command("vre-dm:open-panel")
    expect(panel.tree).to_be_visible()
    expect(limits).to_be_hidden()


def test_beside_a_notebook_of_notebook_7_limits_have_more_than_half_of_the_page(
    lab: Lab, lab_page: Callable[..., Page]
) -> None:
    nbformat.write(nbformat.v4.new_notebook(), lab.root / "wide.ipynb")
    panel = Panel(lab_page("/notebooks/wide.ipynb"))
    panel.command("vre-dm:open-limits", curves=["si_lz_2024"])
    limits = panel.page.locator("#vre-dm-limits")
    expect(limits.get_by_role("img", name="1 curves")).to_be_visible()
    box = limits.bounding_box()
    assert box
    assert box["width"] > 640
