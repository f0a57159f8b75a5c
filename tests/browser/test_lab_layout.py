"""The panel in small windows: no section is too low for its use, and one scroll brings each into view."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.panel import Panel

SECTIONS = ("Browse", "Search", "Details", "Used in this notebook", "Jobs", "Rules")
# Least height of what has rows to show, and of what has nothing to say but a sentence; in pixels.
USABLE, SENTENCE = 130, 60


def _heights(panel: Panel) -> dict[str, float]:
    boxes = {name: panel.section(name).bounding_box() for name in SECTIONS}
    return {name: box["height"] if box else 0 for name, box in boxes.items()}


@pytest.mark.parametrize("window", [(1280, 800), (640, 400)], ids=["laptop", "200 % zoom"])
def test_with_every_section_open_each_can_be_used(
    lab_page: Callable[..., Page], window: tuple[int, int]
) -> None:
    panel = Panel(lab_page(size=window)).open()
    panel.search("dsph.*")
    panel.hit("fermi:dsph.jfactors").dblclick()
    expect(panel.section("Details")).to_contain_text("fermi:dsph.jfactors")
    heights = _heights(panel)
    assert {name: height for name, height in heights.items() if height < SENTENCE} == {}
    assert min(heights[name] for name in ("Browse", "Search", "Details")) >= USABLE
    panel.section("Browse").scroll_into_view_if_needed()
    expect(panel.row("fermi, scope")).to_be_in_viewport()
    panel.command("vre-dm:open-rules")
    expect(panel.place.get_by_role("heading", name="Rules Section")).to_be_in_viewport(ratio=1)
    expect(panel.section("Rules").get_by_role("button", name="Refresh")).to_be_in_viewport(ratio=1)


def test_a_section_that_is_opened_is_scrolled_to(lab_page: Callable[..., Page]) -> None:
    panel = Panel(lab_page(size=(1280, 400))).open()
    panel.section("Details")
    expect(panel.place.get_by_role("heading", name="Details Section")).to_be_in_viewport(ratio=1)
    expect(panel.place.get_by_text("Select something in the lake")).to_be_in_viewport(ratio=1)


def test_rows_that_come_in_above_do_not_push_the_users_row_out_of_sight(
    lab_page: Callable[..., Page],
) -> None:
    panel = Panel(lab_page(size=(1280, 500))).open()
    panel.close("Search")
    panel.expand("fermi")
    held: list[Route] = []
    question = re.compile(r"/children\?.*dsph\.2017")
    panel.page.route(question, lambda route: held.append(route))  # Playwright cannot hold a built-in
    with panel.page.expect_request(question):
        panel.expand("dsph.2017")
    panel.row("dsph.jfactors").click()
    expect(panel.row("dsph.jfactors")).to_be_in_viewport()
    held[0].continue_()
    mine = panel.tree.locator("[aria-selected=true]")
    expect(panel.row("dsph.jfactors")).to_have_count(2)
    expect(mine).to_be_in_viewport(ratio=1)
    expect(panel.row("dsph.jfactors").last).to_have_attribute("aria-selected", "true")
