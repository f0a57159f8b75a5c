"""Datasets dragged by the mouse from the tree into a notebook."""

from itertools import count
from typing import Any

import nbformat
import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.panel import Panel

_ATTACHED = """path => [...jupyterapp.shell.widgets("main")].find(({ context }) => context?.path === path)
  .content.model.getMetadata("rucio_attachments")?.map(({ variableName }) => variableName) ?? []"""
_NUMBER = count()


@pytest.fixture
def notebook(lab: Lab, shared_panel: Panel) -> tuple[Panel, str]:
    """A notebook with one cell, beside the tree opened down to a dataset."""
    panel = shared_panel
    path = f"drag{next(_NUMBER)}.ipynb"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [nbformat.v4.new_code_cell("first = 1")]
    nbformat.write(nbformat.v4.new_notebook(metadata={"kernelspec": kernel}, cells=cells), lab.root / path)
    panel.command("docmanager:open", path=path)
    expect(panel.cell("first = 1")).to_be_visible()
    panel.expand("fermi", "dsph.2017")
    expect(panel.row("pppc4dmid:gamma.noew")).to_be_visible()  # the last; no row moves down any more
    return panel, path


def _drop(panel: Panel, x: float, y: float) -> None:
    """Press on the dataset, move in steps as a hand does, and let go."""
    row = panel.row("dsph.jfactors").first
    row.hover()  # waits until it moves no more
    box: Any = row.bounding_box()
    mouse = panel.page.mouse
    mouse.down()
    mouse.move(box["x"] + 80, box["y"] + 40, steps=4)
    expect(panel.page.locator(".vre-drag")).to_have_text("fermi:dsph.jfactors")
    mouse.move(x, y, steps=6)
    mouse.up()
    expect(panel.page.locator(".vre-drag")).to_have_count(0)


@pytest.mark.parametrize("where", ["below the cell", "on its text"])
def test_it_becomes_a_cell_of_its_own(notebook: tuple[Panel, str], where: str) -> None:
    panel, path = notebook
    cell: Any = panel.cell("first = 1").bounding_box()
    text: Any = panel.cell("first = 1").get_by_role("textbox").bounding_box()
    if where == "on its text":
        _drop(panel, text["x"] + text["width"] / 2, text["y"] + text["height"] / 2)
    else:
        _drop(panel, cell["x"] + 15, cell["y"] + cell["height"] - 3)
    expect(panel.cell('dsph_jfactors = dm.fetch("fermi:dsph.jfactors")')).to_be_visible()
    expect(panel.page.locator(".jp-Notebook .jp-CodeCell")).to_have_count(2)
    panel.page.wait_for_function(f"path => ({_ATTACHED})(path).includes('dsph_jfactors')", arg=path)


def test_dropped_where_no_notebook_is_it_leaves_everything_as_it_was(notebook: tuple[Panel, str]) -> None:
    panel, path = notebook
    _drop(panel, 600, 10)
    assert panel.page.locator(".jp-Notebook .jp-CodeCell").count() == 1
    assert panel.page.evaluate(_ATTACHED, path) == []
