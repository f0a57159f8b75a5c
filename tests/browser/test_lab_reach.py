"""Everything open at once, from right to left and at 200 % zoom: nothing is cut, covered or out of reach."""

import os
from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import Lab
from tests.browser.panel import Panel
from tests.browser.reach import faults
from tests.browser.test_lab_accessible import DATASET, DIALOGS, FILE, complaints
from tests.lake.conftest import Make

ZOOMED: dict[str, Any] = {"viewport": {"width": 640, "height": 425}, "device_scale_factor": 2}
PANEL, DIALOG, LIMITS = "#vre-dm-lake", "dialog", "#vre-dm-limits"


@pytest.fixture
def notebook(lab: Lab) -> str:
    """A notebook that uses something of the lake."""
    used = [{"did": DATASET, "variableName": "factors", "type": "collection"}]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    written = nbformat.v4.new_notebook(metadata={"kernelspec": kernel, "rucio_attachments": used})
    nbformat.write(written, lab.root / "reach.ipynb")
    (lab.root / FILE).write_text("mass_GeV,limit_cm2\n10,1e-45\n")
    return "reach.ipynb"


def open_everything(panel: Panel, notebook: str) -> None:
    """Each section with something in it: a chip, a filter being made, hits, details, a job, a rule …"""
    panel.command("docmanager:open", path=notebook)
    panel.section("Search").get_by_role("button", name="Add filter").click()
    panel.search("year>=2016 dsph")
    panel.hit(DATASET).dblclick()
    expect(panel.section("Details").get_by_role("table", name="Columns")).to_be_visible()
    expect(panel.section("Used in this notebook")).to_contain_text("factors")
    panel.command("vre-dm:fetch", did=DATASET)
    panel.section("Jobs")
    expect(panel.job(DATASET)).to_contain_text("Finished")
    expect(panel.section("Rules").get_by_role("row").first).to_be_visible()


def check(page: Page, place: str) -> None:
    assert faults(page, place) == []
    assert complaints(page, place) == []


@pytest.mark.parametrize("zoomed", [False, True], ids=["right to left", "200 % zoom"])
def test_with_everything_open_all_of_it_can_be_reached_and_read(
    lab_page: Callable[..., Page], notebook: str, make: Make, rucio: Any, zoomed: bool
) -> None:
    kept = make(f"reach.{os.urandom(3).hex()}")
    rucio.add_replication_rule([{"scope": kept.scope, "name": kept.name}], 1, "CERN-EOSPILOT")
    page = lab_page(**ZOOMED if zoomed else {})
    panel = Panel(page).open()
    open_everything(panel, notebook)
    if not zoomed:
        page.evaluate("() => { document.documentElement.dir = 'rtl' }")
    check(page, PANEL)
    for tab, shown in (("Files", "1 file"), ("Replicas", "complete"), ("Rules", "OK")):
        panel.section("Details").get_by_role("tab", name=tab).click()
        expect(panel.section("Details")).to_contain_text(shown)
        assert faults(page, PANEL) == [], tab
    for command, (arguments, button) in DIALOGS.items():
        panel.command(command, **arguments)
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("button", name=button, exact=True)).to_be_visible()
        if command == "vre-dm:publish":
            dialog.get_by_text("More metadata").click()
            dialog.get_by_role("button", name="Add a row to Columns").click()
        check(page, DIALOG)
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    panel.command("vre-dm:open-limits", curves=["si_lz_2024", "si_xenonnt_2025"])
    expect(page.get_by_role("button", name="Save PNG")).to_be_visible()
    check(page, LIMITS)


PLANTED = {
    "covered by": "style.cssText = 'margin-block-start: -1000px; position: relative; z-index: -1'",
    "reaches out": "style.cssText = 'min-inline-size: 5000px'",
    "cut": "style.cssText = 'display: block; inline-size: 9px; overflow: hidden; white-space: nowrap'",
}


@pytest.mark.parametrize("fault", PLANTED)
def test_what_is_hard_to_reach_or_read_would_be_seen(panel: Panel, fault: str) -> None:
    panel.page.evaluate(
        f"""() => {{
          const planted = document.createElement("button")
          document.querySelector(".vre-tree-head").append(planted)
          planted.textContent = "planted here"
          planted.{PLANTED[fault]}
        }}"""
    )
    assert any(found.startswith(fault) and "planted here" in found for found in faults(panel.page, PANEL))
