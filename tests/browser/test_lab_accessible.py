"""Nothing of the panel, its dialogs and the viewer is hard to reach or to read, in light and in dark."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import Lab
from tests.browser.panel import Panel
from tests.browser.test_accessible import AXE, RULES

DATASET = "fermi:dsph.jfactors"
FILE = "accessible.csv"
# Commands that ask, and the button that goes on.
DIALOGS: dict[str, tuple[dict[str, Any], str]] = {
    "vre-dm:keep-at": ({"did": DATASET}, "Keep"),
    "vre-dm:fetch-to": ({"did": DATASET}, "Fetch"),
    "vre-dm:publish": ({"paths": [FILE]}, "Check"),
    "vre-dm:start-cluster": ({}, "Start"),
}
FOUND = """([place, values]) => axe.run(place, { runOnly: { type: "tag", values } }).then(({ violations }) =>
  violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`))"""


def complaints(page: Page, place: str) -> Any:
    """What axe finds that is serious in a part of the page; JupyterLab's own parts are JupyterLab's."""
    if not page.evaluate("() => 'axe' in globalThis"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(FOUND, [place, RULES])


def themed(panel: Panel, theme: str) -> None:
    panel.command("apputils:change-theme", theme=theme)
    body = panel.page.locator("body")
    expect(body).to_have_attribute("data-jp-theme-light", str("Light" in theme).lower())


@pytest.mark.usefixtures("light_again")
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_panel_dialogs_and_viewer_pass_axe(panel: Panel, lab: Lab, theme: str) -> None:
    (lab.root / FILE).write_text("mass_GeV,limit_cm2\n10,1e-45\n")
    themed(panel, theme)
    page = panel.page
    panel.section("Search")
    panel.search("dsph.*")
    panel.hit(DATASET).dblclick()
    expect(panel.section("Details")).to_contain_text(DATASET)
    panel.section("Jobs")
    panel.section("Rules")
    panel.section("Clusters")
    assert complaints(page, "#vre-dm-lake") == []
    for command, (arguments, button) in DIALOGS.items():
        panel.command(command, **arguments)
        expect(page.get_by_role("dialog").get_by_role("button", name=button, exact=True)).to_be_visible()
        assert complaints(page, "dialog") == [], command
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    panel.command("vre-dm:open-limits", curves=["si_lz_2024"])
    expect(page.get_by_role("button", name="Save PNG")).to_be_visible()
    assert complaints(page, "#vre-dm-limits") == []


def test_axe_does_find_what_is_wrong_in_the_panel(panel: Panel) -> None:
    panel.page.evaluate(
        "() => document.querySelector('#vre-dm-lake').append(document.createElement('input'))"
    )
    assert [found.partition(":")[0] for found in complaints(panel.page, "#vre-dm-lake")] == ["label"]
