"""`dm.browser()` below a cell, in JupyterLab and in Notebook 7: found, fetched, used in the next cell."""

from collections.abc import Callable
from itertools import count

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab
from tests.lake.conftest import Make
from tests.limits.conftest import HOSTILE

LabPage = Callable[..., Page]
Opened = Callable[..., tuple[Page, Locator]]
OPEN = "path => jupyterapp.commands.execute('docmanager:open', { path }).then(() => null)"
RUN_ALL = "() => jupyterapp.commands.execute('notebook:run-all-cells').then(() => null)"
RUN_LAST = """() => {
  const { content } = jupyterapp.shell.currentWidget;
  content.activeCellIndex = content.widgets.length - 1;
  return jupyterapp.commands.execute('notebook:run-cell').then(() => null);
}"""
NUMBERS = count()


@pytest.fixture
def opened(lab: Lab, lab_page: LabPage, shared_page: Page) -> Opened:
    """Open a notebook with a browser in it, run it, and give the page and the tree.

    In JupyterLab, or in a page of its own that is at a path.
    """

    def open_in(path: str = "", last: str = "0") -> tuple[Page, Locator]:
        name = f"browser{next(NUMBERS)}.ipynb"
        cells = map(nbformat.v4.new_code_cell, ("import vre_dm as dm\nlake = dm.browser()\nlake", last))
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = nbformat.v4.new_notebook(cells=list(cells), metadata={"kernelspec": kernel})
        nbformat.write(notebook, lab.root / name)
        page = lab_page(path.format(name)) if path else shared_page
        if page is shared_page:
            page.evaluate(OPEN, name)
        page.locator(".jp-CodeCell").nth(1).wait_for()
        page.wait_for_function("() => jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel")
        page.evaluate(RUN_ALL)
        tree = page.get_by_role("tree", name="Data lake", exact=True).and_(page.locator(".vre-dm-tree"))
        expect(tree.get_by_role("treeitem", name="xenon")).to_be_visible()
        return page, tree

    return open_in


@pytest.mark.parametrize("path", ["", "/notebooks/{}"], ids=["JupyterLab", "Notebook 7"])
def test_what_is_selected_is_fetched_and_used_in_the_next_cell(opened: Opened, path: str) -> None:
    page, tree = opened(path, "print(lake.selected, [path.is_file() for path in lake.paths])")
    tree.get_by_role("treeitem", name="xenon").click()
    tree.get_by_role("treeitem", name="s2only.limits").click()
    tree.get_by_role("treeitem", name="s2only.response").click(modifiers=["Control"])
    page.get_by_role("button", name="Fetch", exact=True).and_(page.locator(".vre-dm-foot button")).click()
    expect(page.locator(".vre-dm-said")).to_contain_text("2 files, verified")
    page.evaluate(RUN_LAST)
    said = "['xenon:s2only.limits', 'xenon:s2only.response'] [True, True]"
    expect(page.locator(".jp-OutputArea-output", has_text=said)).to_be_visible()


def test_the_keyboard_finds_and_selects_and_leaves_the_notebook_alone(opened: Opened) -> None:
    page, tree = opened()
    cells = page.locator(".jp-CodeCell").count()
    search = page.get_by_role("searchbox", name="Search names and metadata")
    search.fill("fermi:dsph.*")
    search.press("Enter")
    expect(tree.get_by_role("treeitem").first).to_contain_text("dsph.")
    tree.focus()
    for key in ("ArrowDown", "ArrowRight", "b", "a", "x", "d", "d"):
        page.keyboard.press(key)
    expect(tree.locator(".vre-dm-active")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Space")
    expect(page.get_by_text("1 selected: fermi:dsph.")).to_be_visible()
    expect(page.get_by_role("region", name="Details")).to_contain_text("Replicas of fermi:dsph.")
    assert page.locator(".jp-CodeCell").count() == cells


def test_thousands_of_files_are_scrolled_through_with_few_rows_in_the_page(
    opened: Opened, make: Make
) -> None:
    did = make("many", files=2500)
    page, tree = opened()
    page.get_by_role("searchbox", name="Search names and metadata").fill(str(did))
    page.get_by_role("button", name="Search", exact=True).and_(page.locator(".vre-dm-search button")).click()
    tree.get_by_role("treeitem", name=did.name).click()
    page.keyboard.press("ArrowRight")
    expect(tree.get_by_role("treeitem", name=f"{did.name}.00000.txt")).to_be_visible()
    page.keyboard.press("End")
    expect(tree.get_by_role("treeitem", name=f"{did.name}.02499.txt")).to_be_visible()
    assert tree.get_by_role("treeitem").count() < 60


def test_hostile_metadata_are_text(opened: Opened, make: Make) -> None:
    did = make("hostile", title=HOSTILE)
    page, tree = opened()
    page.get_by_role("searchbox", name="Search names and metadata").fill(f"{did.scope}:hostile.*")
    page.keyboard.press("Enter")
    tree.get_by_role("treeitem", name=did.name).click()
    details = page.get_by_role("region", name="Details")
    expect(details).to_contain_text("<img src=x onerror=alert(1)>")
    assert details.locator("img, script, [onerror]").count() == 0


def test_a_question_that_cannot_be_asked_is_answered_in_the_tree(opened: Opened) -> None:
    page, tree = opened()
    search = page.get_by_role("searchbox", name="Search names and metadata")
    search.fill("nosuchscope:*")
    search.press("Enter")
    expect(tree).to_contain_text("has no scope nosuchscope")
