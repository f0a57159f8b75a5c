"""The settings editor offers what there is: the lakes that are configured, the cells that are built in."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.panel import Panel

_SET = """() => jupyterapp.serviceManager.settings.fetch("vre-dm-lab:lake").then(({ raw }) => raw)"""


@pytest.fixture
def settings(shared_panel: Panel) -> Page:
    shared_panel.command("settingeditor:open", query="Data lake")
    expect(shared_panel.page.get_by_role("heading", name="Data lake")).to_be_visible()
    return shared_panel.page


def test_the_lake_is_chosen_from_those_that_are_configured(settings: Page) -> None:
    head = settings.get_by_role("combobox", name="Data lake").input_value()
    lake = settings.get_by_role("combobox", name="Lake", exact=True)
    expect(lake.get_by_role("option", name=head)).to_have_count(1)
    lake.select_option("")
    expect(lake.get_by_role("option", name="as the server chooses")).to_have_count(1)


def test_a_built_in_cell_is_shown_changed_and_put_back(settings: Page) -> None:
    settings.locator("summary", has_text="python").click()
    fetch = settings.get_by_label("python · fetch", exact=True)
    built_in = fetch.input_value()
    assert "dm.fetch({{did}}{{into}})" in built_in
    fetch.fill("# mine\n{{name}} = {{did}}")
    settings.wait_for_function(f"() => ({_SET})().then(raw => raw.includes('# mine'))")
    settings.get_by_role("button", name="As built in").click()
    expect(fetch).to_have_value(built_in)
    settings.wait_for_function(f"() => ({_SET})().then(raw => !raw.includes('# mine'))")
