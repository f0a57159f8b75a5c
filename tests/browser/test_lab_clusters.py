"""A cluster from the panel of JupyterLab and Notebook 7: started, looked into, used in a cell, stopped."""

import re
from collections.abc import Callable, Iterator

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import Lab
from tests.browser.panel import Panel
from tests.browser.reach import faults
from tests.browser.test_lab_accessible import complaints
from vre_dm.compute.cluster import attached, clusters


@pytest.fixture
def none_is_left(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a story started ends with it."""
    yield
    monkeypatch.setenv("XDG_STATE_HOME", str(lab.folder / "XDG_STATE_HOME"))
    for left in clusters():
        attached(left.name).down()


@pytest.mark.usefixtures("none_is_left")
@pytest.mark.parametrize(
    "address",
    [
        pytest.param("/lab/tree/{}?reset", id="JupyterLab", marks=pytest.mark.slow),  # as in the other
        pytest.param("/notebooks/{}", id="Notebook 7"),
    ],
)
def test_a_cluster_is_started_looked_into_used_and_stopped(
    lab: Lab, lab_page: Callable[..., Page], address: str
) -> None:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(metadata={"kernelspec": kernel}), lab.root / "cluster.ipynb")
    panel = Panel(lab_page(address.format("cluster.ipynb")))
    panel.command("vre-dm:start-cluster")
    dialog = panel.page.get_by_role("dialog")
    dialog.get_by_label("Workers").fill("2-1")
    dialog.get_by_role("button", name="Start", exact=True).click()
    expect(dialog.get_by_role("alert").filter(has_text="or a range")).to_be_visible()
    dialog.get_by_label("Workers").fill("1")
    dialog.get_by_label("Memory of each worker").fill("400 MB")
    panel.page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    row = panel.section("Clusters").get_by_role("listitem").filter(has_text="This machine: local-")
    expect(row).to_contain_text("1 of 1 worker")
    expect(row.get_by_role("meter")).to_have_attribute("aria-valuetext", re.compile("of 400 MB"))
    for direction in ("rtl", "ltr"):
        panel.page.evaluate("to => { document.documentElement.dir = to }", direction)
        assert faults(panel.page, "#vre-dm-lake") == []
        assert complaints(panel.page, "#vre-dm-lake") == []
    with panel.page.context.expect_page() as opened:
        row.get_by_role("link", name="Dashboard").click()
    dashboard = opened.value
    expect(dashboard.locator("canvas").first).to_be_visible()  # it is drawn with what the socket brings
    assert dashboard.url.startswith(f"{lab.url}/vre-dm/api/clusters/local-")
    dashboard.close()
    row.get_by_role("button", name="Insert connect cell").click()
    expect(panel.cell('cluster = dm.cluster(name="local-')).to_be_visible()
    row.get_by_role("button", name="Stop…").click()
    dialog.get_by_role("button", name="Stop cluster").click()
    expect(dialog).to_have_count(0)
    expect(row).to_have_count(0)
