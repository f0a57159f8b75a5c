"""The story of a user without a mouse: data are found, looked at, fetched, added and used."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.panel import Panel

YIELD = "darkside:ds50.highmass.leff"  # no other story fetches it: its job is the only one
MOST_STEPS = 60
HAS_FOCUS = "element => element === document.activeElement"


def reach(aim: Locator, key: str = "Tab") -> None:
    """Go to a control by a key, as often as it takes."""
    expect(aim).to_be_enabled()
    for _ in range(MOST_STEPS):
        if aim.evaluate(HAS_FOCUS):
            return
        aim.page.keyboard.press(key)
    pytest.fail(f"{MOST_STEPS} times {key} did not reach {aim}")


def test_data_are_found_fetched_added_and_used_without_a_mouse(lab_page: Callable[..., Page]) -> None:
    page = lab_page()
    panel, keyboard = Panel(page), page.keyboard
    # The launcher takes the focus when it comes.
    expect(page.get_by_role("button", name="Open Data Lake")).to_be_visible()
    keyboard.press("Control+Alt+L")
    expect(panel.row("fermi, scope")).to_be_visible()
    reach(panel.place.get_by_role("searchbox", name="Name, scope:name"))
    keyboard.type("ds50.*leff*")
    keyboard.press("Enter")
    reach(panel.hit(YIELD))
    keyboard.press("Space")
    keyboard.press("Enter")
    expect(panel.place.get_by_role("table", name="Metadata")).to_contain_text("1802.07198")
    reach(panel.place.get_by_role("button", name="Fetch what is selected"), "Shift+Tab")
    keyboard.press("Enter")
    add = panel.job(YIELD).get_by_role("button", name="Add to notebook")
    expect(add).to_be_visible()
    reach(add)
    keyboard.press("Enter")
    cell = panel.cell("ds50_highmass_leff")
    expect(cell).to_be_visible()
    expect(page.get_by_role("button", name="| Idle")).to_be_visible()
    keyboard.press("Shift+Enter")
    expect(cell).to_contain_text("[1]:")
