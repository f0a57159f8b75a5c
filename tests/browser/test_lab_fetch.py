"""Stories of a fetch: from the search to the plot, and what it outlives."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab, ready
from tests.browser.lab_data import files_below, kill_job, storage_at_rest, zeros
from tests.browser.panel import Panel
from tests.lakes import until
from vre_dm.did import Did
from vre_dm.sandbox import LakeStatus

FACTORS = "fermi:dsph.jfactors"
PLOT = "import pandas\npandas.read_parquet(dsph_jfactors[0]).plot(figsize=(3, 2));"
LARGE = 600_000_000


@pytest.fixture
def large(embedded_lake: LakeStatus, rucio: Any) -> Did:
    """A dataset that travels for some seconds."""
    return zeros(embedded_lake, rucio, f"large.{os.urandom(3).hex()}", LARGE)


def under_way(panel: Panel, did: Did, let_through: Callable[[], None]) -> None:
    """Begin a fetch from a storage at rest, and have it send until the page shows that bytes have come."""
    panel.command("vre-dm:fetch", did=str(did))
    bar = panel.page.get_by_role("progressbar", name=f"Fetch of {did}")
    while not int(bar.get_attribute("aria-valuenow") or 0):
        let_through()


def parts(lab: Lab, did: Did) -> list[Path]:
    """Unfinished files of a dataset, wherever they are."""
    return [path for path in files_below(lab.folder) if path.match(f".{did.name}*.part")]


def test_data_are_found_fetched_added_run_and_plotted(panel: Panel) -> None:
    panel.section("Search")
    panel.search("dsph.jf*")
    panel.hit(FACTORS).click()
    panel.place.get_by_role("button", name="Fetch what is selected").click()
    job = panel.job(FACTORS)
    expect(job).to_contain_text("Finished")
    job.get_by_role("button", name="Add to notebook").click()
    cell = panel.cell("dsph_jfactors")
    expect(cell).to_be_visible()
    panel.write_below(PLOT)
    panel.page.keyboard.press("Control+Enter")
    expect(panel.page.locator(".jp-OutputArea img")).to_be_visible()


def test_a_fetch_may_go_to_a_folder_that_is_proposed_and_a_refusal_goes_when_it_is_mended(
    panel: Panel, lab: Lab
) -> None:
    lab.root.joinpath("proposed").mkdir(exist_ok=True)
    panel.command("vre-dm:fetch-to", did=FACTORS)
    dialog = panel.page.get_by_role("dialog", name=f"Fetch {FACTORS}")
    dialog.get_by_label("a folder of the file browser").check()
    folder = dialog.get_by_label("Folder", exact=True)
    expect(dialog.locator("datalist option[value='proposed/']")).to_have_count(1)
    folder.fill("~/elsewhere")
    refused = dialog.get_by_role("alert").filter(has_text="~ means nothing here")
    expect(refused).to_be_visible()
    folder.fill("proposed/")
    expect(refused).to_have_count(0)
    dialog.get_by_role("button", name="Fetch").click()
    until(lambda: list(lab.root.joinpath("proposed").rglob("*.parquet")))  # other jobs of it may be listed


def test_files_that_a_filter_lets_through_are_fetched_by_one_job(
    panel: Panel, embedded_lake: LakeStatus, rucio: Any
) -> None:
    did = zeros(embedded_lake, rucio, f"few{os.urandom(3).hex()}", 1000, files=12)
    panel.command("vre-dm:show-details", did=str(did))
    details = panel.section("Details")
    details.get_by_role("tab", name="Files").click()
    details.get_by_role("searchbox", name="Only files whose name fits").fill("*.1*.bin")
    expect(details.get_by_role("status").filter(has_text="3 files, 3 kB")).to_be_visible()
    details.get_by_role("grid", name="Files").get_by_role("gridcell").first.click()
    panel.page.keyboard.press("Control+A")
    expect(details.get_by_role("status").filter(has_text="3 files, 3 kB; 3 of them selected")).to_be_visible()
    details.get_by_role("button", name="Fetch these 3 files").click()
    expect(panel.job(str(did))).to_contain_text("3 of 3 files")


def test_a_killed_fetch_is_shown_as_interrupted_even_after_a_reload_and_continues(
    panel: Panel, lab: Lab, embedded_lake: LakeStatus, large: Did
) -> None:
    with storage_at_rest(embedded_lake) as let_through:
        under_way(panel, large, let_through)
        panel.page.reload()
        ready(panel.page)
        kill_job(lab, large)
    panel.open().section("Jobs")
    job = panel.job(str(large))
    expect(job).to_contain_text("Interrupted")
    job.get_by_role("button", name="Continue").click()
    expect(job).to_contain_text("Finished")


def test_a_fetch_outlives_the_server_and_the_page_finds_both_again(
    panel: Panel, lab: Lab, embedded_lake: LakeStatus, large: Did
) -> None:
    with storage_at_rest(embedded_lake) as let_through:
        under_way(panel, large, let_through)
        lab.stop(kill=True)
    lab.start()
    expect(panel.job(str(large))).to_contain_text("Finished")


def test_what_a_cancelled_fetch_keeps_is_said_and_given_back_when_it_is_forgotten(
    panel: Panel, lab: Lab, embedded_lake: LakeStatus, large: Did
) -> None:
    job = panel.job(str(large))
    with storage_at_rest(embedded_lake) as let_through:
        under_way(panel, large, let_through)
        job.get_by_role("button", name="Cancel").click()
    expect(job).to_contain_text(
        "of unfinished files are kept: Continue goes on with them, Forget deletes them."
    )
    assert parts(lab, large)
    job.get_by_role("button", name="Forget").click()
    expect(job).to_have_count(0)
    until(lambda: not parts(lab, large))


def test_two_tabs_show_the_same_fetch(panel: Panel, lab: Lab, embedded_lake: LakeStatus, large: Did) -> None:
    other = Panel(panel.page.context.new_page())
    lab.open(other.page, "/lab/workspaces/second?reset")
    other.open().section("Jobs")
    with storage_at_rest(embedded_lake) as let_through:
        under_way(panel, large, let_through)
        other.job(str(large)).get_by_role("button", name="Cancel").click()
    expect(panel.job(str(large))).to_contain_text("Cancelled")
