"""Data in a notebook: dragged into it, undone, and as rucio-jupyterlab wrote it down."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab
from tests.browser.panel import Panel

_HELD = """path => {
  const all = [...jupyterapp.shell.widgets("main")];
  const { model } = all.find(({ context }) => context?.path === path).content;
  return [model.sharedModel.cells.map(cell => cell.getSource()), model.getMetadata("rucio_attachments")];
}"""
_THEIRS = {"did": "fermi:dsph.jfactors", "variableName": "jf", "type": "collection"}


def _notebook(lab: Lab, name: str, **metadata: Any) -> str:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cell: dict[str, Any] = {
        "cell_type": "code",
        "id": "first",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel, **metadata}}
    document = content | {"cells": [cell | {"source": "dsph_jfactors = 1"}]}
    (lab.root / name).write_text(json.dumps(document), encoding="utf-8")
    return name


def _drag(page: Page, start: Locator, end: Locator) -> None:
    start.hover()  # waits until it moves no more
    a, b = start.bounding_box(), end.bounding_box()
    assert a
    assert b
    page.mouse.move(a["x"] + 40, a["y"] + a["height"] / 2)
    page.mouse.down()
    page.mouse.move(a["x"] + 60, a["y"] + 40, steps=3)
    expect(page.locator(".vre-drag")).to_be_visible()
    page.mouse.move(b["x"] + 15, b["y"] + b["height"] - 3, steps=5)
    page.mouse.up()


def test_rows_that_are_dragged_into_a_notebook_become_cells_with_new_names(
    lab: Lab, lab_page: Callable[..., Page]
) -> None:
    path = _notebook(lab, "dragged.ipynb")
    panel = Panel(lab_page(f"/lab/tree/{path}?reset")).open()
    panel.search("fermi:dsph.")
    panel.hit("fermi:dsph.jfactors").click()
    panel.hit("fermi:dsph.likelihoods").click(modifiers=["Control"])
    _drag(panel.page, panel.hit("fermi:dsph.jfactors"), panel.cell("dsph_jfactors = 1"))
    expect(panel.cell('dsph_jfactors_2 = dm.fetch("fermi:dsph.jfactors")')).to_be_visible()
    expect(panel.cell('dsph_likelihoods = dm.fetch("fermi:dsph.likelihoods")')).to_be_visible()
    attached = panel.page.evaluate(_HELD, path)[1]
    assert [(each["did"], each["variableName"]) for each in attached] == [
        ("fermi:dsph.jfactors", "dsph_jfactors_2"),
        ("fermi:dsph.likelihoods", "dsph_likelihoods"),
    ]


def test_a_notebook_of_rucio_jupyterlab_gets_its_variable_and_one_undo_takes_it_back(
    lab: Lab, lab_page: Callable[..., Page]
) -> None:
    strange = {"kept": "as it is"}
    path = _notebook(lab, "theirs.ipynb", rucio_attachments=[_THEIRS, strange])
    panel = Panel(lab_page(f"/lab/tree/{path}?reset")).open()
    panel.section("Used in this notebook")
    panel.page.get_by_role("button", name="Insert a cell for fermi:dsph.jfactors").click()
    expect(panel.cell("jf = ")).to_be_visible()  # by dm.fetch, or by the paths where it was fetched before
    assert panel.page.evaluate(_HELD, path)[1] == [_THEIRS, strange]
    panel.command("notebook:undo-cell-action")
    expect(panel.cell("jf = ")).to_have_count(0)
    panel.page.get_by_role("button", name="Remove fermi:dsph.jfactors from the list").click()
    panel.page.wait_for_function(f"path => ({_HELD})(path)[1].length === 1", arg=path)
    assert panel.page.evaluate(_HELD, path) == [["dsph_jfactors = 1"], [strange]]
