"""Searching by name and metadata without a mouse: what is wrong is said where it was written."""

import re

from playwright.sync_api import expect

from tests.browser.panel import Panel


def test_a_refused_filter_is_said_at_its_chip_and_mended_by_keyboard(shared_panel: Panel) -> None:
    panel, keyboard = shared_panel, shared_panel.page.keyboard
    panel.search("fermi:* yaer>=2015")
    chip = panel.place.get_by_role("button", name="yaer >= 2015")
    expect(panel.place.get_by_role("alert").filter(has_text="did you mean year?")).to_be_visible()
    expect(chip).to_have_accessible_description(re.compile("did you mean year"))
    chip.press("Enter")
    key = panel.place.get_by_role("combobox", name="Key")
    expect(key).to_be_focused()
    key.fill("year")
    keyboard.press("Enter")
    expect(panel.hit("fermi:dsph.likelihoods")).to_be_visible()
    panel.place.get_by_role("button", name="year >= 2015").press("Delete")
    expect(panel.place.get_by_role("list", name="Filters")).to_have_count(0)
    expect(panel.place.get_by_role("searchbox", name=re.compile("^Name"))).to_be_focused()


def test_details_of_a_hit_are_reached_and_walked_through_by_keyboard(shared_panel: Panel) -> None:
    panel, keyboard = shared_panel, shared_panel.page.keyboard
    panel.search("fermi:dsph.jfactors")
    expect(panel.hits.get_by_role("option")).to_have_count(1)
    panel.hit("fermi:dsph.jfactors").press("Enter")
    expect(panel.place.get_by_role("tab", name="About")).to_be_focused()
    expect(panel.place.get_by_role("table", name="Metadata")).to_contain_text("1611.03184")
    keyboard.press("ArrowRight")
    expect(panel.place.get_by_role("grid", name="Files").get_by_role("row")).to_have_count(1)
    keyboard.press("ArrowRight")
    expect(panel.place.get_by_role("table", name="Replicas")).to_contain_text("complete")
    keyboard.press("ArrowRight")
    expect(panel.place.get_by_role("list", name="Rules", exact=True).last).to_contain_text("OK")
