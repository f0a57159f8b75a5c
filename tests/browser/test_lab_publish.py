"""Stories of publishing: files of the file browser become a dataset, after a dry run."""

import uuid
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.panel import Panel
from tests.lake.conftest import Make

ABOUT = {
    "Title": "My limit",
    "Experiment": "TEST",
    "Technique": "direct detection",
    "arXiv": "unknown",
    "Licence": "CC-BY-4.0",
}


@pytest.fixture
def name(lab: Lab) -> str:
    """A new file below the server's root; made before the page opens, so the file browser shows it."""
    name = f"limit.{uuid.uuid4().hex[:8]}.csv"
    (lab.root / name).write_text("mass_GeV,limit_cm2\n10,1e-45\n")
    return name


def in_browser(panel: Panel, name: str) -> Locator:
    """The file in the file browser, which is opened."""
    panel.page.get_by_role("tab", name="File Browser").click()
    return panel.page.locator(".jp-DirListing-item").filter(has_text=name)


def describe(dialog: Locator, year: str) -> None:
    for key, value in {**ABOUT, "Year": year}.items():
        dialog.get_by_role("textbox", name=key, exact=True).fill(value)


def test_a_file_becomes_a_dataset_once_the_form_is_right_and_the_dry_run_was_seen(
    name: str, panel: Panel
) -> None:
    page = panel.page
    panel.hold_notifications()
    in_browser(panel, name).click(button="right")
    page.get_by_role("menuitem", name="Publish in the Data Lake…").click()
    dialog = page.get_by_role("dialog", name="Publish in the data lake")
    dataset = dialog.get_by_label("Name of the dataset")
    expect(dataset).to_be_focused()
    did = f"user.dm:{dataset.input_value()}"
    describe(dialog, year="24")
    page.keyboard.press("Enter")
    year = dialog.get_by_role("textbox", name="Year", exact=True)
    expect(year).to_have_accessible_description("From 1900 to 2100; empty: unknown At least 1900")
    expect(dialog.get_by_label("Storage element")).to_be_focused()
    page.keyboard.insert_text("NOWHERE")
    year.fill("2024")
    page.keyboard.press("Enter")
    refused = dialog.get_by_role("alert").filter(has_text="no storage element NOWHERE")
    expect(refused).to_be_visible()
    dialog.get_by_label("Storage element").fill("CERN-EOSPILOT")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("row").filter(has_text="upload")).to_have_count(1)
    dialog.get_by_role("button", name="Upload").click()
    panel.told(f"Upload of {did}").get_by_role("button", name="Show jobs").first.click()
    bar = page.get_by_role("progressbar", name=f"Upload of {did}")
    expect(bar).to_have_attribute("aria-valuetext", "Finished: 28 B, 1 of 1 file")
    page.get_by_role("button", name=f"Show details: {did}").click()
    expect(panel.section("Details")).to_contain_text("My limit")


def test_a_new_dataset_under_a_taken_name_is_refused_at_the_name_where_joining_it_is_offered(
    name: str, panel: Panel, make: Make, rucio: Any
) -> None:
    taken, page = make("taken"), panel.page
    rucio.add_replication_rule([{"scope": taken.scope, "name": taken.name}], 1, "CERN-EOSPILOT")
    panel.command("vre-dm:publish", paths=[name])
    dialog = page.get_by_role("dialog", name="Publish in the data lake")
    dialog.get_by_label("Name of the dataset").fill(taken.name)
    dialog.get_by_label("Storage element").fill("CERN-EOSPILOT")
    describe(dialog, year="2024")
    dialog.get_by_role("button", name="Check").click()
    refused = dialog.get_by_role("alert").filter(has_text="is there already")
    expect(refused).to_be_visible()
    expect(dialog.get_by_label("Name of the dataset")).to_be_focused()
    dialog.get_by_role("button", name="Add the files to it").click()
    expect(refused).to_have_count(0)
    dialog.get_by_role("button", name="Check").click()
    expect(dialog).to_contain_text(f"1 file joins {taken}")


def test_files_that_are_dropped_on_the_panel_are_offered_for_publishing(name: str, panel: Panel) -> None:
    page = panel.page
    page.evaluate("""() => {
        const { shell } = globalThis.jupyterapp;
        shell.add([...shell.widgets('left')].find(widget => widget.id === 'vre-dm-lake'), 'right');
        shell.activateById('vre-dm-lake');
    }""")
    file = in_browser(panel, name)
    file.scroll_into_view_if_needed()
    expect(panel.place).to_be_visible()
    start, end = file.bounding_box(), panel.place.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 20, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=10)
    page.mouse.up()
    files = page.get_by_role("dialog").get_by_role("group", name="Files to publish")
    expect(files).to_contain_text(name)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
