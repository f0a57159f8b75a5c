"""Notebook 7: the same parts at other places."""

from collections.abc import Callable

import nbformat
from playwright.sync_api import Page, expect

from tests.browser.lab import Lab
from tests.browser.panel import Panel


def test_notebook_7_has_the_panel_and_writes_cells(lab: Lab, lab_page: Callable[..., Page]) -> None:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    written = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    nbformat.write(written, lab.root / "seven.ipynb")
    panel = Panel(lab_page("/notebooks/seven.ipynb"))
    panel.command("vre-dm:open-panel")
    expect(panel.row("fermi, scope")).to_be_visible()
    panel.expand("fermi", "dsph.2017")
    panel.row("mlfermi.voids").click()
    panel.place.get_by_role("button", name="Add to notebook what is selected").click()
    expect(panel.cell("mlfermi_voids = dm.fetch")).to_be_visible()


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
